"""The image of a post: fetched, checked, uploaded with its alt text; and the post goes out without it at need."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import deliver, images
from bot.fetch import FetchError, Request
from bot.networks import x_media
from bot.networks.base import (
    Client,
    Image,
    Published,
    Refused,
    Temporary,
    Unauthorised,
    Uploaded,
)
from bot.networks.linkedin import LinkedInClient
from bot.networks.wire import Patience
from bot.networks.x import XClient
from bot.reconcile import Report
from bot.values import Fetched
from review.text import Content, Picture, facts_of
from review.transitions import Claim
from tests.bot.networks.conftest import LINKEDIN_CONTENT, NOW, X_CONTENT, Clock
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import LinkedInEmulator
from tests.emulators.x import XEmulator

URL = "https://example.org/map.png"
ALT = "A map of fourteen regions"


def png(width: int = 40, height: int = 30) -> bytes:
    """The beginning of a PNG, which is all that anybody here looks at."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


JPEG = (
    b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03" + b"\0" * 9
)
GIF = b"GIF89a" + struct.pack("<HH", 40, 30)
WEBP = b"RIFF\0\0\0\0WEBPVP8 "
IMAGE = Image(png(), "image/png", ALT)


def having(body: bytes = b"", *, status: int = 200, error: str = "") -> images.Fetch:
    """What fetches: one answer for whatever is asked."""

    def fetch(requests: Sequence[Request]) -> Sequence[Fetched | FetchError]:
        answer = FetchError(error) if error else Fetched(requests[0].url, status, body)
        return [answer]

    return fetch


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (png(), "image/png", (40, 30)),
        (JPEG, "image/jpeg", (40, 30)),
        (GIF, "image/gif", (40, 30)),
        (WEBP, "image/webp", (0, 0)),
        (b"<svg>", "", (0, 0)),
        (png()[:17], "image/png", (0, 0)),
        (JPEG[:9], "image/jpeg", (0, 0)),
    ],
)
def test_an_image_is_known_by_its_bytes(data: bytes, kind: str, size: tuple[int, int]) -> None:
    assert images.kind_of(data) == kind
    assert images.size_of(data, kind) == size


@pytest.mark.parametrize(
    ("network", "fetch", "said"),
    [
        ("x", having(error="Its server does not answer."), "cannot be fetched: Its server"),
        ("x", having(status=404), r"cannot be fetched \(404\)"),
        ("x", having(b"<svg>"), "X takes images as JPEG, PNG, GIF, WEBP"),
        ("linkedin", having(WEBP), "LinkedIn takes images as JPEG, PNG, GIF"),
        ("x", having(png() + bytes(5_000_000)), "X takes 5,000,000"),
        (
            "linkedin",
            having(png(9000, 9000)),
            "9,000 times 9,000 pixels, and LinkedIn takes 36,152,319",
        ),
    ],
)
def test_what_a_network_does_not_take_is_said_with_its_limit(
    network: str, fetch: images.Fetch, said: str
) -> None:
    with pytest.raises(images.NoImage, match=said):
        images.load(Picture(URL, ALT), facts=facts_of(network), fetch=fetch)


@pytest.mark.enable_socket
def test_on_x_the_image_goes_with_its_alt_text(
    x: XEmulator, x_client: Callable[..., XClient]
) -> None:
    client = x_client()
    media = client.upload(IMAGE)
    assert x.published == []
    client.deliver(X_CONTENT, media=[Uploaded(media, ALT)])
    assert x.posts[0].media == [media]
    assert x.media[media] == {"data": IMAGE.data, "alt": ALT}
    assert x_client().find(X_CONTENT, since=NOW) is not None


@pytest.mark.enable_socket
def test_on_linkedin_the_image_is_the_cards_or_stands_alone(
    linkedin: LinkedInEmulator, linkedin_client: Callable[..., LinkedInClient]
) -> None:
    client = linkedin_client()
    with_card = replace(LINKEDIN_CONTENT, image=URL, image_alt=ALT)
    alone = replace(with_card, link="", text="Only an image.")
    for content in (with_card, alone):
        urn = client.upload(IMAGE)
        assert linkedin.images[urn] == IMAGE.data
        client.deliver(content, media=[Uploaded(urn, ALT)])
    card, image = (post.body["content"] for post in linkedin.posts)
    assert (card["article"]["thumbnailAltText"], card["article"]["source"]) == (
        ALT,
        LINKEDIN_CONTENT.link,
    )
    assert image == {"media": {"id": urn, "altText": ALT}}


BIG = Image(png() + bytes(2_400_000), "image/png", ALT)
ANIMATED = Image(GIF + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", "image/gif", ALT)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("image", "category", "segments"), [(BIG, "tweet_image", 3), (ANIMATED, "tweet_gif", 1)]
)
def test_a_big_or_moving_image_goes_to_x_in_segments_and_is_waited_for(
    x: XEmulator,
    x_client: Callable[..., XClient],
    clock: Clock,
    image: Image,
    category: str,
    segments: int,
) -> None:
    x.shelf.takes = timedelta(seconds=5)
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock.move(seconds=seconds)

    patience = Patience(connect=1, read=2, whole=5)
    client = x_client(sleep=sleep, patience=patience)
    media = client.upload(image)
    assert x.media[media] == {"data": image.data, "alt": ALT, "category": category}
    assert naps == [2, 2, 2]
    paths = [request.path.rpartition("/")[2] for request in x.requests]
    assert paths.count("append") == segments
    assert x.published == []
    client.deliver(X_CONTENT, media=[Uploaded(media, ALT)])
    assert x.posts[0].media == [media]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("takes", "fails", "error", "said"),
    [
        (timedelta(), True, Refused, "could not make anything of the image"),
        (timedelta(hours=1), False, Temporary, "not done with the image yet"),
    ],
)
def test_an_image_that_x_cannot_finish_was_not_published(
    x: XEmulator,
    x_client: Callable[..., XClient],
    takes: timedelta,
    fails: bool,
    error: type[Exception],
    said: str,
) -> None:
    x.shelf.takes, x.shelf.fails = takes, fails
    client = x_client(sleep=lambda _seconds: None)
    with pytest.raises(error, match=said):
        client.upload(ANIMATED)
    assert x.published == []


@pytest.mark.enable_socket
@pytest.mark.parametrize("step", ["initialize", "append", "finalize"])
def test_a_segment_that_is_lost_is_a_reason_to_try_again_and_nothing_was_sent(
    x: XEmulator, x_client: Callable[..., XClient], step: str
) -> None:
    number = 10**18 + 1
    path = "initialize" if step == "initialize" else f"{number}/{step}"
    x.play(Fault(Kind.DROP, apply=True, on=f"POST /2/media/upload/{path}"))
    with pytest.raises(Temporary):
        x_client().upload(ANIMATED)
    assert x.published == []
    assert x_client().upload(ANIMATED) in x.media


def test_every_segment_is_small_enough_for_a_slow_line() -> None:
    sizes = []

    def change(path: str, body: object) -> dict[str, object]:
        if isinstance(body, dict) and "media" in body:
            sizes.append(len(str(body["media"])))
        return {"data": {"id": "1"}}

    x_media.upload(BIG, change=change, read=lambda _path: {}, sleep=lambda _seconds: None)
    assert len(sizes) == 3
    assert max(sizes) * 8 < 500_000 * 30


@pytest.mark.enable_socket
def test_several_images_go_to_both_networks_each_with_its_alt_text(
    x: XEmulator,
    linkedin: LinkedInEmulator,
    x_client: Callable[..., XClient],
    linkedin_client: Callable[..., LinkedInClient],
) -> None:
    alts = ["A map", "A table (2026)", "People_at a bridge"]
    for client, content in (
        (x_client(), X_CONTENT),
        (linkedin_client(), replace(LINKEDIN_CONTENT, link="")),
    ):
        uploaded = [Uploaded(client.upload(Image(png(), "image/png", alt)), alt) for alt in alts]
        client.deliver(content, media=uploaded)
    assert [x.media[number]["alt"] for number in x.posts[0].media] == alts
    shown = linkedin.posts[0].body["content"]["multiImage"]["images"]
    # Alt text is no little text: a backslash would be read out.
    assert [image["altText"] for image in shown] == alts
    assert all(linkedin.images[image["id"]] == png() for image in shown)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.DROP, apply=True),
        Fault(Kind.STATUS, status=503),
        Fault(Kind.STATUS, status=200, body="[]"),
    ],
)
def test_whatever_goes_wrong_with_an_upload_nothing_was_sent(
    fault: Fault,
    x: XEmulator,
    linkedin: LinkedInEmulator,
    x_client: Callable[..., XClient],
    linkedin_client: Callable[..., LinkedInClient],
) -> None:
    for emulator, client in ((x, x_client()), (linkedin, linkedin_client())):
        emulator.play(fault)
        with pytest.raises(Temporary):
            client.upload(IMAGE)
        assert emulator.published == []


class Showing:
    """A client that takes images, or raises what it is given instead."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.media: list[list[Uploaded]] = []

    def upload(self, image: Image) -> str:
        if self.trouble is not None:
            raise self.trouble
        return f"m{len(image.data)}"

    def deliver(self, content: Content, *, media: Sequence[Uploaded] = ()) -> Published:
        self.media.append(list(media))
        return Published("1", "https://network.example/1")


def sent(
    client: Showing, *, fetch: images.Fetch, attempt: int = 1, more: tuple[Picture, ...] = ()
) -> str:
    """Deliver once and return what the post says about it."""
    content = replace(X_CONTENT, image=URL, image_alt=ALT, more_images=more)
    claim = Claim(1, 1, attempt, "x", True, content, NOW, network="x")

    def client_for(name: str, live: bool) -> Client:
        return client  # type: ignore[return-value]  # as much of one as a delivery needs

    hands = deliver.Hands(
        lambda: NOW, lambda: 0.0, lambda _seconds: None, client_for, Report(), fetch
    )
    return deliver._try(claim, hands)[1]


def test_an_image_that_was_approved_is_posted() -> None:
    client = Showing()
    assert sent(client, fetch=having(png())) == ""
    assert client.media == [[Uploaded(f"m{len(png())}", ALT)]]


@pytest.mark.parametrize(
    ("fetch", "trouble", "attempt"),
    [
        (having(status=404), None, 1),
        (having(png()), Refused("X does not like it."), 1),
        (having(png()), Temporary("X is down."), 3),
        (having(png()), RuntimeError("a mistake of ours"), 1),
    ],
)
def test_an_image_that_cannot_be_had_does_not_hold_the_announcement_up_and_it_says_so(
    fetch: images.Fetch, trouble: Exception | None, attempt: int
) -> None:
    client = Showing(trouble)
    assert "published without its image" in sent(client, fetch=fetch, attempt=attempt)
    assert client.media == [[]]


@pytest.mark.parametrize("trouble", [Temporary("X is down."), Unauthorised("The keys are dead.")])
def test_trouble_that_may_pass_or_is_the_accounts_is_not_answered_with_a_bare_post(
    trouble: Exception,
) -> None:
    client = Showing(trouble)
    with pytest.raises(type(trouble)):
        sent(client, fetch=having(png()))
    assert client.media == []


def test_of_several_images_one_that_is_missing_is_left_out_and_said() -> None:
    client = Showing()

    def fetch(requests: Sequence[Request]) -> Sequence[Fetched | FetchError]:
        missing = requests[0].url.endswith("gone.png")
        return [Fetched(requests[0].url, 404 if missing else 200, png())]

    more = (Picture("https://example.org/gone.png", "gone"), Picture(URL, "third"))
    said = sent(client, fetch=fetch, more=more)
    assert said.startswith("It was published without one of its images.")
    assert [image.alt for image in client.media[0]] == [ALT, "third"]

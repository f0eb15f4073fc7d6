"""Several images in one post: at the desk, in its checks, and in what an approval is bound to."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import text
from review.models import Post
from review.text import Content, Picture
from tests.making import make_post
from tests.review.desk import do

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def errors(network: str, content: Content) -> str:
    found = text.problems(network, content)
    return " ".join(problem.sentence for problem in found if problem.level == "error")


def pictures(number: int, alt: str = "A map") -> tuple[Picture, ...]:
    return tuple(Picture(f"https://example.org/{n}.png", alt) for n in range(number))


@pytest.mark.parametrize(
    ("network", "content", "said"),
    [
        ("x", Content("t", more_images=pictures(5)), "has 5 images and X takes 4. Remove 1"),
        ("linkedin", Content("t", more_images=pictures(21)), "LinkedIn takes 20"),
        ("x", Content("t", more_images=pictures(2, "")), "image 2 has no alt text"),
        ("x", Content("t", more_images=pictures(2, "a" * 1001)), "alt text of image 2 is 1,001"),
        (
            "linkedin",
            Content("t", link="https://example.org", more_images=pictures(2)),
            "a link's card with one image, or several images without a card",
        ),
        ("linkedin", Content("t", link="https://example.org", more_images=pictures(1)), ""),
        ("linkedin", Content("t", more_images=pictures(20)), ""),
        ("x", Content("t", link="https://example.org", more_images=pictures(4)), ""),
    ],
)
def test_what_a_network_does_not_take_is_refused_with_its_limit(
    network: str, content: Content, said: str
) -> None:
    found = errors(network, content)
    assert said in found
    assert bool(said) == bool(found)


def test_an_editor_adds_images_a_line_each_and_sees_them_again(sian: Client) -> None:
    post = make_post("linkedin")
    typed = "https://example.org/1.png A map of Wales\r\n\r\nhttps://example.org/2.png"
    do(sian, post, "amend", text="Words.", link="", more_images=typed)
    newest = Post.objects.get(pk=post.pk).revisions.get(number=2)
    assert newest.content.images == (
        Picture("https://example.org/1.png", "A map of Wales"),
        Picture("https://example.org/2.png", ""),
    )
    page = sian.get(reverse("post", args=[post.pk])).content.decode()
    assert "https://example.org/1.png A map of Wales" in page
    assert "The image 2 has no alt text" in page or "image 2 has no alt text" in page


def test_what_is_no_address_is_said(sian: Client) -> None:
    post = make_post()
    answer = do(sian, post, "amend", text="Words.", more_images="map.png A map")
    assert answer.status_code == 422
    assert "beginning with https://" in answer.content.decode()


def test_a_form_without_the_field_keeps_the_images(sian: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Words.", more_images="https://example.org/1.png A map")
    fresh = Post.objects.get(pk=post.pk)
    do(sian, fresh, "amend", text="Other words.")
    kept = Post.objects.get(pk=post.pk).revisions.get(number=3)
    assert kept.content.more_images == (Picture("https://example.org/1.png", "A map"),)


def test_an_approval_from_before_there_were_several_still_holds() -> None:
    content = Content("t", image="https://example.org/1.png", image_alt="A map")
    # The hash as it was made when a post had one image at the most.
    assert content.fingerprint("a") == (
        "0860885254b12bf3da093a3f933ccdd2cabbca6f7cc614c1f24ac0556992f1e9"
    )

"""Addresses found in feeds, bulletins and pages: made fit to publish, and compared.

Pure: no address is ever followed. Garbage in gives an empty string out; nothing here raises.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit

# Longer than any address worth publishing, shorter than what slows the parsing down.
MAX_LENGTH = 4096

# One feed asks for the same addresses again and again: its links, their keys, those of its pictures.
_remembered = functools.lru_cache(maxsize=1024)

# A tracker inside a tracker happens (a mailing through Outlook); deeper than this is a loop.
_MAX_WRAPPINGS = 5


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING_PREFIXES = (
    "utm_",
    "stm_",
    "pk_",
    "mtm_",
    "matomo_",
    "hsa_",
    "vero_",
    "oly_",
    "at_campaign",
)

# Names that never select content. `ref`, `source`, `id` and the like often do: they stay.
_TRACKING_NAMES = _names(
    "_hsenc _hsmi _openstat __hssc __hstc __s ck_subscriber_id dclid dm_i dm_t dsh_id elqtrack "
    "elqtrackid fb_action_ids fb_action_types fb_ref fb_source fbclid gad_source gbraid gclid "
    "gclsrc hsctatracking igsh igshid li_fat_id mc_cid mc_eid mkt_tok ml_subscriber "
    "ml_subscriber_hash msclkid oft_c oft_ck oft_d oft_id oft_ids oft_k oft_lk oft_sk s_cid "
    "sc_cid srsltid trk_contact trk_module trk_msg trk_sid ttclid twclid wbraid wgt_ref wickedid "
    "xtor yclid"
)

# Redirectors whose target is a query parameter: host (and its subdomains), path, parameter names.
_REDIRECTORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("safelinks.protection.outlook.com", "/", ("url",)),
    ("l.facebook.com", "/l.php", ("u",)),
    ("lm.facebook.com", "/l.php", ("u",)),
    ("l.instagram.com", "/", ("u",)),
    ("linkedin.com", "/redir/", ("url",)),
    ("linkedin.com", "/safety/go", ("url",)),
    ("out.reddit.com", "/", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("steamcommunity.com", "/linkfilter", ("url", "u")),
    ("vk.com", "/away.php", ("to",)),
    ("youtube.com", "/redirect", ("q",)),
    ("links.govdelivery.com", "/track", ("url", "u")),
    ("click.linksynergy.com", "/", ("murl", "u")),
)

# Click counters that hold one reader's number and hide the target: host, and how its path begins.
_OPAQUE: tuple[tuple[str, str], ...] = (
    ("lnks.gd", "/"),
    ("links.govdelivery.com", "/"),
    ("links-1.govdelivery.com", "/"),
    ("links-2.govdelivery.com", "/"),
    ("list-manage.com", "/track/"),
    ("list-manage.com", "/unsubscribe"),
    ("list-manage.com", "/profile"),
    ("ct.sendgrid.net", "/"),
    ("hubspotlinks.com", "/"),
    ("awstrack.me", "/"),
    ("rs6.net", "/tn.jsp"),
    ("mjt.lu", "/lnk/"),
    ("mlsend.com", "/"),
    ("customeriomail.com", "/"),
    ("cmail19.com", "/"),
    ("cmail20.com", "/"),
    ("dmtrk.net", "/"),
)

_LEAVING = ("/unsubscribe", "/profile", "/vcard", "/about")
_REDIRECTING = frozenset(domain for domain, _, _ in _REDIRECTORS)
_OPAQUE_PATHS = {
    domain: tuple(path for other, path in _OPAQUE if other == domain) for domain, _ in _OPAQUE
}
_GOOGLE = re.compile(r"(?:www\.|news\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
# GovDelivery's and Amazon SES's counters: /CL0/<target, escaped>/<n>/<message>/<signature>
_TARGET_IN_PATH = re.compile(r"/[CL]L?0/([^/]+)/")
_BULLETINS = "content.govdelivery.com"
_BULLETIN_PATH = re.compile(
    r"/(?:accounts/(?P<account>\w+)/bulletins/(?:gd/)?(?:(?P=account)-)?(?P<id>[0-9a-f]+)"
    r"|bulletins/gd/(?P<account2>\w+)-(?P<id2>[0-9a-f]+))/?",
    re.IGNORECASE,
)
_NO_HOST = re.compile(r"[\s\\<>\"'@%^`{|}]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_NOT_SAFE = re.compile('[ "<>\\\\^`{|}\xa0]')
_UNSAFE = {ord(c): f"%{ord(c):02X}" for c in ' "<>\\^`{|}'} | {0xA0: "%C2%A0"}


def clean(url: str, *, base: str = "") -> str:
    """Return `url` as one may publish it, or "" when nobody should.

    Resolved against `base`; http and https only; without user name, password and tracking parameters;
    click counters replaced by the page they lead to where the address itself names it, and refused
    (they hold one reader's number) where it does not. The rest is left byte for byte.
    """
    return _cleaned(*pair) if (pair := _pair(url, base)) else ""


def found(url: str, *, base: str = "") -> str:
    """Return `url` as `clean` does, but a click counter that hides its target as it stands.

    It is where an item leads, though not what one publishes: whoever publishes asks `is_opaque_tracker` and
    follows it first. A counter's own addresses (unsubscribe, profile) lead to no item: they give "".
    """
    cleaned = clean(url, base=base)
    if cleaned or not (pair := _pair(url, base)):
        return cleaned
    counter = _joined(*pair)
    parts = _split(counter)
    hides = parts is not None and is_opaque_tracker(counter)
    if not hides or parts is None or parts.path.startswith(_LEAVING):
        return ""
    return _escaped(counter) if len(_escaped(counter)) <= MAX_LENGTH else ""


@_remembered
def _cleaned(url: str, base: str) -> str:
    current = _joined(url, base)
    for _ in range(_MAX_WRAPPINGS):
        parts = _split(current)
        if parts is None:
            return ""
        target = _unwrap(parts)
        if not target:
            break
        current = _resolved(target, current)
    else:
        return ""
    found = "" if _is_opaque(parts) else _without_tracking(parts)
    # Escaping makes an address longer; one that is cleaned already must come out as it went in.
    return found if len(found) <= MAX_LENGTH else ""


def marked(url: str, parameters: str) -> str:
    """Add campaign `parameters` ("utm_source=x&utm_medium=social") to `url`; those it has already stay."""
    parts = _split(url)
    if parts is None or not parameters:
        return url
    have = {p.partition("=")[0] for p in parts.query.split("&")}
    added = [p for p in parameters.split("&") if p.partition("=")[0] not in have]
    query = "&".join(p for p in (parts.query, *added) if p)
    return parts._replace(query=query).geturl()


def resolve(url: str, *, base: str = "") -> str:
    """Return the absolute http(s) address of `url` seen from `base`, otherwise as it is, or ""."""
    return _absolute(*pair) if (pair := _pair(url, base)) else ""


@_remembered
def _absolute(url: str, base: str) -> str:
    parts = _split(_joined(url, base))
    return _escaped(parts.geturl()) if parts is not None else ""


def is_opaque_tracker(url: str) -> bool:
    """Tell whether `url` is a click counter for one reader whose target cannot be read from it.

    Such an address must never be published: every follower would count as that reader.
    """
    parts = _split(_resolved(url, ""))
    return parts is not None and not _unwrap(parts) and _is_opaque(parts)


def key(url: str) -> str:
    """Return the identity of the page at `url`: two addresses with one key are one page.

    Scheme, "www.", default port, fragment, tracking, the order of the query and a closing slash do not
    count; a GovDelivery bulletin is known by its account and number. "" where `clean` gives "".
    """
    return _key(*pair) if (pair := _pair(url, "")) else ""


@_remembered
def _key(url: str, base: str) -> str:
    cleaned = _cleaned(url, base)
    bulletin = bulletin_id(cleaned)
    if bulletin:
        return f"govdelivery:{bulletin}"
    parts = _split(cleaned)
    if parts is None:
        return ""
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = _port(parts)
    place = f"{host}:{port}" if port and port not in _PORTS.values() else host
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{place}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def bulletin_id(url: str) -> str:
    """Return "ACCOUNT/hexid" for the address of a GovDelivery bulletin, in either form, or "".

    The forms are `…/accounts/ACCOUNT/bulletins/hexid` and `…/bulletins/gd/ACCOUNT-hexid`.
    """
    if _BULLETINS not in url.lower():
        return ""
    parts = _split(_resolved(url, ""))
    if parts is None or not _is_at(parts.hostname or "", _BULLETINS):
        return ""
    found = _BULLETIN_PATH.fullmatch(parts.path)
    if found is None:
        return ""
    account, number = found["account"] or found["account2"], found["id"] or found["id2"]
    return f"{account.upper()}/{number.lower()}"


def _pair(url: str, base: str) -> tuple[str, str] | None:
    """Return an address, bared of what no address holds, and its base; None for what is none."""
    text = _CONTROLS.sub("", url).strip()
    # Checked here, so that nothing long is remembered.
    if not text or len(text) > MAX_LENGTH:
        return None
    return text, base if len(base) <= MAX_LENGTH else ""


def _resolved(url: str, base: str) -> str:
    return _joined(*pair) if (pair := _pair(url, base)) else ""


def _joined(text: str, base: str) -> str:
    """Join `text` to `base` the way browsers do, or return ""."""
    # Feeds that escape twice leave "&amp;" in addresses; no real query holds it.
    text = text.replace("&amp;", "&")
    if text[:4].lower() == "www.":
        return f"https://{text}"
    if not base or _SCHEME.match(text):
        return f"https:{text}" if text.startswith("//") else text
    try:
        return urljoin(base, text)
    except ValueError:
        return ""


def _split(url: str) -> SplitResult | None:
    """Take a web address apart; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return None
    return parts if usable and not _NO_HOST.search(parts.hostname or "") else None


def _port(parts: SplitResult) -> int | None:
    port = parts.port
    return None if port == _PORTS[parts.scheme] else port


def _is_at(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _unwrap(parts: SplitResult) -> str:
    """Return the address a known redirector names as its target, or ""."""
    host = parts.hostname or ""
    if _is_at(host, "govdelivery.com") or _is_at(host, "awstrack.me"):
        if "&&&" in parts.query:
            return _web(unquote(parts.query.rsplit("&&&", 1)[1] + _fragment(parts)))
        in_path = _TARGET_IN_PATH.match(parts.path)
        if in_path:
            return _web(unquote(in_path[1]))
    if host == "lnks.gd":
        return _web(_target_in_token(parts.path))
    names: tuple[str, ...] = ()
    if _GOOGLE.fullmatch(host) and parts.path == "/url":
        names = ("url", "q")
    if not _REDIRECTING.isdisjoint(_domains(host)):
        for domain, path, parameters in _REDIRECTORS:
            if _is_at(host, domain) and parts.path.startswith(path):
                names = parameters
                break
    if not names:
        return ""
    try:
        query = dict(parse_qsl(parts.query, max_num_fields=200))
    except ValueError:
        return ""
    return next((found for name in names if (found := _web(query.get(name, "")))), "")


def _target_in_token(path: str) -> str:
    """Read the target from a lnks.gd token: a JSON web token whose claims hold `url`."""
    token = next((part for part in path.split("/") if part.count(".") == 2), "")
    claims = token.split(".")[1] if token else ""
    try:
        read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    url = read.get("url", "") if isinstance(read, dict) else ""
    return url if isinstance(url, str) else ""


def _web(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""


def _fragment(parts: SplitResult) -> str:
    return f"#{parts.fragment}" if parts.fragment else ""


def _is_opaque(parts: SplitResult) -> bool:
    return any(
        parts.path.startswith(path)
        for domain in _domains(parts.hostname or "")
        for path in _OPAQUE_PATHS.get(domain, ())
    )


def _domains(host: str) -> Iterator[str]:
    """Yield `host` and the domains it lies in."""
    while host:
        yield host
        host = host.partition(".")[2]


def _is_tracking(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _without_tracking(parts: SplitResult) -> str:
    query = "&".join(p for p in parts.query.split("&") if p and not _is_tracking(p))
    fragment = parts.fragment
    if fragment and all(_is_tracking(p) for p in fragment.split("&")):
        fragment = ""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = _port(parts)
    address = f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}"
    address += (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    return _escaped(address)


def _escaped(address: str) -> str:
    return address.translate(_UNSAFE) if _NOT_SAFE.search(address) else address

"""What the Accounts page says when something has happened, in the person's language.

The views are in `bot.connect`, since they ask the networks; the words are here, where all words of the desk are.
"""

from __future__ import annotations

from django.utils.translation import gettext

# What networks write into the address that leads back when somebody pressed Cancel.
_CANCELLED = frozenset({"access_denied", "user_cancelled_login", "user_cancelled_authorize"})


def only_administrators() -> str:
    """Say who may connect accounts."""
    return gettext("Only an administrator may connect accounts.")


def signed_out() -> str:
    """Say that the answer of the network came to nobody."""
    return gettext("You were signed out meanwhile. Sign in, and press Connect again.")


def once_more(error: str) -> str:
    """Say what went wrong on the way, and that it may be tried again."""
    return gettext("%(error)s Press Connect again.") % {"error": error}


def refused(network: str, error: str) -> str:
    """Say why there is no consent, from the `error` that the network put into the address."""
    if error in _CANCELLED:
        said = gettext("%(network)s was not given the consent, so nothing was changed.")
    elif error == "unauthorized_scope_error":
        said = gettext(
            "%(network)s does not let this app ask for that permission: see its products in the developer portal. "
            "Nothing was changed."
        )
    else:
        said = gettext("%(network)s gave no consent, so nothing was changed.")
    return said % {"network": network}


def connected(account: str, network: str, who: str) -> str:
    """Say as whom an account is connected."""
    said = gettext("%(account)s is connected: %(network)s says that this is %(who)s.")
    return said % {"account": account, "network": network, "who": who}


def works(account: str, network: str, who: str) -> str:
    """Say what a test has shown."""
    said = gettext("%(account)s works: %(network)s says that this is %(who)s. Nothing was posted.")
    return said % {"account": account, "network": network, "who": who}


def disconnected(account: str, network: str, *, place: str) -> str:
    """Say what is forgotten, and, unless the network has ended it too, in which `place` people do that."""
    said = gettext(
        "%(account)s is disconnected: Herodr has forgotten its tokens, and %(network)s has ended them."
    )
    if place:
        said = gettext(
            "%(account)s is disconnected: Herodr has forgotten its tokens. But on %(network)s they are still good: "
            "whoever consented takes the app's access away there, at %(place)s."
        )
    return said % {"account": account, "network": network, "place": place}

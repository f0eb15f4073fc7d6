"""Where the secrets of second steps are kept, and under which key."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from review import second_steps, vault
from tests.making import make_person

OLD, NEW = "o" * 40, "n" * 40


def test_a_secret_is_sealed_with_the_key_of_tokens_where_one_is_set(settings: Settings) -> None:
    settings.HERODR_TOKEN_KEYS = (OLD,)
    sealed = get_adapter().encrypt("JBSWY3DP")
    assert "JBSWY3DP" not in sealed
    settings.SECRET_KEY = "another " * 8
    assert get_adapter().decrypt(sealed) == "JBSWY3DP"
    settings.HERODR_TOKEN_KEYS = (NEW,)
    with pytest.raises(vault.Unreadable, match="The tokens of the second steps cannot be read"):
        get_adapter().decrypt(sealed)


def test_what_was_sealed_before_there_was_such_a_key_still_opens(settings: Settings) -> None:
    settings.HERODR_TOKEN_KEYS = ()
    sealed = second_steps.seal("JBSWY3DP")
    settings.HERODR_TOKEN_KEYS = (NEW,)
    assert second_steps.unseal(sealed) == "JBSWY3DP"


@pytest.mark.django_db
def test_secrets_are_sealed_anew_with_the_newest_key(settings: Settings) -> None:
    person = make_person()
    settings.HERODR_TOKEN_KEYS = ()
    assert second_steps.reseal() == 0
    Authenticator.objects.create(
        user=person, type="totp", data={"secret": second_steps.seal("JBSWY3DP")}
    )
    settings.HERODR_TOKEN_KEYS = (OLD,)
    Authenticator.objects.create(
        user=person,
        type="recovery_codes",
        data={"seed": second_steps.seal("a seed"), "used_mask": 5},
    )
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "laptop"})
    settings.HERODR_TOKEN_KEYS = (NEW, OLD)
    assert second_steps.reseal() == 2
    assert second_steps.reseal() == 0
    settings.HERODR_TOKEN_KEYS = (NEW,)
    settings.SECRET_KEY = "another " * 8
    app, codes = Authenticator.objects.exclude(type="webauthn").order_by("pk")
    assert second_steps.unseal(app.data["secret"]) == "JBSWY3DP"
    assert second_steps.unseal(codes.data["seed"]) == "a seed"
    assert codes.data["used_mask"] == 5


@pytest.mark.django_db
def test_what_no_key_opens_is_left_as_it_is(settings: Settings) -> None:
    settings.HERODR_TOKEN_KEYS = (OLD,)
    sealed = second_steps.seal("JBSWY3DP")
    Authenticator.objects.create(user=make_person(), type="totp", data={"secret": sealed})
    settings.HERODR_TOKEN_KEYS = (NEW,)
    assert second_steps.reseal() == 0
    assert Authenticator.objects.get().data == {"secret": sealed}

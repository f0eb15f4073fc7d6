"""The addresses of signing in and of one's own account.

The names are those by which django-allauth finds its own pages. Only what stands here can be reached: there
is no signing up, and no account of another service but the organisation's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.module_loading import import_string
from django.views.generic import RedirectView, TemplateView

from config.sign_in import PROVIDER
from review.views import mine

View = Callable[..., HttpResponseBase]


def later(name: str, *, template: str = "") -> View:
    """Return the view `name`, which is imported when it is first asked for.

    What passkeys need takes as long to import as half of all the rest; most starts never need it.
    """

    @cache
    def view() -> View:
        found: Any = import_string(name)  # a class of views, or a function
        given = {"template_name": f"review/account/{template}.html"} if template else {}
        made: View = found.as_view(**given) if hasattr(found, "as_view") else found
        return made

    def asked(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return view()(request, **kwargs)

    return asked


OURS = "review.views.account"
ACCOUNT = "allauth.account.views"
MFA = "allauth.mfa"
OIDC = "allauth.socialaccount.providers.openid_connect.views"

to_second_steps = login_required(RedirectView.as_view(pattern_name="mfa_index"))
to_own_page = login_required(RedirectView.as_view(pattern_name="account"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", mine.mine, name="account"),
    # In and out.
    path("out/", LogoutView.as_view(), name="account_logout"),
    path(
        "shut-out/",
        TemplateView.as_view(template_name="review/account/shut_out.html"),
        name="account_inactive",
    ),
    path("second-step/", later(f"{OURS}.SecondStep"), name="mfa_authenticate"),
    path(
        "passkey-sign-in/",
        later(f"{MFA}.webauthn.views.LoginWebAuthnView"),
        name="mfa_login_webauthn",
    ),
    # Once more, before something that matters.
    path("again/password/", later(f"{OURS}.PasswordAgain"), name="account_reauthenticate"),
    path("again/code/", later(f"{OURS}.CodeAgain"), name="mfa_reauthenticate"),
    path("again/passkey/", later(f"{OURS}.PasskeyAgain"), name="mfa_reauthenticate_webauthn"),
    # Passwords.
    path("password/", later(f"{OURS}.Password"), name="account_change_password"),
    path("password/first/", later(f"{OURS}.FirstPassword"), name="account_set_password"),
    path("forgotten/", later(f"{OURS}.Forgotten"), name="account_reset_password"),
    path(
        "forgotten/sent/",
        later(f"{ACCOUNT}.PasswordResetDoneView", template="forgotten_sent"),
        name="account_reset_password_done",
    ),
    path(
        "forgotten/done/",
        RedirectView.as_view(pattern_name="sign-in"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        "^forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        later(f"{OURS}.NewPassword"),
        name="account_reset_password_from_key",
    ),
    # The address.
    path("address/", later(f"{OURS}.Address"), name="account_email"),
    path("address/sent/", to_own_page, name="account_email_verification_sent"),
    path(
        "address/<str:key>/",
        later(f"{ACCOUNT}.ConfirmEmailView", template="address_confirm"),
        name="account_confirm_email",
    ),
    # Second steps.
    path(
        "second-steps/",
        later(f"{MFA}.base.views.IndexView", template="second_steps"),
        name="mfa_index",
    ),
    path("second-steps/app/", later(f"{OURS}.App"), name="mfa_activate_totp"),
    path(
        "second-steps/app/remove/",
        later(f"{MFA}.totp.views.DeactivateTOTPView", template="app_remove"),
        name="mfa_deactivate_totp",
    ),
    path("second-steps/passkeys/", to_second_steps, name="mfa_list_webauthn"),
    path("second-steps/passkeys/new/", later(f"{OURS}.NewPasskey"), name="mfa_add_webauthn"),
    path(
        "second-steps/passkeys/<int:pk>/name/",
        later(f"{OURS}.PasskeyName"),
        name="mfa_edit_webauthn",
    ),
    path(
        "second-steps/passkeys/<int:pk>/remove/",
        later(f"{MFA}.webauthn.views.RemoveWebAuthnView", template="passkey_remove"),
        name="mfa_remove_webauthn",
    ),
    path(
        "second-steps/codes/",
        later(f"{MFA}.recovery_codes.views.ViewRecoveryCodesView", template="codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-steps/codes/new/",
        later(f"{MFA}.recovery_codes.views.GenerateRecoveryCodesView", template="codes_new"),
        name="mfa_generate_recovery_codes",
    ),
    # Sessions.
    path("sessions/", later(f"{OURS}.Sessions"), name="usersessions_list"),
]

if settings.OIDC_NAME:
    with_provider = {"provider_id": PROVIDER}
    urlpatterns += [
        path("provider/", later(f"{OIDC}.login"), with_provider, name="openid_connect_login"),
        path(
            "provider/back/",
            later(f"{OIDC}.callback"),
            with_provider,
            name="openid_connect_callback",
        ),
        path("provider/not-invited/", mine.not_invited, name="socialaccount_signup"),
    ]

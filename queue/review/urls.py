"""The addresses of the desk's pages."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from review.account_urls import later
from review.views import (
    editing,
    house,
    machines,
    notices,
    overview,
    people,
    planning,
    posts,
    sources,
    stopping,
    together,
    verbs,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", posts.queue, name="queue"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/check/", editing.check, name="check"),
    path("posts/<int:pk>/assign/", together.assign, name="assign"),
    path("posts/<int:pk>/noted/", together.noted, name="noted"),
    path("looking/", together.looking, name="looking"),
    path("posts/<int:pk>/<slug:verb>/", verbs.verb, name="verb"),
    path("approve/", verbs.approve_all, name="approve-all"),
    path("undo/<str:keys>/", verbs.undo, name="undo"),
    path("scheduled/", posts.scheduled, name="scheduled"),
    path("calendar/", planning.plan, name="calendar"),
    path("blackouts/", planning.blackout, name="blackouts"),
    path("blackouts/<int:pk>/end/", planning.end_blackout, name="end-blackout"),
    path("published/", posts.published, name="published"),
    path("set-aside/", sources.set_aside, name="set-aside"),
    path("set-aside/<int:pk>/take-in/", sources.take_in, name="take-in"),
    path("announcements/<int:pk>/kind/", sources.change_kind, name="change-kind"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<int:pk>/<slug:deed>/", sources.held, name="held"),
    path("accounts/<int:pk>/resume/", sources.resume, name="resume"),
    path("overview/", overview.overview, name="overview"),
    path("settings/", house.house, name="settings"),
    path("stop/", stopping.stop, name="stop"),
    path("go-on/", stopping.go_on, name="go-on"),
    path("keys/", editing.keys, name="keys"),
    path("language/", set_language, name="language"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/<slug:deed>/", people.person, name="person"),
    path("sign-in/", later("review.views.account.SignIn"), name="sign-in"),
    path("sign-in/", later("review.views.account.SignIn"), name="account_login"),
    path("sign-in/<str:token>/", people.sign_in_link, name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("healthz", machines.alive, name="healthz"),
    path("readyz", machines.ready, name="readyz"),
    path("metrics", machines.metrics, name="metrics"),
    path("notices/approve/<str:token>/", notices.approve, name="approve-from-mail"),
    path("notices/off/<str:token>/", notices.off, name="notices-off"),
    path("account/", include("review.account_urls")),
    path("welcome/", people.welcome, name="welcome"),
]

"""The addresses of the Accounts page."""

from __future__ import annotations

from django.urls import URLPattern, path

from bot.connect import views

urlpatterns: list[URLPattern] = [
    path("", views.accounts, name="accounts"),
    path("connected/", views.connected, name="connected"),
    path("<int:pk>/connect/", views.connect, name="connect"),
    path("<int:pk>/test/", views.test, name="test-account"),
    path("<int:pk>/disconnect/", views.disconnect, name="disconnect"),
]

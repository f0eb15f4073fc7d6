"""`bot move`: copy a deployment from SQLite into PostgreSQL, checked row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import ready

if TYPE_CHECKING:
    from django.db.models import Model

BATCH = 500  # rows copied together; bounds what is in memory
OTHER = "target"


def move(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="An empty database: postgresql://user@host/name.")
    ],
) -> None:
    """Copy everything from this database into another, empty one. Stop Herodr first."""
    ready.desk()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import connections, transaction
    from django.db.utils import DatabaseError

    from config.settings import database

    try:
        connections.settings[OTHER] = connections.configure_settings(
            {"default": connections.settings["default"], OTHER: database(url)}
        )[OTHER]
    except ImproperlyConfigured as error:
        raise ready.Trouble(str(error).replace("DATABASE_URL", "The address")) from None
    try:
        call_command("migrate", database=OTHER, interactive=False, verbosity=0)
    except DatabaseError as error:
        raise ready.Trouble(
            f"The other database cannot be prepared ({ready.first_line(error)}); nothing was changed here."
        ) from None
    models = list(_models())
    for model in models:
        if model._default_manager.using(OTHER).exists():
            raise ready.Trouble(
                "The other database holds something already; name an empty one. Nothing was changed."
            )
    with transaction.atomic(using=OTHER):
        copied = sum(_copy(model) for model in models)
        _copy_rights()
        _check(models)
        _advance_sequences(models)
    typer.echo(
        f"{copied} rows copied and compared. Set DATABASE_URL to the new database, and start Herodr."
    )


def _models() -> Iterator[type[Model]]:
    """Yield every model of ours and of people's accounts, each after those it refers to."""
    from django.apps import apps
    from django.core.serializers import sort_dependencies

    # Addresses, second steps, the organisation's accounts; sessions stay behind.
    wanted = [apps.get_app_config(label) for label in ("review", "account", "mfa", "socialaccount")]
    ordered = sort_dependencies([(app, list(app.get_models())) for app in wanted])
    yield from (model for model in ordered if model is not None)


def _copy(model: type[Model]) -> int:
    rows = model._base_manager.using("default").order_by("pk")
    number = 0
    batch: list[Model] = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            model._base_manager.using(OTHER).bulk_create(batch)
            number += len(batch)
            batch = []
    model._base_manager.using(OTHER).bulk_create(batch)
    return number + len(batch)


def _copy_rights() -> None:
    """Give people and groups what they had, by name: the numbers of permissions differ between databases."""
    from django.contrib.auth.models import Group, Permission

    from review.models import Person

    def same(permissions: Iterable[Permission]) -> list[Permission]:
        return [
            Permission.objects.using(OTHER).get(
                codename=permission.codename,
                content_type__app_label=permission.content_type.app_label,
                content_type__model=permission.content_type.model,
            )
            for permission in permissions
        ]

    groups = {}
    for group in Group.objects.using("default"):
        groups[group.name], _ = Group.objects.using(OTHER).get_or_create(name=group.name)
        groups[group.name].permissions.set(same(group.permissions.all()))
    for person in Person.objects.using("default"):
        copy = Person.objects.using(OTHER).get(pk=person.pk)
        copy.user_permissions.set(same(person.user_permissions.all()))
        copy.groups.set(groups[group.name] for group in person.groups.all())


def _check(models: list[type[Model]]) -> None:
    """Compare every row of every table. Raises `Trouble`, which undoes the copy."""
    for model in models:
        if _digest(model, "default") != _digest(model, OTHER):
            raise ready.Trouble(
                f"The copy of {model._meta.verbose_name_plural} differs from the original, so it was "
                "undone. Nothing was changed here; see that Herodr is stopped, and try again."
            )


def _digest(model: type[Model], alias: str) -> str:
    names = [field.attname for field in model._meta.concrete_fields]
    whole = hashlib.sha256()
    for row in model._base_manager.using(alias).order_by("pk").values_list(*names).iterator():
        whole.update(json.dumps(row, default=str, sort_keys=True).encode())
    return whole.hexdigest()


def _advance_sequences(models: list[type[Model]]) -> None:
    """Let the next row get a number that is free: rows came with theirs."""
    from django.core.management.color import no_style
    from django.db import connections

    connection = connections[OTHER]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)

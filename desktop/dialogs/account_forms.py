"""The form of an account: the fields of its platform among those that every account has, and what counts where nothing
is typed."""

from typing import Final

from PySide6.QtWidgets import QLineEdit

from desktop.dialogs.account_fields import common_fields
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field, from_manifest
from desktop.dialogs.form import Form
from worker.protocol.manifest import Manifest

NAME_LENGTH: Final = 50
USUAL_SECONDS: Final = 30


def fields_of(context: Context, manifest: Manifest | None, *, secrets: bool) -> list[Field]:
    """Return all fields in their order. ``secrets`` false: without those that sign in."""
    pick = context.wording.pick
    fields = [from_manifest(field, pick) for field in manifest.fields] if manifest else []
    if manifest is not None and manifest.preset_from:
        # What the rest can be known from comes first.
        fields.sort(key=lambda field: field.name != manifest.preset_from)
    if not secrets:
        fields = [field for field in fields if not field.secret]
    common = common_fields(context)
    basic = [field for field in fields if not field.advanced]
    return basic + common[:2] + [field for field in fields if field.advanced] + common[2:]


def show_inherited(context: Context, form: Form) -> None:
    """Where nothing is typed, the number that counts then: the group's, else that of all."""
    group = context.models.inbox.groups.get(form.values().get("group_id") or "")
    settings = context.models.settings
    usual = {"interval_seconds": settings.default_interval_seconds if settings is not None else USUAL_SECONDS}
    for name in ("interval_seconds", "interval_max_seconds", "priority"):
        given = getattr(group.settings, name) if group is not None else None
        shown = given if given is not None else usual.get(name)
        target = form.rows[name].input.target
        if isinstance(target, QLineEdit):
            target.setPlaceholderText("" if shown is None else str(shown))


def proposed_name(typed: str) -> str:
    """Return how an account may be called, by the address that was typed."""
    plain = typed.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return plain[:NAME_LENGTH]

"""Which input a field gets, by its type."""

from PySide6.QtWidgets import QWidget

from desktop.dialogs.cron_editor import CronInput
from desktop.dialogs.fields import (
    AddressInput,
    CheckInput,
    ChoiceInput,
    Field,
    FileInput,
    FolderInput,
    Input,
    LineInput,
    ListInput,
    MultilineInput,
    NumberInput,
)
from desktop.dialogs.line_fields import ChecksInput, EnvInput, LinesInput, MapInput
from desktop.dialogs.pick_fields import PicksInput
from desktop.dialogs.setting_fields import AllowedInput, KeepDaysInput

KINDS: dict[str, type[Input]] = {
    "allowed": AllowedInput,
    "boolean": CheckInput,
    "checks": ChecksInput,
    "choice": ChoiceInput,
    "cron": CronInput,
    "env": EnvInput,
    "file": FileInput,
    "folder": FolderInput,
    "keep_days": KeepDaysInput,
    "lines": LinesInput,
    "list": ListInput,
    "map": MapInput,
    "multiline": MultilineInput,
    "number": NumberInput,
    "picks": PicksInput,
    "url": AddressInput,
}
"""The types that a manifest may name, and those of the window alone; any other is one line of text."""


def make_input(field: Field, parent: QWidget) -> Input:
    """Return the input of a field's type."""
    return KINDS.get(field.type, LineInput)(field, parent)

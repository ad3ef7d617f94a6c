"""Settings of an account as its platform gets them: completed with defaults, checked against the manifest's types."""

from typing import Any

from worker.protocol.manifest import Field, Manifest
from worker.protocol.texts import Text, text
from worker.sdk.errors import InvalidConfig

_EXPECTED = {"number": "a number", "boolean": "yes or no", "list": "a list of texts", "map": "texts by name"}


def complete(manifest: Manifest, settings: dict[str, Any]) -> dict[str, Any]:
    """Return ``settings`` with defaults where a field is absent. Raises ``InvalidConfig`` that names every wrong field.

    A field without a default that is not required stays absent. What the manifest does not know is left out: it may be
    of another version of the platform.
    """
    return checked(manifest, settings, partial=False)


def checked(manifest: Manifest, settings: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    """As :func:`complete`; with ``partial`` required fields may be absent."""
    completed: dict[str, Any] = {}
    faults: dict[str, Text] = {}
    for field in manifest.fields:
        if field.secret:
            continue
        value = settings.get(field.name)
        if value is None:
            value = field.default
        if value is None or (value in ("", [], {}) and field.required):
            if field.required and not partial:
                faults[field.name] = text("field_required")
            continue
        fault = _fault(field, value)
        if fault is not None:
            faults[field.name] = fault
        completed[field.name] = value
    if faults:
        raise InvalidConfig(text("invalid_fields"), faults)
    return completed


def _fault(field: Field, value: Any) -> Text | None:
    if not _fits(field, value):
        return text("field_type", expected=_EXPECTED.get(field.type, "a text"))
    if field.type == "number":
        too_low = field.minimum is not None and value < field.minimum
        too_high = field.maximum is not None and value > field.maximum
        if too_low or too_high:
            return text("field_range", minimum=_bound(field.minimum, "-∞"), maximum=_bound(field.maximum, "∞"))
    if field.type == "choice" and value not in [choice.value for choice in field.choices]:
        return text("field_choice", choices=", ".join(choice.value for choice in field.choices))
    return None


def _fits(field: Field, value: Any) -> bool:
    if field.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field.type == "boolean":
        return isinstance(value, bool)
    if field.type == "map":
        return isinstance(value, dict) and all(isinstance(part, str) for part in (*value, *value.values()))
    if field.type == "list":
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(value, str)


def _bound(value: float | None, absent: str) -> float | str:
    if value is None:
        return absent
    return int(value) if value == int(value) else value

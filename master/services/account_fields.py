"""Whether what was typed fits the manifest; every fault under the name of its field."""

import math
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from worker.protocol.manifest import Field, Manifest
from worker.protocol.texts import Text, text

MAX_TEXT: Final = 64 * 1024
MAX_LIST: Final = 1000

LARGEST: Final = 2**53
"""Beyond it not every number has a place of its own in JSON."""

_TEMPORARY: Final = "temp-"
"""So begin the ids of accounts whose own are not known."""

Faults = dict[str, Text]


def check_settings(manifest: Manifest, settings: Mapping[str, Any]) -> Faults:
    """Return the faults of settings, keyed ``settings.<name>``."""
    return check_fields(manifest, settings, "settings")


def check_fields(
    manifest: Manifest, values: Mapping[str, Any], prefix: str, *, longest_script: int = MAX_TEXT
) -> Faults:
    """Return the faults of values that are no secrets, keyed ``<prefix>.<name>``.

    ``longest_script``: characters that a field of several lines may have.
    """
    faults: Faults = {}
    for name in values:
        field = manifest.field(name)
        if field is None:
            faults[f"{prefix}.{name}"] = text("field_unknown")
        elif field.secret:
            faults[f"{prefix}.{name}"] = text("field_secret_in_settings")
    for field in manifest.fields:
        longest = longest_script if field.type == "multiline" else MAX_TEXT
        if not field.secret and (fault := _fault(field, values.get(field.name), longest)) is not None:
            faults[f"{prefix}.{field.name}"] = fault
    return faults


def check_credentials(manifest: Manifest, credentials: Mapping[str, Any]) -> Faults:
    """Return the faults of credentials, keyed ``credentials.<name>``."""
    faults: Faults = {}
    for name in credentials:
        field = manifest.field(name)
        if field is None or not field.secret:
            faults[f"credentials.{name}"] = text("field_unknown")
    for field in manifest.fields:
        if field.secret and (fault := _fault(field, credentials.get(field.name))) is not None:
            faults[f"credentials.{field.name}"] = fault
    if manifest.capabilities.credentials == "required" and not credentials:
        faults.setdefault("credentials", text("field_required"))
    return faults


def check_range(interval: int | None, interval_max: int | None, prefix: str = "") -> Faults:
    """Return the faults of an interval and the end of its random range: both of the same giver."""
    if interval_max is None:
        return {}
    if interval is None:
        return {f"{prefix}interval_max_seconds": text("interval_max_alone")}
    if interval_max < interval:
        return {f"{prefix}interval_max_seconds": text("field_range", minimum=interval, maximum=86_400)}
    return {}


def with_interval(changes: Mapping[str, Any], own: int | None, counting: int) -> dict[str, Any]:
    """Return what follows from changes of an interval: a range and its beginning are of the same giver.

    ``own``: the account's interval before; ``counting``: the one that counted.
    """
    interval = changes.get("interval_seconds", own)
    if interval is not None:
        return {}
    if changes.get("interval_max_seconds") is not None:
        return {"interval_seconds": counting}
    return {"interval_max_seconds": None} if "interval_seconds" in changes else {}


def complete(manifest: Manifest | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with the manifest's defaults for what is absent."""
    defaults = {
        field.name: field.default
        for field in (manifest.fields if manifest else ())
        if not field.secret and field.default is not None
    }
    given = {name: value for name, value in settings.items() if value is not None}
    return {**defaults, **given}


def identity_of(manifest: Manifest, settings: Mapping[str, Any]) -> str:
    """Return the stable name of the account at its service as far as the settings tell it, "" when they do not."""
    if not manifest.name_from:
        return ""
    value = str(settings.get(manifest.name_from) or "").strip()
    if value and manifest.name_from == "username" and (host := str(settings.get("host") or "").strip()):
        return f"{value}@{host.lower()}"
    return value


def temporary_identity() -> str:
    """Return a name for an account whose own is not known."""
    return f"{_TEMPORARY}{uuid.uuid4().hex[:12]}"


def is_temporary(identity: str) -> bool:
    """Tell whether this stands for a name that is not known yet."""
    return identity.startswith(_TEMPORARY)


def _fault(field: Field, value: Any, longest: int = MAX_TEXT) -> Text | None:
    if value is None or value in ("", [], {}):
        return text("field_required") if field.required and field.default is None else None
    match field.type:
        case "number":
            return _number_fault(field, value)
        case "boolean":
            return None if isinstance(value, bool) else text("field_type", expected="true, false")
        case "list":
            return _list_fault(field, value)
        case "map":
            return _map_fault(value)
        case "choice":
            choices = [choice.value for choice in field.choices]
            return None if value in choices else text("field_choice", choices=", ".join(choices))
        case _:
            return _text_fault(field, value, longest)


def _number_fault(field: Field, value: Any) -> Text | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text("field_type", expected="1, 2, 3 …")
    if not math.isfinite(value) if isinstance(value, float) else abs(value) > LARGEST:
        return text("field_type", expected="1, 2, 3 …")
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        return text("field_range", minimum=_bound(field.minimum, "−∞"), maximum=_bound(field.maximum, "∞"))
    return None


def _bound(value: float | None, none: str) -> str | int | float:
    if value is None:
        return none
    return int(value) if value == int(value) else value


def _list_fault(field: Field, value: Any) -> Text | None:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return text("field_type", expected='["a", "b"]')
    if len(value) > MAX_LIST:
        return text("field_length", minimum=0, maximum=MAX_LIST)
    return next((fault for part in value if (fault := _text_fault(field, part)) is not None), None)


def _map_fault(value: Any) -> Text | None:
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        return text("field_type", expected='{"a": "b"}')
    if len(value) > MAX_LIST:
        return text("field_length", minimum=0, maximum=MAX_LIST)
    if not all(name.strip() for name in value):
        return text("field_required")
    longest = max((len(part) for pair in value.items() for part in pair), default=0)
    return text("field_length", minimum=0, maximum=MAX_TEXT) if longest > MAX_TEXT else None


def _text_fault(field: Field, value: Any, longest: int = MAX_TEXT) -> Text | None:
    if not isinstance(value, str):
        return text("field_type", expected='"abc"')
    if field.required and not value.strip():
        return text("field_required")
    if len(value) > longest:
        return text("field_length", minimum=int(field.required), maximum=longest)
    if field.type == "url" and not value.strip().lower().startswith(("http://", "https://")):
        return text("url_scheme")
    return text("url_unreadable") if field.type == "url" and not _is_address(value.strip()) else None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and not any(letter.isspace() for letter in url)
    except ValueError:
        return False

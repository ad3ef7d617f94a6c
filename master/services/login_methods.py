"""Ways to sign in: which one is meant, and whether what was typed beforehand fits it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from master.errors import Conflict, Invalid
from master.services.account_fields import check_credentials, check_settings
from worker.protocol.manifest import Login, Manifest
from worker.protocol.texts import Text, text


def method_of(manifest: Manifest, wanted: str | None) -> Login:
    """Return the way to sign in. Raises :class:`Invalid`, :class:`Conflict` when the platform has none."""
    if not manifest.logins:
        raise Conflict(text("login_not_offered", platform=manifest.title["en"]))
    found = manifest.logins[0] if wanted is None else manifest.login(wanted)
    if found is None:
        choices = ", ".join(login.id for login in manifest.logins)
        raise Invalid(fields={"method": text("login_method_unknown", choices=choices)})
    return found


def faults_of(
    manifest: Manifest, method: Login, settings: Mapping[str, Any], credentials: Mapping[str, Any]
) -> dict[str, Text]:
    """Return what is wrong with what was given beforehand: of the rest nothing is known yet."""
    asked = [field for field in manifest.fields if field.name in method.fields or field.name in settings]
    faults = check_settings(msgspec.structs.replace(manifest, fields=asked), settings)
    optional = msgspec.structs.replace(manifest.capabilities, credentials="optional")
    partial = msgspec.structs.replace(
        manifest, fields=[field for field in asked if field.name in method.fields], capabilities=optional
    )
    return faults | check_credentials(partial, credentials)


def prefixed(manifest: Manifest | None, fields: Mapping[str, Text]) -> dict[str, Text]:
    """Return a worker's faults under the names that forms know."""
    prefixed = {}
    for name, fault in fields.items():
        field = manifest.field(name) if manifest is not None else None
        prefixed[f"{'credentials' if field is not None and field.secret else 'settings'}.{name}"] = fault
    return prefixed

"""Fields of a platform as the command line takes them: NAME=VALUE, typed by the manifest; secrets at a prompt."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import IO, Any, Final

import click

from master.api.client import MasterClient
from master.api.schema import CatalogAnswer
from master.cli.output import print_fields, print_table
from master.cli.prompts import ask
from worker.protocol.manifest import Field, Manifest, Preset

PATIENCE_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.2
TRUE = {"true", "yes", "on", "1"}
FALSE = {"false", "no", "off", "0"}


async def known_catalog(client: MasterClient, patience: float = PATIENCE_SECONDS) -> CatalogAnswer:
    """Return what can be watched. Workers tell it: right after a start the first one is waited for."""
    deadline = time.monotonic() + patience
    while True:
        catalog = await client.catalog()
        if catalog.platforms or time.monotonic() >= deadline:
            return catalog
        await asyncio.sleep(LOOK_SECONDS)


def find_platform(catalog: CatalogAnswer, platform: str) -> Manifest:
    """Return the manifest of ``platform``. Raises an error that lists what there is."""
    for manifest in catalog.platforms:
        if manifest.id == platform:
            return manifest
    if not catalog.platforms:
        raise click.ClickException("No worker has told yet what can be watched. Start one (`watchkeeper workers`).")
    known = ", ".join(manifest.id for manifest in catalog.platforms)
    raise click.UsageError(f"There is no platform {platform!r}. There are: {known}.")


def parse_settings(manifest: Manifest, settings: Sequence[str]) -> dict[str, Any]:
    """Return ``NAME=VALUE`` pairs as the types that the manifest asks for. Raises errors that name the field."""
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set {setting}: write NAME=VALUE.")
        field = manifest.field(name)
        if field is None or field.secret:
            known = ", ".join(field.name for field in manifest.fields if not field.secret)
            more = " Secrets are asked for; they are never arguments." if field is not None else ""
            raise click.UsageError(f"--set {name}: there is no such field. There are: {known}.{more}")
        values[name] = typed(field, value)
    return values


def with_preset(manifest: Manifest, values: dict[str, Any]) -> tuple[dict[str, Any], Preset | None]:
    """Return what was typed, completed by what is known of the provider, and that preset."""
    preset = manifest.preset_of(str(values.get(manifest.preset_from) or ""))
    return ({**preset.settings, **values} if preset is not None else values), preset


def credentials_of(manifest: Manifest, stream: IO[str] | None, preset: Preset | None = None) -> dict[str, Any] | None:
    """Return the credentials: from ``stream`` (one JSON object) or, one field after the other, from a prompt.

    What ``preset`` says of them is said before.
    """
    secrets = [field for field in manifest.fields if field.secret]
    if not secrets:
        return None
    if stream is not None:
        try:
            document = json.loads(stream.read())
        except ValueError as error:
            raise click.UsageError(f"--credentials-stdin: not JSON ({error}).") from error
        if not isinstance(document, dict):
            raise click.UsageError("--credentials-stdin: expected one JSON object.")
        return document
    if preset is not None and (said := " ".join(filter(None, (preset.note.get("en"), preset.link)))):
        click.echo(said, err=True)
    required = manifest.capabilities.credentials == "required"
    answers: dict[str, Any] = {}
    for field in secrets:
        title = preset.secret.get("en") if preset is not None and field.type == "password" else None
        label = (title or field.title["en"]) + ("" if required or field.required else " (empty for none)")
        hidden = field.type == "password"
        value = ask(label, hidden=hidden, instead="--credentials-stdin", optional=not (required or field.required))
        if value:
            answers[field.name] = value
    return answers or None


def typed(field: Field, value: str) -> Any:
    """Return what was typed as the type of its field. Raises errors that name it."""
    if field.type == "number":
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            raise click.UsageError(f"--set {field.name}: expected a number, not {value!r}.") from None
    if field.type == "boolean":
        if value.lower() in TRUE | FALSE:
            return value.lower() in TRUE
        raise click.UsageError(f"--set {field.name}: expected yes or no, not {value!r}.")
    if field.type == "list":
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def print_manifest(what: str, manifest: Manifest) -> None:
    """Print what a platform or a runner is, and the fields that it wants."""
    print_fields([(what, manifest.title["en"]), ("What", manifest.summary.get("en", ""))])
    rows = [
        [
            field.name,
            "secret" if field.secret else field.type,
            "required" if field.required else "",
            "" if field.default is None else str(field.default),
            field.title["en"],
        ]
        for field in manifest.fields
    ]
    print_table(["Field", "Type", "", "Default", "What"], rows, "It wants to know nothing.")

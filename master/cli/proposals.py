"""Fields that were not typed: what is known of a provider, else what a worker finds by asking around."""

from typing import Any

import click

from master.api.client import MasterClient
from master.api.proposals import SettingsPropose
from master.cli.fields import with_preset
from worker.protocol.manifest import Manifest, Preset


async def completed(
    client: MasterClient, manifest: Manifest, typed: dict[str, Any]
) -> tuple[dict[str, Any], Preset | None]:
    """Return what was typed, completed where required fields are absent; what is taken is said on stderr."""
    values, preset = with_preset(manifest, typed)
    if not manifest.capabilities.propose or not _lacks(manifest, values):
        return values, preset
    report = await client.propose_settings(SettingsPropose(platform=manifest.id, settings=typed))
    if not report.proposals:
        # The master says what is missing, field by field.
        return values, preset
    best = report.proposals[0]
    # What was asked about may have to be written otherwise: a mail address as the name alone.
    kept = {name: value for name, value in typed.items() if name != manifest.preset_from or name not in best.settings}
    told = ", ".join(f"{name}={value}" for name, value in best.settings.items() if name not in kept)
    click.echo(f"{best.source.message if best.source is not None else 'Found.'} {told}", err=True)
    known = next((one for one in manifest.presets if one.id == best.preset), None)
    return {**(known.settings if known is not None else {}), **best.settings, **kept}, known


def _lacks(manifest: Manifest, values: dict[str, Any]) -> bool:
    return any(
        field.required and not field.secret and field.default is None and not values.get(field.name)
        for field in manifest.fields
    )

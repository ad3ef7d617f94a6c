"""``watchkeeper doctor``."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from master.api.bundle_files import write_bundle
from master.api.client import ApiError, MasterClient
from master.api.diagnostics import Bundle, BundleRequest, SystemReport
from master.api.results import CheckResult
from master.api.system import Settings
from master.cli.connection import NotRunning, Unusable, find_master, run_async, told
from master.cli.options import Common, common_options, current
from master.cli.output import json_option, print_json
from master.cli.progress import working
from master.errors import StartError
from master.settings import load_settings
from worker.protocol.codec import now_ms

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


@click.command()
@common_options
@json_option
@click.option(
    "--bundle", "bundle", type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a support bundle: a zip file without secrets, texts and names.",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, as_json: bool, bundle: Path | None) -> int:
    """Tell what is right and wrong on this machine, and what to do about it."""
    common = current(context)
    extra: Sequence[Callable[[], Any]] = (context.find_root().obj or {}).get("checks", ())
    report, made = run_async(_looked(common, wants_bundle=bundle is not None, quiet=as_json))
    results: list[CheckResult] = [*report.checks]
    for check in extra:
        results.extend(check())
    if as_json:
        print_json(results)
    else:
        _show(results)
    if bundle is not None and made is not None:
        _write(bundle, made, quiet=as_json)
    return 1 if any(result.level == "bad" for result in results) else 0


def _show(results: Sequence[CheckResult]) -> None:
    for result in results:
        print(f"{MARKS[result.level]} {result.name}: {result.message}")
        if result.advice:
            print(f"    {result.advice}")


def _write(path: Path, bundle: Bundle, *, quiet: bool) -> None:
    try:
        write_bundle(path, bundle)
    except OSError as error:
        raise click.ClickException(f"--bundle {path}: the file cannot be written: {error.strerror or error}") from error
    if quiet:
        return
    print(f"\n{path} holds, all of it text that you can read before you give it away:")
    for part in bundle.parts:
        print(f"  {part.name:<14} {len(part.content.encode()):>8} bytes  {part.about.message}")


async def _looked(common: Common, *, wants_bundle: bool, quiet: bool) -> tuple[SystemReport, Bundle | None]:
    async with working("Looking", quiet=quiet):
        return await _look(common, wants_bundle=wants_bundle)


async def _look(common: Common, *, wants_bundle: bool) -> tuple[SystemReport, Bundle | None]:
    """Ask the running master of the profile; without one (or with one that does not know), look here."""
    try:
        url, token = find_master(common)
    except NotRunning:
        return await _look_here(common, running=False, wants_bundle=wants_bundle)
    except Unusable as error:
        report, made = await _look_here(common, running=False, wants_bundle=wants_bundle)
        said = error.message.removesuffix(f" {error.advice}")
        wrong = CheckResult(name="profile", level="bad", message=said, advice=error.advice)
        return msgspec.structs.replace(report, checks=[wrong, *report.checks]), made
    client = MasterClient(url, token)
    try:
        await client.health()
    except ApiError as error:
        if common.connect is not None:
            raise told(error, common) from error
        return await _look_here(common, running=False, wants_bundle=wants_bundle)
    else:
        try:
            return await client.system(), await client.bundle(BundleRequest()) if wants_bundle else None
        except ApiError:
            return await _look_here(common, running=True, wants_bundle=wants_bundle)
    finally:
        await client.close()


async def _look_here(common: Common, *, running: bool, wants_bundle: bool) -> tuple[SystemReport, Bundle | None]:
    from master.checks.bundles import make_parts
    from master.checks.facts import facts_of
    from master.checks.machine import examine

    checks = await examine(common.profile, *_listening(common), running=running, vault=common.vault)
    facts = await asyncio.to_thread(facts_of, common.profile, [], "", 0, 0.0)
    report = SystemReport(at=now_ms(), checks=checks, facts=facts)
    if not wants_bundle:
        return report, None
    # Without the master nobody opens the vault: the lines of the log go without their words.
    parts = await asyncio.to_thread(make_parts, common.profile, report, BundleRequest(), None)
    return report, Bundle(at=now_ms(), parts=parts)


def _listening(common: Common) -> tuple[str, int]:
    """Return the address and the port of the master's next start; settings that cannot be read are told elsewhere."""
    try:
        settings = load_settings(common.profile)
    except StartError:
        settings = Settings()
    return common.host or settings.host, settings.port if common.port is None else common.port

"""``watchkeeper doctor``."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from master.api.client import ApiError, MasterClient
from master.api.results import CheckResult
from master.api.schema import Settings
from master.checks import machine
from master.cli.connection import NotRunning, read_master_file, run_async
from master.cli.options import Common, common_options, current
from master.cli.output import json_option, print_json
from master.errors import StartError
from master.settings import load_settings

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


@click.command()
@common_options
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int:
    """Tell what is right and wrong on this machine, and what to do about it."""
    common = current(context)
    extra: Sequence[Callable[[], Any]] = (context.find_root().obj or {}).get("checks", ())
    results: list[CheckResult] = run_async(_check(common))
    for check in extra:
        results.extend(check())
    if as_json:
        print_json(results)
    else:
        for result in results:
            print(f"{MARKS[result.level]} {result.name}: {result.message}")
            if result.advice:
                print(f"    {result.advice}")
    return 1 if any(result.level == "bad" for result in results) else 0


async def _check(common: Common) -> list[CheckResult]:
    running = await _master_answers(common)
    return [
        machine.check_python(),
        machine.check_clock(),
        machine.check_profile(common.profile),
        machine.check_database(common.profile),
        machine.check_port(*_listening(common), running),
        await machine.check_worker(),
        await machine.check_keyring(common.vault),
    ]


def _listening(common: Common) -> tuple[str, int]:
    """Return the address and the port of the master's next start; settings that cannot be read are told elsewhere."""
    try:
        settings = load_settings(common.profile)
    except StartError:
        settings = Settings()
    return common.host or settings.host, settings.port if common.port is None else common.port


async def _master_answers(common: Common) -> bool:
    try:
        known = read_master_file(common)
    except NotRunning:
        return False
    client = MasterClient(known.url, known.token)
    try:
        await client.health()
    except ApiError:
        return False
    finally:
        await client.close()
    return True

"""``watchkeeper selftest``."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from master.api.results import StepResult
from master.cli.loops import new_loop
from master.cli.options import Common, common_options, current
from master.cli.output import json_option, print_json

if TYPE_CHECKING:
    from master.app import Master


@click.command()
@common_options
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int:
    """Prove on a throw-away profile that everything works: one line a step, exit 0 only if all passed."""
    common = current(context)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_run(common, as_json))


async def _run(common: Common, as_json: bool) -> int:
    from master.checks.machine import check_keyring
    from master.checks.selftest import SelfTest
    from worker.programs import packaged

    usable = (await check_keyring("keyring")).level == "ok"

    def show(result: StepResult) -> None:
        if not as_json:
            mark = "✓" if result.passed else "✗"
            print(f"{mark} {result.name} ({result.milliseconds} ms) {result.message}".rstrip(), flush=True)

    place = "in the keyring" if usable else "in memory, as no keyring can be used here"
    test = SelfTest(show, lambda profile: _master(common, profile, "keyring" if usable else "memory"), place)
    passed = await test.run()
    if as_json:
        vault = "keyring" if usable else "memory"
        print_json({"passed": passed, "packaged": packaged(), "vault": vault, "steps": test.results})
    return 0 if passed else 1


def _master(common: Common, profile: Path, vault: Literal["keyring", "memory"]) -> "Master":
    from master.app import Master
    from master.settings import Options

    # The demo platform offers what a sign-in needs, on this machine alone.
    options = Options(profile=profile, host=common.host, port=0, port_explicit=True, log_level="error", vault=vault)
    return Master(msgspec.structs.replace(options, demo=True, demo_accounts=False))

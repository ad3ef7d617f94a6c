"""``watchkeeper runners``: what jobs can be, and what each wants to know."""

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.fields import known_catalog, print_manifest
from master.cli.job_specs import find_runner
from master.cli.nouns import RUNNER
from master.cli.options import common_options
from master.cli.output import json_option, print_json, print_table


@click.group()
@common_options
def command() -> None:
    """List what jobs can be, and what each wants to know."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_runners(client: MasterClient, as_json: bool) -> int:
    """List the runners."""
    runners = (await known_catalog(client)).runners
    if as_json:
        print_json(runners)
        return 0
    rows = [[one.id, one.title["en"], one.summary.get("en", "")] for one in runners]
    print_table(["Id", "Name", "What"], rows, "There are no runners: start a worker.")
    return 0


@command.command("show")
@common_options
@click.argument("runner", type=RUNNER)
@json_option
@with_client
async def show(client: MasterClient, runner: str, as_json: bool) -> int:
    """Show the fields of a runner, as `jobs add --set NAME=VALUE` takes them."""
    manifest = find_runner(await known_catalog(client), runner)
    if as_json:
        print_json(manifest)
    else:
        print_manifest("Runner", manifest)
    return 0

"""``watchkeeper worker`` and ``watchkeeper plugin``: told of here, done by the worker's own command line."""

from pathlib import Path

import click

from master.cli.options import LEVELS

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("worker")
@click.option("--connect", metavar="URL", help="Address of the master.")
@click.option("--id", "worker_id", metavar="ID", help="The worker's id; its token belongs to it.")
@click.option("--token-file", type=FILE, help="Its first line is the token; without it the first line of stdin.")
@click.option("--data", type=FOLDER, help="Folder of the ledger.")
@click.option("--jobs", type=FOLDER, help="Folder of the jobs, one for all workers of a machine.")
@click.option("--lifeline", is_flag=True, help="End when stdin ends.")
@click.option("--demo", is_flag=True, help="Offer the platforms of the demo too.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", help="How much is logged.")
@click.option("--describe", is_flag=True, help="Print all manifests as JSON and exit.")
@click.option("--load", is_flag=True, help="With --describe: load all code too; exit 1 where it fails.")
def worker(**_given: object) -> None:
    """Run one worker, which checks accounts and runs jobs for a master. It ends with 10 when the token is refused."""
    raise click.UsageError("Let `worker` stand first: watchkeeper worker --connect URL.")


@click.group("plugin")
def plugin() -> None:
    """Make a platform of your own."""


@plugin.command("new")
@click.argument("identity", metavar="ID")
@click.option("--folder", type=FOLDER, help="Where to; without it watchkeeper-ID here.")
def new(**_given: object) -> None:
    """Make a plug-in that works, with its tests; its README says how to install it. ID: small letters, digits, _."""
    raise click.UsageError("Let `plugin` stand first: watchkeeper plugin new ID.")

"""``watchkeeper api``: any route of the REST API, with the token of the running master."""

import sys
from typing import IO, Any
from urllib.parse import urlencode

import click
import msgspec

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_json

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@click.command()
@common_options
@click.argument("method", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option(
    "--query", "-q", "pairs", multiple=True, metavar="NAME=VALUE", help="A part of the query; may be repeated."
)
@click.option("--body", type=click.File("rb"), help="File with the body, JSON; - for stdin.")
@json_option
@with_client
async def command(
    client: MasterClient, method: str, path: str, pairs: tuple[str, ...], body: IO[bytes] | None, as_json: bool
) -> int:
    """Call a route of the REST API: `api GET /status`; its data is printed as JSON (which --json says once more).

    `api GET /openapi.json` describes them all.
    """
    if not path.startswith("/") or "#" in path:
        raise click.UsageError("PATH begins with a slash: it is what stands behind /api/v1, such as /status.")
    query = [pair.partition("=") for pair in pairs]
    if any(not equals for _, equals, _ in query):
        raise click.UsageError("--query: write NAME=VALUE.")
    if query:
        path += ("&" if "?" in path else "?") + urlencode([(name, value) for name, _, value in query])
    answer = await client.raw(method.upper(), path, None if body is None else body.read())
    try:
        found: Any = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        if as_json:
            raise click.ClickException(f"{path} does not answer with JSON; leave --json out.") from None
        sys.stdout.buffer.write(answer)
        return 0
    enveloped = isinstance(found, dict) and found.get("success") is True and "data" in found
    print_json(found["data"] if enveloped else found)
    return 0

"""``watchkeeper metrics``: the figures that Prometheus reads."""

import re
from typing import Any, Final

import click

from master.api.client import MasterClient
from master.cli.connection import with_client
from master.cli.options import common_options
from master.cli.output import json_option, print_json

_LINE: Final = re.compile(r"^(?P<name>[A-Za-z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)(?: \d+)?$")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPES: Final = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


@click.command()
@common_options
@json_option
@with_client
async def command(client: MasterClient, as_json: bool) -> int:
    """Print the figures of the master in the text format of Prometheus."""
    told = await client.metrics()
    if as_json:
        print_json(samples(told))
    else:
        click.echo(told, nl=False)
    return 0


def samples(text: str) -> list[dict[str, Any]]:
    """Return ``{name, labels, value}`` of each line that has a value; what is no finite number is None."""
    found = []
    for line in text.splitlines():
        if (match := _LINE.match(line)) is not None:
            labels = {name: _plain(value) for name, value in _LABEL.findall(match["labels"] or "")}
            number = float(match["value"])
            finite = number == number and abs(number) != float("inf")
            found.append({"name": match["name"], "labels": labels, "value": number if finite else None})
    return found


def _plain(value: str) -> str:
    return re.sub(r'\\[\\"n]', lambda found: _ESCAPES[found[0]], value)

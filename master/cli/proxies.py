"""``watchkeeper proxies``."""

import sys
from typing import Any

import click
from msgspec import UNSET

from master.api.client import MasterClient
from master.api.proxies import ProxyKind
from master.api.schema import Proxy, ProxyCreate, ProxyPatch, ProxyReport, ProxyTarget, ProxyTest
from master.cli.connection import with_client
from master.cli.nouns import PROXY
from master.cli.options import common_options
from master.cli.output import clock, json_option, print_fields, print_json, print_table
from master.cli.progress import working
from master.cli.prompts import ask
from master.cli.steps import print_steps

PROXY_ID = click.argument("proxy_id", type=PROXY)


class Place(click.ParamType[tuple[str, int]]):
    """Host and port, an address of version 6 in brackets."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
            self.fail("write HOST:PORT.", param, ctx)
        return host.strip("[]"), int(port)


KIND = click.Choice(["http", "socks5"])
STDIN_HELP = "Read the password from the first line of stdin instead of asking."


@click.group()
@common_options
def command() -> None:
    """Manage the proxies that accounts are watched through; their passwords are never shown."""


@command.command("list")
@common_options
@json_option
@with_client
async def list_proxies(client: MasterClient, as_json: bool) -> int:
    """List the proxies."""
    found = await client.proxies()
    if as_json:
        print_json(found)
        return 0
    rows = [
        [row.id, row.name, row.kind, f"{row.host}:{row.port}", str(row.accounts), _rate(row.day.rate)] for row in found
    ]
    empty = (
        "There are no proxies. Add one with `watchkeeper proxies add --name NAME --kind socks5 --address HOST:PORT`."
    )
    print_table(["Id", "Name", "Kind", "Address", "Accounts", "Success"], rows, empty)
    return 0


@command.command("show")
@common_options
@PROXY_ID
@json_option
@with_client
async def show(client: MasterClient, proxy_id: str, as_json: bool) -> int:
    """Show one proxy, by its id or name."""
    return _print(await client.proxy(proxy_id), as_json)


@command.command("add")
@common_options
@click.option("--name", required=True, help="How it is called.")
@click.option("--kind", type=KIND, required=True, help="What it speaks.")
@click.option("--address", required=True, type=Place(), help="Where it listens.")
@click.option("--user", default="", help="User name; its password is asked for.")
@click.option("--password-stdin", is_flag=True, help=STDIN_HELP)
@click.option("--test", "test_first", is_flag=True, help="Reach a target through it first; add it only if that works.")
@click.option("--target", default="example.com:443", show_default=True, type=Place(), help="Of --test.")
@json_option
@with_client
async def add(
    client: MasterClient,
    name: str,
    kind: str,
    address: tuple[str, int],
    user: str,
    password_stdin: bool,
    test_first: bool,
    target: tuple[str, int],
    as_json: bool,
) -> int:
    """Add a proxy. Its password is asked for, or read from stdin; never an argument."""
    password = _password(user, password_stdin)
    if test_first:
        report = await client.test_proxy(
            ProxyTest(
                kind=_kind(kind),
                host=address[0],
                port=address[1],
                username=user,
                password=password,
                target=ProxyTarget(host=target[0], port=target[1]),
            )
        )
        if not report.success:
            return _print_report(report, as_json)
    body = ProxyCreate(name=name, kind=_kind(kind), host=address[0], port=address[1], username=user, password=password)
    return _print(await client.create_proxy(body), as_json)


@command.command("edit")
@common_options
@PROXY_ID
@click.option("--name", help="How it is called.")
@click.option("--kind", type=KIND, help="What it speaks.")
@click.option("--address", type=Place(), help="Where it listens.")
@click.option("--user", help="User name; empty: none, and no password.")
@click.option("--password", "new_password", is_flag=True, help="Ask for a new password.")
@click.option("--password-stdin", is_flag=True, help=STDIN_HELP)
@json_option
@with_client
async def edit(
    client: MasterClient,
    proxy_id: str,
    name: str | None,
    kind: str | None,
    address: tuple[str, int] | None,
    user: str | None,
    new_password: bool,
    password_stdin: bool,
    as_json: bool,
) -> int:
    """Change a proxy; what is watched through it follows at once."""
    found = await client.proxy(proxy_id)
    asked = _password(user or found.username, password_stdin) if new_password or password_stdin else None
    patch = ProxyPatch(
        name=UNSET if name is None else name,
        kind=UNSET if kind is None else _kind(kind),
        host=UNSET if address is None else address[0],
        port=UNSET if address is None else address[1],
        username=UNSET if user is None else user,
        password="" if user == "" else UNSET if asked is None else asked,
        version=found.version,
    )
    return _print(await client.patch_proxy(found.id, patch), as_json)


@command.command("test")
@common_options
@PROXY_ID
@click.option("--target", default="example.com:443", show_default=True, type=Place(), help="To be reached.")
@json_option
@with_client
async def test(client: MasterClient, proxy_id: str, target: tuple[str, int], as_json: bool) -> int:
    """Have a worker reach a target through a proxy; nothing is sent there."""
    found = await client.proxy(proxy_id)
    body = ProxyTarget(host=target[0], port=target[1])
    async with working("Connecting", quiet=as_json):
        report = await client.test_stored_proxy(found.id, body)
    return _print_report(report, as_json)


@command.command("remove")
@common_options
@PROXY_ID
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_client
async def remove(client: MasterClient, proxy_id: str, yes: bool, as_json: bool) -> int:
    """Remove a proxy; refused while accounts or groups use it."""
    found = await client.proxy(proxy_id)
    if not yes:
        click.confirm(f"Remove {found.name}?", abort=True, err=True)
    await client.delete_proxy(found.id)
    if as_json:
        print_json({"id": found.id})
    else:
        print(f"{found.name} is removed.")
    return 0


def _password(user: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return ask("Password", hidden=True, instead="--password-stdin", optional=True) if user else ""


def _kind(kind: str) -> ProxyKind:
    return "http" if kind == "http" else "socks5"


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _print(row: Proxy, as_json: bool) -> int:
    if as_json:
        print_json(row)
        return 0
    last = row.last_test
    tested = "–"
    if last is not None:
        how = (
            f"{last.latency_ms} ms to {last.target}" if last.success else last.error.message if last.error else "failed"
        )
        tested = f"{clock(last.at)}: {how}"
    print_fields(
        [
            ("Proxy", row.id),
            ("Name", row.name),
            ("Kind", row.kind),
            ("Address", f"{row.host}:{row.port}"),
            ("User", row.username or "–"),
            ("Password", "stored" if row.has_password else "–"),
            ("Accounts", str(row.accounts)),
            ("Success, 24 h", _rate(row.day.rate)),
            ("Success, 7 d", _rate(row.week.rate)),
            ("Last test", tested),
        ]
    )
    return 0


def _print_report(report: ProxyReport, as_json: bool) -> int:
    code = 0 if report.success else 1
    if as_json:
        print_json(report)
        return code
    print_steps(report.steps, report.error)
    if report.success:
        print(f"It works: {report.latency_ms} ms.")
    return code

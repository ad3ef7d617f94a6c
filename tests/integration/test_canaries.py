"""A secret of every platform, given to services that repeat whatever they are told, is found nowhere."""

import asyncio
import contextlib
import socket
import sys
from typing import Any

import msgspec
import psutil
import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate, AccountTest
from tests.helpers.deadlines import until
from tests.helpers.fault_servers import FaultServer, read_request
from tests.helpers.masters import running_master, workers_run
from worker.protocol.manifest import Field, Manifest
from worker.runtime.registry import find

pytestmark = pytest.mark.real_server

PLATFORMS = find(demo=False)
CANARY = "c4nary-9f31"
REPEATER = """
import sys
given = sys.stdin.read()
print(given, file=sys.stderr)
print(given)
sys.exit(int(sys.argv[1]))
"""


class Repeater:
    """Answers every request with all of it, in each of the words that servers explain themselves with."""

    def __init__(self, status: bytes) -> None:
        self.status = status
        self.heard = b""

    def __call__(self, connection: socket.socket) -> None:
        while True:
            request = read_request(connection)
            self.heard += request
            said = request.decode("latin-1")
            words = dict.fromkeys(("error", "error_description", "message", "errcode"), said)
            body = msgspec.json.encode(words)
            head = b"HTTP/1.1 " + self.status + b"\r\nContent-Type: application/json\r\n"
            connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def repeat_mail(connection: socket.socket) -> None:
    """Speak IMAP as far as LOGIN, which is refused with what it was given."""
    connection.sendall(b"* OK ready\r\n")
    read = b""
    while part := connection.recv(4096):
        read += part
        while b"\r\n" in read:
            line, _, read = read.partition(b"\r\n")
            tag, _, command = line.partition(b" ")
            if command.upper().startswith(b"CAPABILITY"):
                connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK\r\n")
            else:
                connection.sendall(tag + b" NO [ALERT] " + command.replace(b'"', b"'") + b"\r\n")


def secret_of(platform: str, field: Field) -> Any:
    value = f"{CANARY}-{platform}-{field.name}"
    return {"X-Key": value} if field.type == "map" else value


def settings_of(platform: str, manifest: Manifest, url: str, port: int, code: int) -> dict[str, Any]:
    """Return settings that lead to the repeater; what else a platform wants is of no importance."""
    special = {
        "imap": {"host": "127.0.0.1", "port": port, "security": "none", "username": "me"},
        "script": {"command": sys.executable, "args": ["-c", REPEATER, str(code)]},
        "json": {"url": url, "items": "$[*]", "key": "{id}", "title": "{id}"},
        "matrix": {"homeserver": url, "user": "@me:localhost"},
        "bluesky": {"server": url, "identifier": "me.example.org"},
    }
    if platform in special:
        return special[platform]
    settings: dict[str, Any] = {}
    for field in manifest.fields:
        if field.secret or (not field.required and field.type != "url"):
            continue
        default = {"url": url, "number": 1, "list": ["me"]}.get(field.type, "me@127.0.0.1")
        settings[field.name] = field.default if field.required and field.default is not None else default
    return settings


@contextlib.asynccontextmanager
async def listening(master, heard):
    client = MasterClient(master.url, master.token)
    await client.open(listener=heard.append)
    try:
        yield
    finally:
        await client.close()


@pytest.mark.expects_log("does not answer: its accounts go to others")  # on a busy machine: every platform at once
async def test_a_secret_of_every_platform_is_found_nowhere(profile):
    heard: list[Any] = []
    statuses = {77: b"401 Unauthorized", 1: b"500 " + CANARY.encode() + b" is wrong"}
    repeaters = {code: Repeater(status) for code, status in statuses.items()}
    async with running_master(profile, log_level="debug") as (master, client), listening(master, heard):
        await workers_run(client)
        with FaultServer(repeat_mail) as mail:
            for code, repeater in repeaters.items():
                with FaultServer(repeater) as server:
                    url = f"http://127.0.0.1:{server.port}"
                    await watch_all(client, code, url, mail.port)
        answers = await everything(client)
        command_lines = [part for process in processes() for part in process]
    for name, words in (("events", repr(heard)), ("answers", answers), ("command lines", "\n".join(command_lines))):
        assert CANARY + "-" not in words, f"{name}: {around(words)}"
    for path in profile.rglob("*"):
        if path.is_file():
            assert f"{CANARY}-".encode() not in path.read_bytes(), path
    # It was really told, in many ways.
    assert all(f"{CANARY}-".encode() in repeater.heard for repeater in repeaters.values())


async def watch_all(client: MasterClient, code: int, url: str, port: int) -> None:
    """Test and watch an account of every platform until its first check has failed."""
    made = []
    for platform in PLATFORMS.ids():
        plugin = PLATFORMS.get(platform)
        assert plugin is not None
        fields = [field for field in plugin.manifest.fields if field.secret]
        credentials = {field.name: secret_of(platform, field) for field in fields}
        given = settings_of(platform, plugin.manifest, url, port, code)
        report = await client.test_account(AccountTest(platform=platform, settings=given, credentials=credentials))
        assert not report.success, platform
        assert f"{CANARY}-" not in repr(report), platform
        body = AccountCreate(
            platform=platform,
            name=f"{platform} {code}",
            platform_account_id=f"{platform}-{code}",
            settings=given,
            credentials=credentials,
        )
        made.append((await client.create_account(body)).id)

    async def failed(account_id: str) -> bool:
        return (await client.account(account_id)).last_checked_at is not None

    await asyncio.gather(*(until(lambda one=one: failed(one), what="a check") for one in made))


async def everything(client: MasterClient) -> str:
    """Return what the master tells of all of it."""
    accounts = await client.all_accounts()
    logs = await client.logs(limit=500, level="debug")
    alerts = await client.alerts()
    return repr((accounts, logs, alerts, await client.catalog(), await client.status()))


def processes() -> list[list[str]]:
    """Return the command lines and environments of the workers and what they started."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            found.append([*process.cmdline(), *process.environ().values()])
        except psutil.Error:
            continue
    return found


def around(words: str) -> str:
    """Return where it stands."""
    place = words.index(f"{CANARY}-")
    return words[max(0, place - 300) : place + 100]

"""A keyring that is locked when the master starts, and is unlocked later: a real gnome-keyring, a real master."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.secret_service import ROOT, SecretService

pytestmark = [pytest.mark.real_server, pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service")]

CHILD = '''
import asyncio, json, subprocess, sys, time
from pathlib import Path
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import open_dbus_connection
from master.api.client import MasterClient
from master.api.schema import AccountCreate

profile, url, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]


def unlock():
    """What the keyring's own window does once the person has typed the password."""
    name, path = "org.freedesktop.secrets", "/org/freedesktop/secrets"
    bus = open_dbus_connection(bus="SESSION")
    opened = new_method_call(DBusAddress(path, name, "org.freedesktop.Secret.Service"), "OpenSession", "sv",
                             ("plain", ("s", "")))
    secret = (bus.send_and_get_reply(opened).body[1], b"", b"pw\\n", "text/plain")
    master = DBusAddress(path, name, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface")
    collection = "/org/freedesktop/secrets/collection/login"
    asked = new_method_call(master, "UnlockWithMasterPassword", "o(oayays)", (collection, secret))
    assert bus.send_and_get_reply(asked).header.message_type is MessageType.method_return
    bus.close()


async def until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not (value := await condition()):
        if time.monotonic() > end:
            raise AssertionError(what)
        await asyncio.sleep(0.05)
    return value


async def main(serve):
    began = time.monotonic()
    line = serve.stdout.readline()
    assert line, "serve did not start"
    known = json.loads((profile / "master.json").read_bytes())
    client = MasterClient(known["url"], known["token"], device_id="t", device_name="t")
    told = {"start": time.monotonic() - began}

    async def vault(state):
        return (await client.status()).vault == state

    async def account(state):
        return [row for row in await client.all_accounts() if row.state == state]

    try:
        if step == "store":
            await client.create_account(AccountCreate(
                platform="feed", name="Feed", settings={"url": url}, interval_seconds=3600,
                credentials={"username": "me", "password": "canary-1"},
            ))
            await until(lambda: account("ok"), 15, "stored and checked")
        else:
            await until(lambda: vault("locked"), 10, "told that it is locked")
            told["locked"] = time.monotonic() - began
            told["reason"] = (await client.status()).vault_reason.code
            row = (await until(lambda: account("unreachable"), 15, "the account says so"))[0]
            told["trouble"] = row.state_reason.code
            unlock()
            unlocked = time.monotonic()
            await until(lambda: vault("ok"), 15, "seen that it is unlocked")
            await until(lambda: account("ok"), 15, "the account goes on by itself")
            told["ok"] = time.monotonic() - unlocked
    finally:
        await client.close()
    return told


serve = subprocess.Popen([sys.executable, "-m", "master", "serve", "--profile", str(profile), "--port", "0"],
                         stdout=subprocess.PIPE, text=True)
try:
    print(json.dumps(asyncio.run(main(serve))))
finally:
    serve.terminate()
    serve.wait(10)
'''


async def run(service: SecretService, profile: Path, url: str, step: str, condition: Any) -> dict[str, Any]:
    argv = [sys.executable, "-c", CHILD, profile, url, step]
    finished = await service.run(argv, condition=condition, timeout=60, env={"PYTHONPATH": str(ROOT)})
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert "canary-1" not in finished.stderr
    told: dict[str, Any] = json.loads(finished.stdout)
    return told


async def test_it_is_told_at_once_and_goes_on_when_it_is_unlocked(tmp_path, feed_server):
    service, profile = SecretService(tmp_path), tmp_path / "profile"
    url = feed_server.feed("news").url
    await run(service, profile, url, "store", "unlocked")
    told = await run(service, profile, url, "go on", "locked")
    assert told["start"] < 10
    assert told["reason"] == "vault_locked_linux"
    assert told["trouble"] == "state_credentials_unreadable"
    assert told["ok"] < 10

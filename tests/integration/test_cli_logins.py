"""``watchkeeper login``, ``logout`` and ``audit`` from a shell, with the demo."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec
import pytest

from tests.helpers.masters import running_master, workers_run

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """Runs commands on one profile."""

    def __init__(self, profile):
        self.profile = profile

    async def begin(self, *arguments):
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "master",
            *arguments,
            "--profile",
            str(self.profile),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments, typed=""):
        process = await self.begin(*arguments)
        out, errors = await asyncio.wait_for(process.communicate(typed.encode()), 60)
        return process.returncode, out.decode(), errors.decode()


@pytest.fixture
async def demo(tmp_path):
    async with running_master(tmp_path / "profile", demo=True) as (_, client):
        await workers_run(client, 1)
        yield client, Shell(tmp_path / "profile")


async def test_sign_in_with_a_code_and_out_again(demo):
    client, shell = demo
    before = len(await client.all_accounts())
    code, out, errors = await shell.run(
        "login", "--platform", "demo", "--method", "code", "--name", "Mine", "--json", typed="0000\n1234\n"
    )
    assert code == 0, errors
    session = msgspec.json.decode(out)
    assert (session["state"], session["name"]) == ("success", "Mine")
    assert "That is not right" in errors
    assert len(await client.all_accounts()) == before + 1
    account = session["account_id"]
    assert (await client.account(account)).login_status == "logged_in"

    code, out, errors = await shell.run("login", account, "--method", "code", typed="1\n")
    assert (code, out) == (0, f"Signed in: Mine ({account})\n")
    code, out, errors = await shell.run("login", account, "--method", "code", typed="0000\n0000\n0000\n")
    assert code == 1
    assert "That is not right" in out

    code, out, _ = await shell.run("logout", account)
    assert (code, (await client.account(account)).has_credentials) == (0, False)
    assert "forgotten" in out
    code, out, _ = await shell.run("audit", "--account", account, "--json")
    actions = [row["action"] for row in msgspec.json.decode(out)]
    assert actions.count("credential_stored") == 2
    assert {"logged_out", "credential_erased", "login_failed"} <= set(actions)


async def test_a_qr_code_is_drawn(demo):
    client, shell = demo
    process = await shell.begin("login", "--platform", "demo", "--method", "qr")
    said = ""
    while "▀" not in said:
        said += (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
    (session,) = [row for row in await client.login_sessions() if row.challenge is not None]
    await client.cancel_login(session.id)
    out, errors = await asyncio.wait_for(process.communicate(b""), 60)
    assert (process.returncode, out.decode()) == (1, "The sign-in was given up.\n")
    assert session.challenge.text not in said + errors.decode()


async def test_what_is_wrong_is_said(demo):
    _, shell = demo
    code, _, errors = await shell.run("login")
    assert (code, "--platform" in errors) == (2, True)
    code, _, errors = await shell.run("login", "--platform", "feed")
    assert (code, "no way to sign in" in errors) == (1, True)
    code, _, errors = await shell.run("login", "--platform", "demo", "--method", "nothing")
    assert (code, "qr, code, url, device_code" in errors) == (1, True)
    mailbox = ["--set", "username=me@127.0.0.1", "--set", "host=127.0.0.1"]
    code, out, errors = await shell.run("login", "--platform", "imap", *mailbox)
    assert (code, "client_id: Fill this in." in out + errors) == (1, True), out + errors

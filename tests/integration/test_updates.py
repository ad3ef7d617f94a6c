"""The update check against a server on loopback: what is taken, what is refused, and when nothing is asked at all."""

import base64
import json
import runpy
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from master.api.client import ApiError
from master.api.schema import SettingsPatch
from master.api.updates import MAX_BYTES
from master.errors import Conflict
from master.services import update_sources
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.services.update_files import downloads_here, is_newer, read
from master.services.updates import DAY_MS, JITTER_MS, UpdateService
from master.settings import Settings
from master.store.engine import Database
from master.vault.signatures import make_pair, sign
from tests.helpers.masters import ROOT, running_master

NOW = 1_800_000_000_000
PRIVATE, PUBLIC = make_pair()
TOOL = runpy.run_path(str(ROOT / "packaging" / "sign_update.py"))


def release(**more: Any) -> dict[str, Any]:
    downloads = [
        {"system": system, "machine": machine, "kind": "deb", "url": f"https://x.example/{system}-{machine}",
         "sha256": "0" * 64, "bytes": 1}
        for system in ("linux", "windows", "macos") for machine in ("x86_64", "arm64")
    ]  # fmt: skip
    return {
        "serial": 5, "version": "9.1.0", "released_at": NOW, "expires_at": NOW + 90 * DAY_MS, "downloads": downloads,
        "notes": {"en": "Better.", "zh_CN": "更好。"},
    } | more  # fmt: skip


def signed(document: dict[str, Any], private: bytes = PRIVATE) -> bytes:
    made: bytes = TOOL["sign_release"](json.dumps(document).encode(), private)
    return made


class Server:
    """Answers with ``content``; counts."""

    def __init__(self) -> None:
        self.content = signed(release())
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(body=self.content, status=self.status, headers=headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_get("/{any:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}/updates.json"
    yield made
    await runner.cleanup()


class World:
    """A service on a database of its own, with a clock that is set by hand."""

    def __init__(self, database: Database, profile: Path, address: str) -> None:
        self.now = NOW
        self.managed = ""
        publisher = Publisher()
        self.events: list[Any] = []
        publisher.subscribe(self.events.append)
        settings = Settings(update_check="on", update_address=address)
        self.settings = SettingsService(profile=profile, publisher=publisher, settings=settings)
        self.database, self.publisher = database, publisher
        self.service = self.make()

    def make(self) -> UpdateService:
        return UpdateService(
            database=self.database, settings=self.settings, publisher=self.publisher, managed=lambda: self.managed,
            public_keys=(PUBLIC.hex(),), version="1.2.0", clock=lambda: self.now,
        )  # fmt: skip

    async def problem(self) -> str:
        """Look now; return the code of what went wrong."""
        self.now += 20_000
        state = await self.service.check()
        return state.problem.code if state.problem is not None else ""


@pytest.fixture
async def world(tmp_path: Path, server: Server) -> AsyncIterator[World]:
    database = Database(tmp_path / "watchkeeper.db")
    await database.open()
    yield World(database, tmp_path, server.address)
    await database.close()


async def test_a_newer_version_is_told_with_what_fits_here(world, server):
    state = await world.service.check()
    assert state.available is not None
    assert state.available.version == "9.1.0"
    assert len(state.available.downloads) <= 1
    assert state.fits
    assert world.events[-1].type == "update.changed"
    assert set(server.asked[0]) <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}
    assert server.asked[0]["User-Agent"] == "Watchkeeper"


async def test_what_is_no_newer_is_no_news(world, server):
    for version in ("1.2.0", "1.1.9", "0.9"):
        server.content = signed(release(version=version, serial=6))
        assert await world.problem() == ""
        assert world.service.state().available is None


async def test_it_survives_a_restart_and_the_day_is_counted(world, server):
    await world.service.check()
    again = world.make()
    await again.load()
    assert again.state().available.version == "9.1.0"
    assert not again.is_due()
    world.now += DAY_MS + JITTER_MS
    assert again.is_due()
    world.now -= 5 * DAY_MS  # a clock that was set back does not stop it for ever
    assert again.is_due()


async def test_by_hand_not_more_than_every_ten_seconds(world, server):
    await world.service.check()
    await world.service.check()
    assert len(server.asked) == 1


async def test_another_address_is_asked_at_once(world, server):
    await world.settings.patch(SettingsPatch(update_address="http://127.0.0.1:9/"))
    assert (await world.service.check()).problem.code == "update_unreachable"
    assert not world.service.is_due()
    await world.settings.patch(SettingsPatch(update_address=server.address))
    state = world.service.state()
    assert (state.problem, state.checked_at) == (None, None), "of another address"
    assert world.service.is_due()
    state = await world.service.check()
    assert (state.problem, state.available.version) == (None, "9.1.0")
    assert len(server.asked) == 1


async def test_nothing_is_asked_without_consent_address_or_where_something_else_updates(world, server, profile):
    assert world.service.is_due()
    for mode in ("ask", "off"):
        await world.settings.patch(SettingsPatch(update_check=mode))
        assert not world.service.is_due()
    await world.settings.patch(SettingsPatch(update_check="on"))
    world.managed = "Debian"
    assert not world.service.is_due()
    assert world.service.state().managed_by == "Debian"
    with pytest.raises(Conflict, match="Debian keeps"):
        await world.service.check()
    world.managed = ""
    await world.settings.patch(SettingsPatch(update_address=""))
    assert not world.service.is_due() or update_sources.ADDRESS
    assert server.asked == []


async def test_an_older_file_than_the_one_seen_is_refused(world, server):
    assert await world.problem() == ""
    server.content = signed(release(serial=4, version="9.9.9"))
    assert await world.problem() == "update_older"
    assert world.service.state().available.version == "9.1.0"
    restarted = world.make()
    await restarted.load()
    world.service = restarted
    assert await world.problem() == "update_older"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (signed(release(), make_pair()[0]), "update_signature"),
        (signed(release()).replace(b"9.1.0", b"9.2.0"), "update_signature"),
        (signed(release(expires_at=NOW)), "update_expired"),
        (b"x" * (MAX_BYTES + 1), "update_large"),
        (b"", "update_unreadable"),
        (b"<html>hello</html>", "update_unreadable"),
        (b'{"payload": "{}", "signature": "%%"}', "update_unreadable"),
        (b'{"payload": "{}", "signature": "AAAA"}', "update_signature"),
        (json.dumps({"payload": "{}", "signature": base64.b64encode(
            sign(PRIVATE, b"watchkeeper-update-1\n{}")).decode()}).encode(), "update_unreadable"),
        (json.dumps({"payload": "{}", "signature": base64.b64encode(sign(PRIVATE, b"{}")).decode()}).encode(),
         "update_signature"),
    ],
)  # fmt: skip
async def test_what_is_not_right_is_refused_and_what_was_known_stays(world, server, content, code):
    assert await world.problem() == ""
    server.content = content
    assert await world.problem() == code
    assert world.service.state().available.version == "9.1.0"
    assert not world.service.is_due()


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_other_answers_are_told(world, server, status):
    server.status = status
    assert await world.problem() == "update_refused"
    assert len(server.asked) == 1


async def test_a_server_that_is_not_there_is_told(world):
    await world.settings.patch(SettingsPatch(update_address="http://127.0.0.1:9/"))
    assert await world.problem() == "update_unreachable"


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("1.2.1", "1.2.0"),
        ("1.10", "1.9.9"),
        ("2.0", "1.99"),
        ("1.2.0", "1.2.0.dev3"),
        ("1.2", "1.2.0rc1"),
        ("1", "0.1.0"),
    ],
)
def test_versions_are_compared_by_their_numbers(newer, older):
    assert is_newer(newer, older)
    assert not is_newer(older, newer)
    assert not is_newer(newer, newer)


def test_only_downloads_of_this_machine_are_shown(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    monkeypatch.setattr(sys, "platform", "win32")
    found = downloads_here(read(signed(release()), [PUBLIC], NOW))
    assert [one.url for one in found] == ["https://x.example/windows-x86_64"]


def test_packages_of_others_say_who_updates_them(tmp_path):
    program = tmp_path / "watchkeeper"
    assert update_sources.managed_by({}, str(program)) == ""
    assert update_sources.managed_by({"WATCHKEEPER_MANAGED_BY": "Debian"}, str(program)) == "Debian"
    assert update_sources.managed_by({"FLATPAK_ID": "x"}, str(program)) == "Flatpak"
    (tmp_path / update_sources.MARKER).write_text("Microsoft Store\n")
    assert update_sources.managed_by({}, str(program)) == "Microsoft Store"


def test_the_tool_makes_a_key_and_signs_with_it(tmp_path):
    def tool(*given: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "packaging" / "sign_update.py"), *given],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    key, document = tmp_path / "key", tmp_path / "release.json"
    public = bytes.fromhex(tool("keygen", str(key)).strip())
    assert key.stat().st_mode & 0o077 == 0
    assert "exists" in tool("keygen", str(key), code=1)
    document.write_text(json.dumps(release()))
    made = tool("sign", "--key", str(key), str(document)).encode()
    assert read(made, [public], NOW).version == "9.1.0"
    (tmp_path / "made").write_bytes(made)
    assert "NOT by a key" in tool("show", str(tmp_path / "made"))
    document.write_text(json.dumps(release(version="one")))
    assert "version" in tool("sign", "--key", str(key), str(document), code=1)


def test_the_keys_in_the_source_are_keys():
    assert all(len(bytes.fromhex(key)) == 32 for key in update_sources.PUBLIC_KEYS)


async def test_a_build_without_a_key_looks_nowhere(profile, server, monkeypatch):
    monkeypatch.delenv("WATCHKEEPER_MANAGED_BY", raising=False)
    async with running_master(profile, workers=False) as (_, client):
        await client.patch_settings(SettingsPatch(update_address=server.address))
        with pytest.raises(ApiError) as told:
            await client.check_updates()
        assert told.value.status == 409
        assert not server.asked


async def test_the_routes_of_a_running_master(profile, server, monkeypatch):
    monkeypatch.delenv("WATCHKEEPER_MANAGED_BY", raising=False)
    monkeypatch.setattr(update_sources, "PUBLIC_KEYS", (make_pair()[1].hex(),))
    async with running_master(profile, workers=False) as (_, client):
        state = await client.updates()
        assert (state.mode, state.available) == ("ask", None)
        with pytest.raises(ApiError) as told:
            await client.patch_settings(SettingsPatch(update_address="http://example.org/x"))
        assert "update_address" in told.value.fields
        await client.patch_settings(SettingsPatch(update_address=server.address))
        state = await client.check_updates()
        # Signed by another key than the project's.
        assert state.problem is not None
        assert state.problem.code == "update_signature"
        assert len(server.asked) == 1

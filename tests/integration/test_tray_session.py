"""A session with tray and notification service, as a person has it: links, notices, a tray and a service that die."""

import asyncio
import contextlib
import json
import sys

import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate, ItemFilter
from tests.helpers.accessibility import end
from tests.helpers.deadlines import until, wait_until
from tests.helpers.feed_server import FeedServer
from tests.helpers.tray_desks import TrayDesk, needs_tray

pytestmark = [needs_tray, pytest.mark.skipif(sys.platform != "linux", reason="a desktop of X11")]

SECONDS = 60.0


@pytest.fixture
def desk(tmp_path):
    with TrayDesk(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def feeds():
    with FeedServer() as server:
        yield server


class Person:
    """Uses one window on one desk."""

    def __init__(self, desk, profile, feeds):
        self.desk, self.profile = desk, profile
        self.feed = feeds.feed("news")
        # A keyring of the session would ask for a password in a window of its own.
        secret = profile.with_name("passphrase")
        secret.write_text("correct horse\n")
        self.vault = ["--vault", "passphrase", "--passphrase-file", str(secret)]
        self.process = desk.start(self.command("--port", "0", "--minimized"))

    def command(self, *more):
        return [sys.executable, "-m", "desktop", "--profile", str(self.profile), *self.vault, *more]

    def client(self):
        known = json.loads(wait_until(lambda: self._read("master.json"), SECONDS, "the master"))
        return MasterClient(known["url"], known["token"])

    def _read(self, name):
        file = self.profile / name
        return file.read_text() if file.is_file() else ""

    def page(self):
        return json.loads(self._read("desktop.json") or "{}").get("page")

    async def watch(self, client):
        account = await client.create_account(
            AccountCreate(platform="feed", name="News", settings={"url": self.feed.url}, interval_seconds=3600)
        )
        self.account = account.id
        await until(lambda: self._checked(client), SECONDS, "the first check")

    async def _checked(self, client):
        return (await client.account(self.account)).last_ok_at

    async def find(self, client, title):
        """Something new is published, and found by a check."""
        self.feed.publish(title, "words")
        await client.check_account(self.account)
        await until(lambda: self._item(client, title), SECONDS, title)
        return await self._item(client, title)

    async def _item(self, client, title):
        rows = (await client.items(ItemFilter(account_id=self.account), 50, None)).rows
        return next((row for row in rows if row.title == title), None)

    async def notices(self, count):
        await until(lambda: self.desk.notices() == count, SECONDS, f"{count} notices, not {self.desk.notices()}")

    async def hide(self, act):
        """Do what hides the window; a busy window manager may miss a key, as a person would notice."""
        for _ in range(10):
            act()
            with contextlib.suppress(AssertionError):
                await until(lambda: not self.desk.shown(), 5)
                return
        raise AssertionError("the window stays")

    async def window(self, shown):
        await until(lambda: self.desk.shown() is shown, SECONDS, f"the window: {shown}")


@pytest.fixture
def person(desk, tmp_path, feeds):
    yield Person(desk, tmp_path / "profile", feeds)
    print(desk.told())  # for whoever reads why it failed


async def test_notices_tray_and_links(person, desk):
    async with person.client() as client:
        await person.watch(client)
        assert not desk.shown()  # minimized: the icon alone
        # Shown by the service, clicked, and the window is there.
        await person.find(client, "First")
        await person.notices(1)
        # Who clicks before the service has told the number of the notice is heard by nobody: no person is so quick.
        await until(lambda: _told(client), SECONDS, "that it was shown")
        await asyncio.to_thread(desk.ask, "dunstctl", "action", "0")
        await person.window(True)
        desk.ask("dunstctl", "close-all")
        # Read elsewhere: withdrawn.
        second = await person.find(client, "Second")
        await person.notices(1)
        await client.patch_item(second.id, True)
        await person.notices(0)
        assert desk.history()[0] == "News: Second"
        # Into the tray, and a link of a second start brings it out of it.
        await person.hide(desk.close_window)
        await _open_link(person, "watchkeeper://page/logs")
        await person.window(True)
        await until(lambda: person.page() == "logs", SECONDS, "the page of the link")
        assert await _open_link(person, "watchkeeper://nonsense/1") == 2
        # A service that dies is not missed, and used again when it is back.
        desk.stop_dunst()
        await person.find(client, "Third")
        await until(lambda: _told(client), SECONDS, "what was told without a service")
        desk.start_dunst()
        await person.find(client, "Fourth")
        await until(lambda: desk.notices(), SECONDS, "the service that is back")
        # A click on the icon hides; a tray that dies brings the window back, and one that comes is used.
        await person.hide(lambda: desk.click_tray(1))
        desk.stop_tray()
        await person.window(True)
        desk.start_tray()
        await until(lambda: desk.tray_width() > 8, SECONDS, "the icon in the new tray")
        await person.hide(desk.close_window)
    assert await asyncio.to_thread(end, person.process) == 0
    assert desk.notices() == 0  # its notices go with it
    assert "Traceback" not in desk.told()


async def _open_link(person, link):
    process = await asyncio.create_subprocess_exec(
        *person.command(link),
        env=person.desk.environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(SECONDS):
        return await process.wait()


async def _told(client):
    """The device of the window has acknowledged everything: what could not be shown would not be."""
    (device,) = [one for one in await client.clients() if one.online and one.device_id.startswith("desktop-")]
    counts = await client.notification_counts()
    return device.cursor == counts.last_id

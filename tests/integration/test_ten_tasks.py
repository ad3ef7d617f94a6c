"""Ten tasks without a mouse, from the first run to a cancelled job: what a person does on the first day, all by keys.

Every key goes through the display to the real program. What became of it is asked of the master; what only the window
knows is seen as a screen reader sees it.
"""

import json
import subprocess
import sys
import time

import pytest

from master.api.client import MasterClient
from master.api.schema import ItemFilter
from tests.helpers.accessibility import end
from tests.helpers.deadlines import until, wait_until
from tests.helpers.feed_server import FeedServer
from tests.helpers.typists import SECONDS, Typist, WholeDesk, needs_desk
from worker.protocol.states import AccountState, JobState

pytestmark = [*needs_desk, pytest.mark.skipif(sys.platform != "linux", reason="a desktop of X11")]

HOUR_MS = 3_600_000
NEW = "The lighthouse is lit again"


@pytest.fixture
def desk(tmp_path):
    with WholeDesk(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def feeds():
    with FeedServer() as server:
        yield server


class Newcomer(Typist):
    """Has just installed it."""

    def __init__(self, desk, profile, feeds):
        super().__init__(desk)
        self.desk, self.profile = desk, profile
        self.feed = feeds.feed("news")
        self.feed.require("reader", "pass word")
        for number in range(3):
            self.feed.publish(f"Old news {number}", "from before")
        self.process = desk.start(self.command("--port", "0"))

    def command(self, *more):
        return [sys.executable, "-m", "desktop", "--profile", str(self.profile), *more]

    def shell(self, *words):
        """Run the program once more, as a shell or a browser does; return what it says."""
        done = subprocess.run(
            words, env=self.desk.environment, capture_output=True, text=True, timeout=SECONDS, check=True
        )
        return done.stdout.strip()

    def connect(self):
        file = self.profile / "master.json"
        wait_until(file.is_file, SECONDS, f"the master: {self.desk.told()}")
        self.sit_down(self.process.pid)
        return MasterClient(
            json.loads(file.read_text())["url"], self.shell(*self.command()[:3], "token", *self.command()[3:])
        )

    def windows(self):
        return self.desk.windows("--pid", str(self.process.pid))

    def settings(self):
        file = self.profile / "desktop.json"
        return json.loads(file.read_text()) if file.is_file() else {}

    def go(self, key, title):
        """Show a page by its key."""
        self.press(key)
        self.sees(title, "label")

    def palette(self, words, row):
        """Type into the palette until ``row`` is its row; Enter is another key."""
        self.press("ctrl+k")
        self.stands("Commands")
        self.write(words)
        self.described(row)


@pytest.fixture
def person(desk, tmp_path, feeds):
    return Newcomer(desk, tmp_path / "profile", feeds)


@pytest.mark.timeout(600)  # a machine that is busy; a calm one takes a tenth
async def test_ten_tasks_by_keyboard(person):
    async with person.connect() as client:
        account = await _add_an_account(person, client)
        await _see_what_was_there(person, client, account)
        item = await _read_what_is_new(person, client, account)
        _find_it_again(person)
        await _make_a_rule_of_it(person, client)
        await _pause_and_resume(person, client, account)
        _speak_chinese_and_english(person)
        await _mute_for_an_hour(person, client)
        job = await _run_a_job(person, client)
        await _cancel_it(person, client, job)
        await _close_and_come_back(person, item)
    person.press("ctrl+q")
    assert wait_until(lambda: person.process.poll() is not None, SECONDS, "the end")
    assert person.process.returncode == 0
    assert not (person.profile / "master.json").exists()
    assert "Traceback" not in person.desk.told()


async def _add_an_account(person, client):
    person.sees("Welcome to Watchkeeper", "label")
    person.stands("Add account")
    person.press("Return")
    person.stands("Bluesky")  # the first of the platforms
    person.press_until("Down", "Feed")
    person.press("Return")
    person.stands("Address of the feed")
    person.write(person.feed.url)
    for field, words in (("User name", "reader"), ("Password", "wrong"), ("Name", "News")):
        person.press_until("Tab", field)
        person.write(words)
    # A password that is refused is told at its field, and typed again there.
    person.press("Return")
    assert "401" in person.stands("User name").description
    person.press_until("Tab", "Password")
    person.press("ctrl+a")
    person.write("pass word")
    person.press("Return")
    (account,) = await until(lambda: _accounts(client), SECONDS, "the account")
    assert (account.name, account.platform) == ("News", "feed")
    return account.id


async def _accounts(client):
    return (await client.accounts()).rows


async def _see_what_was_there(person, client, account):
    await until(lambda: _state(client, account, AccountState.OK), SECONDS, "a check")
    person.sees("News: watched", "label")
    person.stands("Go to the overview")
    person.press("Return")
    person.sees("Overview", "label")
    person.go("ctrl+3", "Accounts")
    person.sees("OK", "cell")
    person.go("ctrl+2", "Inbox")
    person.sees("Old news 2", "cell")
    items = (await client.items(ItemFilter(account_id=account), 10, None)).rows
    assert sorted(row.title for row in items) == ["Old news 0", "Old news 1", "Old news 2"]
    counts = await client.notification_counts()
    assert counts.states["suppressed"] == counts.total == 3  # what was there before is not told


async def _state(client, account, state):
    return (await client.account(account)).state is state


async def _read_what_is_new(person, client, account):
    person.feed.publish(NEW, "The keeper came home at seven.")
    person.press("F5")
    found = (await until(lambda: _items(client, NEW), SECONDS, "the new item"))[0]
    assert not found.read
    await until(person.desk.notices, SECONDS, "a notification of the system")
    person.sees(NEW, "cell")
    person.press("j")
    await until(lambda: _is_read(client, found.id, True), SECONDS, "read by being shown")
    person.sees("The keeper came home at seven.")
    await until(lambda: person.desk.notices() == 0, SECONDS, "the notification is withdrawn")
    person.press("u")
    await until(lambda: _is_read(client, found.id, False), SECONDS, "unread by its key")
    person.press("u")
    await until(lambda: _is_read(client, found.id, True), SECONDS, "read by its key")
    assert found.account_id == account
    return found.id


async def _items(client, title):
    return [row for row in (await client.items(ItemFilter(), 20, None)).rows if row.title == title]


async def _is_read(client, item, read):
    return (await client.item(item)).read is read


def _find_it_again(person):
    person.go("ctrl+1", "Overview")
    person.press("f")
    person.stands("Search everything")
    person.write("lighth")  # of a word that is still being typed
    person.described(NEW)
    person.press("Return")
    person.sees("Inbox", "label")
    person.sees("The keeper came home at seven.")


async def _make_a_rule_of_it(person, client):
    person.press_until("Tab", NEW)  # its row
    shown = len(person.windows())
    person.press("Menu")  # what pops up stands in no tree of a screen reader
    await until(lambda: len(person.windows()) > shown, SECONDS, "the menu")
    person.press("Up", "Return")  # the last of it
    person.stands("Name")
    person.press("Tab")
    person.stands("Words in title or text")
    person.write("lighthouse")
    person.press("Return")
    (rule,) = await until(client.rules, SECONDS, "the rule")
    assert (rule.name, list(rule.conditions.include)) == (NEW, ["lighthouse"])


async def _pause_and_resume(person, client, account):
    for verb, state in (("Pause", AccountState.PAUSED), ("Resume", AccountState.OK)):
        person.palette("News", "News")
        person.press("Tab")
        person.described("Open")
        for _row in range(12):
            if verb in _there(person).description:
                break
            person.press("Down")
        person.described(verb)
        person.press("Return")
        await until(lambda state=state: _state(client, account, state), SECONDS, verb)


def _there(person):
    return wait_until(person.focus, SECONDS)


def _tab_to(person, role):
    """Press Tab until something of that kind has the focus; messages that can be undone may lie between."""
    for _turn in range(6):
        before = person.focus()
        person.press("Tab")
        person._settle(before)
        if getattr(person.focus(), "role", "") == role:
            return
    raise AssertionError(f"no {role}, but {person.focus()}")


def _speak_chinese_and_english(person):
    steps = (("Language and theme", "End", "zh_CN", "设置"), ("语言和主题", "Up", "en", "Settings"))
    for section, key, language, heading in steps:
        person.press("ctrl+comma")
        person.press_until("Down", section)
        _tab_to(person, "combo box")
        person.press(key)
        wait_until(lambda language=language: person.settings().get("language") == language, SECONDS, language)
        person.sees(heading, "label")


async def _mute_for_an_hour(person, client):
    person.palette("mute for 1", "Mute for 1 hour")
    before = time.time() * 1000
    person.press("Return")
    settings = await until(lambda: _muted(client), SECONDS, "muted")
    assert abs(settings.muted_until_at - before - HOUR_MS) < 60_000
    person.palette("unmute", "Unmute")
    person.press("Return")
    await until(lambda: _loud(client), SECONDS, "not muted")


async def _muted(client):
    settings = await client.settings()
    return settings if settings.muted_until_at else None


async def _loud(client):
    return await _muted(client) is None


async def _run_a_job(person, client):
    person.go("ctrl+5", "Jobs")
    person.press("ctrl+n")
    person.stands("Command")  # the card of the runner
    person.press("Return")
    person.sees("New job: Command")
    person.write("sleep")
    person.press_until("Tab", "Arguments")
    person.write("60")
    person.press_until("Tab", "Run job")
    person.press("Return")
    job = (await until(lambda: _jobs(client, JobState.RUNNING), SECONDS, "the job"))[0]
    assert (job.name, job.runner) == ("sleep", "command")
    person.sees("Running")
    person.sees("stdout")
    return job.id


async def _jobs(client, state):
    return [row for row in (await client.jobs()).rows if row.state is state]


async def _cancel_it(person, client, job):
    person.press_until("Tab", "Cancel job")
    person.press("Return")
    ended = (await until(lambda: _jobs(client, JobState.CANCELLED), SECONDS, "the end of the job"))[0]
    assert ended.id == job
    person.sees("Cancelled")


async def _close_and_come_back(person, item):
    person.press("ctrl+w")
    await until(lambda: not person.desk.shown(), SECONDS, "the window is gone")
    assert person.process.poll() is None
    told = person.shell(*person.command(f"watchkeeper://item/{item}"))
    assert "raised" in told
    await until(person.desk.shown, SECONDS, "the window is back")
    person.sees("Inbox", "label")
    person.sees("The keeper came home at seven.")


@pytest.fixture
def small_desk(tmp_path):
    class SmallDesk(WholeDesk):
        screen = "1024x600x24"

    with SmallDesk(tmp_path / "desk") as made:
        yield made


def test_a_tall_dialog_has_its_title_on_a_small_screen(small_desk):
    """The window manager draws the frame after the window is there: only then it is known how high it is."""
    process = small_desk.start([sys.executable, "-m", "desktop", "demo"])
    person = Typist(small_desk)
    person.sit_down(process.pid)
    person.press("ctrl+3")
    person.sees("Accounts", "label")
    person.press("ctrl+n")
    person.stands("Bluesky")
    title = 15  # openbox draws more than that above a window

    def fits():
        _x, top, _width, height = person.place(person.sees("Add account", "dialog"))
        return top >= title and top + height <= 600

    wait_until(fits, SECONDS, "the dialog within the screen")
    assert end(process) == 0, small_desk.told()

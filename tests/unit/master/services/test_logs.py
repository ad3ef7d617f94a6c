"""The log: files whose ids grow, pages backwards, batches, and no secret in any of it."""

import logging
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import Settings, SettingsPatch
from master.context import request_id
from master.redactions import MASK, Redactor
from master.services import log_files, logs
from master.services.events import Publisher
from master.services.logs import LogService
from master.services.settings import SettingsService
from master.tasks import Tasks
from tests.helpers.deadlines import until
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel


class World:
    def __init__(self, profile: Path) -> None:
        self.folder = profile / "logs"
        self.publisher = Publisher()
        self.batches = []
        self.publisher.subscribe(lambda event: self.batches.append(event.data) if event.type == "log.batch" else None)
        self.tasks = Tasks()
        self.settings = SettingsService(profile=profile, publisher=self.publisher, settings=Settings(log_total_mb=1))
        self.service = self.make()

    def make(self) -> LogService:
        return LogService(folder=self.folder, publisher=self.publisher, settings=self.settings, tasks=self.tasks)

    def say(self, *messages: str, source: str = "w1", level: LogLevel = LogLevel.INFO) -> None:
        self.service.write(
            [LogRecord(at=1, level=level, source=source, logger="l", message=message) for message in messages]
        )

    async def messages(self, **query) -> list[str]:
        return [row.record.message for row in await self.service.page(**query)]


@pytest.fixture
async def world(profile: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(logs, "BATCH_SECONDS", 0.01)
    ours = logging.getLogger("master")
    level = ours.level
    made = World(profile)
    made.service.open()
    yield made
    await made.service.close()
    await made.tasks.close()
    ours.setLevel(level)


async def test_lines_are_told_in_batches_and_read_newest_first(world):
    world.say("one", "two")
    await until(lambda: world.batches)
    world.say("three")
    assert await world.messages() == ["three", "two", "one"]
    assert [row.id for row in await world.service.page()] == [3, 2, 1]
    (first, second) = world.batches
    assert (first.first_id, len(first.records), second.first_id) == (1, 2, 3)


async def test_filters(world):
    world.say("alpha")
    world.say("Beta", source="w2", level=LogLevel.WARNING)
    world.say("gamma", source="w2", level=LogLevel.ERROR)
    assert await world.messages(source="w2") == ["gamma", "Beta"]
    assert await world.messages(level=LogLevel.WARNING) == ["gamma", "Beta"]
    assert await world.messages(q="bEtA") == ["Beta"]
    assert await world.messages(before=3) == ["Beta", "alpha"]
    assert await world.messages(limit=1) == ["gamma"]
    assert await world.messages(before=1) == []


async def test_ids_grow_over_rotation_and_restarts_and_the_oldest_files_go(world, monkeypatch):
    monkeypatch.setattr(log_files, "FILE_BYTES", 20_000)
    monkeypatch.setattr(logs, "MEGABYTE", 100_000)
    for start in range(0, 3000, 100):
        world.say(*(f"line {number} {'x' * 40}" for number in range(start, start + 100)))
        world.service._flush()
    files = world.service._files.paths()
    assert len(files) > 2
    assert sum(path.stat().st_size for path in files) <= 100_000
    rows = await world.service.page(limit=100_000)
    assert [row.id for row in rows] == list(range(3000, 3000 - len(rows), -1))
    assert 100 < len(rows) < 3000
    for before in (3000, 2995, rows[-1].id + 1, rows[-1].id + 3):
        page = await world.service.page(before=before, limit=5)
        assert [row.id for row in page] == [row.id for row in rows if row.id < before][:5]
    await world.service.close()
    world.service = world.make()
    world.service.open()
    world.say("after")
    assert (await world.service.page(limit=1))[0].id == 3001


async def test_a_page_deep_in_a_large_file_is_exact(world):
    await world.settings.patch(SettingsPatch(log_total_mb=20))
    for start in range(0, 5000, 500):
        world.say(*(f"{number} {'y' * (number % 97)}" for number in range(start, start + 500)))
        world.service._flush()
    for before in (2, 3, 1234, 2500, 4999, 5001, 9999):
        page = await world.service.page(before=before, limit=3)
        newest = min(before - 1, 5000)
        assert [row.id for row in page] == list(range(newest, max(newest - 3, 0), -1))


async def test_a_torn_line_of_a_crash_hurts_no_other(world):
    world.say("one")
    world.service._flush()
    await world.service.close()
    (path,) = world.service._files.paths()
    with path.open("ab") as file:
        file.write(b'{"id":2,"record":{"at":1,"lev')
    world.service = world.make()
    world.service.open()
    world.say("two")
    assert await world.messages() == ["two", "one"]


async def test_the_masters_own_log_comes_in_from_any_thread_with_its_request(world):
    token = request_id.set("r7")
    logging.getLogger("master.services.x").info("hello %s", "there")
    request_id.reset(token)
    thread = threading.Thread(target=lambda: logging.getLogger("master.vault").info("from a thread"))
    thread.start()
    thread.join()
    await until(lambda: sum(len(batch.records) for batch in world.batches) == 2)
    first, second = sorted((r for batch in world.batches for r in batch.records), key=lambda r: r.message, reverse=True)
    assert (first.source, first.logger, first.message) == ("master", "master.services.x", "hello there")
    assert (first.request_id, second.message) == ("r7", "from a thread")


@pytest.mark.expects_log("boom")
async def test_a_traceback_travels_along(world):
    try:
        raise ValueError("token=abcdefgh")
    except ValueError:
        logging.getLogger("master.x").exception("boom")
    (row,) = await world.service.page()
    assert "ValueError" in row.record.traceback
    assert "abcdefgh" not in row.record.traceback


async def test_the_level_of_the_settings_holds_at_once(world):
    logger = logging.getLogger("master.x")
    logger.debug("quiet")
    await world.settings.patch(SettingsPatch(log_level="debug"))
    logger.debug("loud")
    assert await world.messages() == ["loud"]


async def test_a_flood_is_bounded_and_says_so(world, monkeypatch):
    monkeypatch.setattr(logs, "QUEUE", 10)
    world.say(*(str(number) for number in range(25)))
    rows = await world.messages()
    assert len(rows) == 11
    assert rows[0] == "24"
    assert "15 lines" in rows[-1]


async def test_no_secret_reaches_a_file_or_an_event(world):
    world.service.redactor.register(["canary-4711", "abc"])
    world.say("password is canary-4711", "broken \ud800 text")
    world.service._flush()
    (path,) = world.service._files.paths()
    assert b"canary" not in path.read_bytes()
    assert "canary" not in str(world.batches)
    assert await world.messages(q="broken") == ["broken \\ud800 text"]


async def test_a_full_disk_stops_nothing(world, monkeypatch, capsys):
    monkeypatch.setattr(world.service._files, "append", lambda *_: (_ for _ in ()).throw(OSError("no space")))
    world.say("one")
    world.service._flush()
    assert "no space" in capsys.readouterr().err
    assert len(world.batches) == 1


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {MASK}"),
        ("GET http://ann:pw@host/x", f"GET http://{MASK}@host/x"),
        ('{"password": "hunter2"}', f'{{"password": "{MASK}"}}'),
        ("api_key=xyz123&b=1", f"api_key={MASK}&b=1"),
        ("token: s3cr3t done", f"token: {MASK} done"),
        ("the tokens of 3 accounts", "the tokens of 3 accounts"),
        ("http://host:80/a@b", "http://host:80/a@b"),
        ("no keyring, no password", "no keyring, no password"),
    ],
)
def test_what_looks_like_a_secret_is_masked(line, clean):
    assert Redactor().clean(line) == clean


def test_the_longest_known_value_is_masked_first():
    redactor = Redactor()
    redactor.register(["secret", "secret-tail", "tiny"])
    assert redactor.clean("a secret-tail and a secret, tiny") == f"a {MASK} and a {MASK}, tiny"


async def test_a_rotation_that_fails_loses_nothing_and_is_tried_again(world, monkeypatch, capsys):
    monkeypatch.setattr(log_files, "FILE_BYTES", 1000)
    world.say("x" * 2000)
    world.service._flush()
    real = Path.open

    def full(path, *arguments, **more):
        if path.suffix == ".jsonl" and "b" in str(arguments) and "a" in str(arguments):
            raise OSError(28, "No space left on device")
        return real(path, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        world.say("y" * 2000)
        world.service._flush()
        assert "No space left" in capsys.readouterr().err
        world.say("while it is full")
        world.service._flush()
    world.say("later")
    world.service._flush()
    told = await world.messages()
    assert (told[0], told[1]) == ("later", "while it is full")


async def test_a_burst_is_told_in_portions_that_every_listener_takes(world):
    world.say(*(f"{number:02}" + "z" * 15_000 for number in range(60)))
    world.service._flush()
    assert len(world.batches) > 2
    assert all(sum(len(record.message) for record in batch.records) <= 256 * 1024 for batch in world.batches)
    ids = [batch.first_id + place for batch in world.batches for place in range(len(batch.records))]
    assert ids == list(range(1, 61))
    assert [record.message[:2] for batch in world.batches for record in batch.records] == [f"{n:02}" for n in range(60)]

"""The lock: what is kept, what is wrong, waiting, and that a restart does not begin anew."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.models import app_locks
from desktop.models.app_locks import FILE, AppLock, LockError, wait_after

RIGHT = "correct horse"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_locks, "COST", 2**4)


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


async def compute(work: Callable[[], bytes]) -> bytes:
    return work()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def lock(tmp_path: Path, clock: Clock) -> AppLock:
    lock = AppLock(tmp_path, compute, clock=clock)
    await lock.set_passphrase(RIGHT)
    return lock


async def test_without_a_passphrase_nothing_is_locked(tmp_path):
    lock = AppLock(tmp_path, compute)
    assert not lock.enabled
    lock.lock()
    assert not lock.locked


async def test_only_a_hash_is_kept_and_only_for_its_owner(lock, tmp_path):
    raw = (tmp_path / FILE).read_bytes()
    assert RIGHT.encode() not in raw
    assert base64.b64encode(RIGHT.encode()) not in raw
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    kept = json.loads(raw)
    await lock.set_passphrase(RIGHT, RIGHT)
    assert json.loads((tmp_path / FILE).read_bytes())["salt"] != kept["salt"]


async def test_it_begins_locked_and_opens_with_the_passphrase_alone(lock, tmp_path, clock, qtbot):
    again = AppLock(tmp_path, compute, clock=clock)
    assert again.locked
    assert not await again.unlock("wrong one")
    assert again.locked
    with qtbot.waitSignal(again.locked_changed) as told:
        assert await again.unlock(RIGHT)
    assert told.args == [False]


def test_waits_grow_and_end():
    assert [wait_after(number) for number in (0, 2, 3, 4, 5, 8, 9, 50)] == [0, 0, 5, 10, 20, 160, 300, 300]


async def test_tries_slow_down_also_across_restarts(lock, tmp_path, clock):
    lock.lock()
    for _ in range(3):
        assert not await lock.unlock("wrong one")
    assert lock.wait_seconds() == 5
    with pytest.raises(LockError, match="wait"):
        await lock.unlock(RIGHT)
    again = AppLock(tmp_path, compute, clock=clock)
    assert again.wait_seconds() == 5
    clock.now -= 3_600_000
    assert again.wait_seconds() == 5
    clock.now += 3_605_000
    assert await again.unlock(RIGHT)
    assert AppLock(tmp_path, compute, clock=clock).wait_seconds() == 0


async def test_a_try_that_is_broken_off_counts(tmp_path, clock, lock):
    class Killed(Exception):
        pass

    async def killed(_work: Callable[[], bytes]) -> bytes:
        raise Killed

    again = AppLock(tmp_path, killed, clock=clock)
    for _ in range(3):
        with pytest.raises(Killed):
            await again.unlock("any")
    assert AppLock(tmp_path, compute, clock=clock).wait_seconds() == 5


async def test_it_is_changed_and_removed_only_by_who_knows_it(lock, tmp_path):
    with pytest.raises(LockError, match="short"):
        await lock.set_passphrase("abc", RIGHT)
    with pytest.raises(LockError, match="wrong"):
        await lock.set_passphrase("another one", "not it")
    await lock.set_passphrase("another one", RIGHT)
    with pytest.raises(LockError, match="wrong"):
        await lock.remove(RIGHT)
    await lock.remove("another one")
    assert not lock.enabled
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"salt": "%%", "digest": "AA=="}', b"\xff", b'{"salt":"AA==","x":1}']
)
async def test_a_damaged_file_stays_locked_and_says_so(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    lock = AppLock(tmp_path, compute)
    assert lock.enabled
    assert lock.locked
    assert lock.damaged
    with pytest.raises(LockError, match=r".") as told:
        await lock.unlock(RIGHT)
    assert told.value.reason == "damaged"


@pytest.mark.expects_log("cannot be written")
async def test_a_disk_that_takes_nothing_is_told(lock, tmp_path, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app_locks.os, "replace", full)
    with pytest.raises(LockError) as told:
        await lock.set_passphrase("another one", RIGHT)
    assert told.value.reason == "disk"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.expects_log("cannot be written")
async def test_a_full_disk_keeps_nobody_out_and_takes_no_try_for_nothing(lock, clock, monkeypatch, caplog):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app_locks.os, "open", full)
    lock.lock()
    for _ in range(3):
        assert not await lock.unlock("wrong one")
    assert lock.wait_seconds() == 5, "the tries are counted where there is room: in memory"
    clock.now += 6_000
    assert await lock.unlock(RIGHT)
    assert not lock.locked
    assert lock.wait_seconds() == 0
    assert "No space left on device" in caplog.text

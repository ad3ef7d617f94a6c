"""A keyring that opens later than the master: found without a question, and then everything goes on."""

import asyncio

import pytest

from master.errors import Conflict
from master.services import vault_watches
from master.services.vault_watches import VaultWatch
from tests.helpers.deadlines import until
from worker.protocol.texts import Text, text


class Keyring:
    def __init__(self, ok: bool) -> None:
        self.ok = self.vault_ok = ok
        self.looks: list[bool] = []
        self.fails = False

    async def refresh_vault(self, *, ask: bool = True) -> bool:
        self.looks.append(ask)
        if self.fails:
            raise OSError("bus")
        self.vault_ok = self.ok
        return self.vault_ok


class Accounts:
    def __init__(self) -> None:
        self.table = {
            "mail": text("state_credentials_unreadable", reason="locked"),
            "gone": text("state_credentials_unreadable", reason="locked"),
            "feed": text("dns_failed", host="h", detail="d"),
        }
        self.looked: list[str] = []

    def troubles(self) -> dict[str, Text]:
        return self.table

    async def look(self, account_id: str) -> object:
        self.looked.append(account_id)
        if account_id == "gone":
            raise Conflict(text("unassigned_paused"))
        return None


class Bench:
    def __init__(self, ok: bool) -> None:
        self.keyring, self.accounts = Keyring(ok), Accounts()
        self.preloads = 0
        self.watch = VaultWatch(keyring=self.keyring, accounts=self.accounts, preloads=[self.preload])

    async def preload(self) -> None:
        self.preloads += 1


async def test_what_waited_for_it_goes_on_when_it_opens() -> None:
    bench = Bench(ok=False)
    bench.watch._was_ok = False
    await bench.watch.look()
    await bench.watch.look()
    assert (bench.accounts.looked, bench.preloads) == ([], 0)
    bench.keyring.ok = True
    await bench.watch.look()
    assert bench.accounts.looked == ["mail", "gone"], "what has another trouble is left alone"
    assert bench.preloads == 1
    await bench.watch.look()
    assert len(bench.keyring.looks) == 3, "an open one is not looked at"
    assert set(bench.keyring.looks) == {False}, "nobody is asked"


async def test_it_goes_on_too_when_the_person_had_it_asked() -> None:
    bench = Bench(ok=False)
    bench.watch._was_ok = False
    await bench.watch.look()
    bench.keyring.ok = True
    assert await bench.keyring.refresh_vault(ask=True)
    await bench.watch.look()
    assert bench.accounts.looked == ["mail", "gone"]


@pytest.mark.expects_log("ERROR master.services.vault_watches the keyring could not be looked at")
async def test_it_looks_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_watches, "LOOK_SECONDS", 0.01)
    bench = Bench(ok=False)
    task = asyncio.ensure_future(bench.watch.run())
    try:
        await until(lambda: len(bench.keyring.looks) >= 3)
        assert bench.preloads == 1
        bench.keyring.fails = True
        before = len(bench.keyring.looks)
        await until(lambda: len(bench.keyring.looks) >= before + 2)
        bench.keyring.fails, bench.keyring.ok = False, True
        await until(lambda: bench.preloads == 2)
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_one_that_opens_while_the_start_reads_is_no_open_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who asked before it opened have nothing: they are looked at, though the next look finds it open."""
    monkeypatch.setattr(vault_watches, "LOOK_SECONDS", 0.01)
    bench = Bench(ok=False)

    async def answered_too_late() -> None:
        bench.keyring.ok = True

    watch = VaultWatch(keyring=bench.keyring, accounts=bench.accounts, preloads=[answered_too_late, bench.preload])
    task = asyncio.ensure_future(watch.run())
    try:
        await until(lambda: bench.accounts.looked == ["mail", "gone"])
        assert bench.preloads == 2
    finally:
        task.cancel()
        await asyncio.wait([task])

"""Two-way read in a worker: keys read elsewhere travel with their batch, wishes to mark come between two checks."""

import asyncio

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import Adapter, Script, lines
from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts, virtual
from worker.protocol.codec import MAX_BATCH, MAX_MESSAGE_BYTES, ProtocolError, encode, split_items
from worker.protocol.item_messages import CursorReport, ItemsDetected, ItemsMarked, MarkItems, Report
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.runtime.accounts import Accounts
from worker.runtime.ledger_files import READS, LedgerFile
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.platform import Poll, text

pytestmark = pytest.mark.expects_log("WARNING worker.runtime.plans .* could not be checked")


@pytest.fixture
def marks(monkeypatch):
    """What the scripted adapter is asked to mark, and what it raises."""
    asked: list[list[str]] = []
    raised: list[BaseException | float] = []

    async def mark_read(self, keys):
        assert self.script.running == 0, "never while a poll runs"
        assert self.script.listening == 0, "never while it listens"
        asked.append(list(keys))
        if raised:
            what = raised.pop(0)
            if isinstance(what, BaseException):
                raise what
            await asyncio.sleep(what)

    monkeypatch.setattr(Adapter, "mark_read", mark_read)
    return asked, raised


def test_a_wish_is_fulfilled_between_checks(tmp_path, marks):
    asked, _ = marks

    @virtual(mark_read=True)
    async def body(parts):
        async def slow(_cursor):
            await asyncio.sleep(3)
            return Poll()

        session = parts.watch(Script(slow))
        await asyncio.sleep(1)
        answers = await asyncio.gather(session.mark(["a", "b"]), session.mark(["c"]))
        assert answers == [ItemsMarked(), ItemsMarked()]
        assert asked == [["a", "b"], ["c"]]
        await parts.ends(3)
        assert parts.stats.errors == 0

    body(tmp_path)


def test_a_push_connection_makes_way_and_stands_again(tmp_path, marks):
    asked, _ = marks

    @virtual(push=True, mark_read=True)
    async def body(parts):
        script = Script()
        session = parts.watch(script)
        await parts.ends(1)
        await asyncio.sleep(1)
        assert script.listening == 1
        assert await session.mark(["a"]) == ItemsMarked()
        await asyncio.sleep(1)
        assert (asked, script.listening, len(script.times)) == ([["a"]], 1, 1)

    body(tmp_path)


def test_a_failure_is_told_and_delays_no_check(tmp_path, marks):
    asked, raised = marks
    away = TemporaryFailure(text("connection_lost", host="h", detail="d"))
    raised += [away, InvalidConfig(text("connection_lost", host="h", detail="d")), RuntimeError("a fault"), 1000.0]

    @virtual(mark_read=True)
    async def body(parts):
        script = Script()
        session = parts.watch(script)
        await parts.ends(1)
        assert [await session.mark([key]) for key in ("a", "b", "c", "d")] == [
            ItemsMarked(error=text("mark_failed", detail=away.reason.message), retry=True),
            ItemsMarked(error=text("mark_failed", detail=away.reason.message), retry=False),
            ItemsMarked(
                error=text("mark_failed", detail="The check failed inside Watchkeeper: RuntimeError: a fault"),
                retry=False,
            ),
            ItemsMarked(
                error=text("mark_failed", detail="The check took longer than 60 s and was stopped."), retry=True
            ),
        ]
        ends = await parts.ends(4)
        assert {end.outcome for end in ends} == {CheckOutcome.OK}
        # Of the plug-in that broke or hung nobody knew in what state it was.
        assert script.made == 3
        assert asked == [["a"], ["b"], ["c"], ["d"]]

    body(tmp_path)


test_a_failure_is_told_and_delays_no_check = pytest.mark.expects_log("ERROR .*raised what it never should")(
    test_a_failure_is_told_and_delays_no_check
)


def test_nothing_is_marked_while_the_sign_in_is_refused_without_the_lease_or_after_the_end(tmp_path, marks):
    asked, _ = marks

    @virtual(mark_read=True)
    async def body(parts):
        session = parts.watch(Script(AuthFailed(text("auth_refused", username="me"))))
        await parts.ends(1)
        later = ItemsMarked(error=text("mark_failed", detail="later"), retry=True)
        assert await session.mark(["a"]) == later
        other = parts.watch(Script(), account_id="a2")
        await parts.ends(1, "a2")
        parts.now = 10.0**10
        assert await other.mark(["b"]) == later
        parts.lease.renew(parts.now, 10**9)

        async def hang(_cursor):
            await asyncio.sleep(1000)
            return Poll()

        third = parts.watch(Script(hang), account_id="a3")
        await asyncio.sleep(1)
        waiting = [asyncio.ensure_future(third.mark([str(n)])) for n in range(10)]
        await asyncio.sleep(1)
        assert [one.done() for one in waiting] == [True] * 2 + [False] * 8, "the oldest have long gone away"
        await third.stop()
        assert {(await one).retry for one in waiting} == {True}
        assert (await third.mark(["x"])).retry
        assert asked == []

    body(tmp_path)


def test_only_the_session_of_that_epoch_of_a_platform_that_can(tmp_path, marks):
    asked, _ = marks

    def run(can):
        async def body():
            async with Parts(tmp_path / str(can), mark_read=can) as parts:
                parts.watch(Script())
                accounts = Accounts(parts.registry, parts.shared)
                accounts._sessions["a1"] = parts.sessions[0]
                await parts.ends(1)
                for account, epoch, code in (("a9", 1, ErrorCode.ACCOUNT_NOT_FOUND), ("a1", 9, ErrorCode.STALE_EPOCH)):
                    with pytest.raises(ProtocolError) as refused:
                        await accounts.mark(MarkItems(account_id=account, epoch=epoch, keys=["k"]))
                    assert refused.value.code is code
                answer = await accounts.mark(MarkItems(account_id="a1", epoch=1, keys=["k"]))
                assert answer == (ItemsMarked() if can else ItemsMarked(error=text("mark_unable")))

        run_virtually(body())

    for can in (True, False):
        (tmp_path / str(can)).mkdir()
        run(can)
    assert asked == [["k"]]


@virtual()
async def test_keys_read_elsewhere_travel_behind_their_items_and_before_the_cursor(parts):
    script = Script(
        Poll(items=lines("old"), cursor="c0", read=["old"]),
        Poll(items=lines("a", "b"), cursor="c1", read=["a", "", "x" * 600]),
        Poll(read=["b"]),
        Poll(),
    )
    parts.watch(script, baseline=True)
    await parts.ends(4)
    batches = parts.master.of(ItemsDetected)
    told = [([report.item.key for report in one.reports], one.read, one.cursor is not None) for one in batches]
    assert told == [(["old"], [], True), (["a", "b"], ["a"], True), ([], ["b"], False)]
    assert parts.ledger.waiting() == [] or parts.ledger.total_backlog() == 0


def test_on_disk_until_they_are_acknowledged(tmp_path):
    def opened():
        return LedgerFile(tmp_path / "ledger.db")

    file = opened()
    file.begin(assignment())
    keys = [f"k{n}" for n in range(READS + 50)]
    items = lines(*(f"i{n}" for n in range(MAX_BATCH + 5)))
    file.append("a1", 1, items, baseline=False, cursor="c", how="poll", read=keys)
    file.append("a1", 1, [], baseline=False, cursor=None, how="poll", read=["k1"])
    file.close()
    file = opened()
    assert file.backlogs() == {"a1": MAX_BATCH + 5}
    seen: list[tuple[int, int, bool]] = []
    while (batch := file.next_batch("a1")) is not None:
        seen.append((len(batch.reports), len(batch.read), batch.cursor is not None))
        file.acknowledge(batch, [report.seq for report in batch.reports])
    # The cursor goes with the last of them: before that nobody may take up behind it.
    assert seen == [(MAX_BATCH, 0, False), (5, READS, False), (0, 50, True)]
    assert file.backlogs() == {}
    file.append("a1", 1, [], baseline=False, cursor=None, how="poll", read=["k"])
    assert file.backlogs() == {"a1": 0}
    file.forget("a1")
    assert file.next_batch("a1") is None
    file.close()


def test_what_is_read_goes_with_the_item_that_it_speaks_of(tmp_path):
    file = LedgerFile(tmp_path / "ledger.db")
    file.begin(assignment())
    names = [f"i{n}" for n in range(2 * MAX_BATCH + 5)]
    others = [f"k{n}" for n in range(READS)]
    file.append("a1", 1, lines(*names), baseline=False, cursor="c", how="poll", read=[*others, *names[1:]])
    told: list[str] = []
    while (batch := file.next_batch("a1")) is not None:
        assert len(batch.read) <= READS
        own = [report.item.key for report in batch.reports if report.item.key != "i0"]
        assert set(own) <= set(batch.read), "whoever stores them must not tell of them first"
        for part in split_items(batch):
            assert {report.item.key for report in part.reports} - {"i0"} <= set(part.read)
        told += batch.read
        file.acknowledge(batch, [report.seq for report in batch.reports])
    assert sorted(told) == sorted([*others, *names[1:]]), "each once"
    file.close()


def test_the_parts_of_a_batch_have_what_was_read_of_their_own_items():
    reports = [
        Report(seq=n + 1, item=item) for n, item in enumerate(lines(*(f"{n:03}" + "k" * 400 for n in range(250))))
    ]
    keys = [report.item.key for report in reports]
    parts = list(split_items(ItemsDetected(account_id="a", epoch=1, reports=reports, read=["x", *keys[::2]])))
    assert len(parts) == 3
    for part in parts[:-1]:
        assert part.read == [report.item.key for report in part.reports if report.item.key in keys[::2]]
    assert sorted(key for part in parts for key in part.read) == sorted(["x", *keys[::2]])
    assert "x" in parts[-1].read


def test_a_large_batch_is_split_and_only_its_last_part_tells_of_them():
    reports = [Report(seq=n + 1, item=item) for n, item in enumerate(lines(*("k" * 400 + str(n) for n in range(100))))]
    read = ["天" * 500 for _ in range(READS)]
    cursor = CursorReport(seq=100, value="c" * 100_000)
    parts = list(split_items(ItemsDetected(account_id="a", epoch=1, reports=reports, cursor=cursor, read=read)))
    assert [part.read for part in parts[:-1]] == [[]] * (len(parts) - 1)
    assert (parts[-1].read, parts[-1].cursor) == (read, cursor)
    assert all(len(str(encode(part, "r")).encode()) < MAX_MESSAGE_BYTES for part in parts)

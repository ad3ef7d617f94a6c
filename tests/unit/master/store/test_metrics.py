"""Samples on disk: merged by step, and bounded however long they are written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from master.services.metric_buffers import FINEST, MetricBuffer, downsample
from master.store.engine import make_engine
from master.store.metrics import HOUR_MS, KEPT_MS, MetricStore, Sample
from master.store.system_tables import metric_samples
from master.store.tables import metadata

BEGIN = 1_800_000_000_000
STORE = MetricStore()


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    engine = make_engine(tmp_path / "test.db", writes=True)
    with engine.begin() as conn:
        metadata.create_all(conn, tables=[metric_samples])
        yield conn
    engine.dispose()


def counted(conn: Connection, step: int) -> int:
    query = select(func.count()).select_from(metric_samples).where(metric_samples.c.step == step)
    return conn.execute(query).scalar_one()


def write(conn: Connection, buffer: MetricBuffer, now: int) -> None:
    taken = buffer.take()
    STORE.add(conn, [*taken, *(one for step in KEPT_MS if step != FINEST for one in downsample(taken, step))])
    STORE.prune(conn, now)


def test_steps_have_the_means_lows_and_highs_of_all_measurements(conn: Connection) -> None:
    buffer = MetricBuffer()
    values = list(range(120))
    for second, value in enumerate(values):
        buffer.note("s", BEGIN + second * 1000, value)
        if second % 45 == 44:  # in the middle of steps
            write(conn, buffer, BEGIN + second * 1000)
    write(conn, buffer, BEGIN + 120_000)
    for step in KEPT_MS:
        found = STORE.read(conn, ["s"], step, 0)
        parts = [values[start : start + step] for start in range(0, 120, step)]
        assert [one.measured for one in found] == [len(part) for part in parts]
        assert [one.mean for one in found] == pytest.approx([sum(part) / len(part) for part in parts])
        assert [one.low for one in found] == [part[0] for part in parts]
        assert [one.high for one in found] == [part[-1] for part in parts]
        assert [one.at for one in found] == [BEGIN + place * step * 1000 for place in range(len(parts))]


def test_the_table_is_bounded_however_long_it_is_written(conn: Connection) -> None:
    now = BEGIN
    buffer = MetricBuffer()
    most = {step: kept // (step * 1000) + 1 for step, kept in KEPT_MS.items()}
    while now < BEGIN + 10 * 24 * HOUR_MS:  # ten days, a measurement every 10 minutes but two hours in every detail
        fine = now >= BEGIN + 10 * 24 * HOUR_MS - 3 * HOUR_MS
        for _ in range(6 if fine else 1):
            buffer.note("s", now, 1.0)
            now += 10_000 if fine else 600_000
        write(conn, buffer, now)
    for step, limit in most.items():
        assert 0 < counted(conn, step) <= limit
    assert counted(conn, 10) >= most[10] - 2
    assert counted(conn, 600) >= most[600] - 20
    oldest = STORE.read(conn, ["s"], 600, 0)[0].at
    assert oldest >= now - KEPT_MS[600]


def test_samples_of_a_clock_that_was_wrong_go(conn: Connection) -> None:
    ahead = BEGIN + 400 * 24 * HOUR_MS
    STORE.add(conn, [Sample("s", step, ahead, 1, 1.0, 1.0, 1.0) for step in KEPT_MS])
    STORE.prune(conn, BEGIN)
    assert sum(counted(conn, step) for step in KEPT_MS) == 0


def test_samples_of_one_worker_are_known_by_their_exact_names(conn: Connection) -> None:
    conn.execute(
        insert(metric_samples).values(series="worker:a:cpu", step=10, at=BEGIN, count=1, mean=1, low=1, high=1)
    )
    assert STORE.known(conn, ["worker:a:cpu"])
    assert not STORE.known(conn, ["worker:_:cpu", "worker:%"])
    assert STORE.read(conn, ["worker:a:cpu"], 10, BEGIN + 1) == []

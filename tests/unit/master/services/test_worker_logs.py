"""Logs of a worker from its files."""

import os
from pathlib import Path

import msgspec
import pytest

from master.deploy.outputs import LOG_LIMIT_BYTES, bound_outputs
from master.services import worker_logs
from master.services.worker_logs import LogWish, read_logs
from worker.protocol.states import LogLevel


def line(at: int, level: str, message: str, **more: str) -> str:
    return msgspec.json.encode({"at": at, "level": level, "message": message, "logger": "x", **more}).decode() + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stderr.log").write_text(
        line(1000, "debug", "began")
        + line(2000, "warning", "slow 天气", request_id="r-1", account_id="a")
        + "Traceback (most recent call last):\n\n"
        + line(3000, "error", "Broken", source="master")
    )
    (tmp_path / "stdout.log").write_text("printed by a library\n")
    os.utime(tmp_path / "stdout.log", (2.5, 2.5))
    return tmp_path


def messages(folder: Path, **options: object) -> list[str]:
    return [record.message for record in read_logs(folder, "w", LogWish(**options))]  # type: ignore[arg-type]


def test_both_streams_come_in_order_of_time_with_their_source(folder: Path) -> None:
    records = read_logs(folder, "w", LogWish())
    assert [record.message for record in records] == [
        *("began", "slow 天气", "Traceback (most recent call last):", "printed by a library", "Broken"),
    ]
    assert {record.source for record in records} == {"w"}
    assert (records[1].request_id, records[1].account_id) == ("r-1", "a")
    assert (records[2].at, records[2].level, records[2].logger) == (2000, LogLevel.ERROR, "stderr")


def test_every_filter(folder: Path) -> None:
    assert messages(folder, stream="stdout") == ["printed by a library"]
    assert messages(folder, stream="stderr", level=LogLevel.WARNING)[0] == "slow 天气"
    assert messages(folder, since=2600) == ["Broken"]
    assert messages(folder, q="BROKEN") == ["Broken"]
    assert messages(folder, q="天") == ["slow 天气"]
    assert messages(folder, tail=2, stream="stderr") == ["Traceback (most recent call last):", "Broken"]


def test_a_worker_that_never_ran_has_no_lines(tmp_path: Path) -> None:
    assert read_logs(tmp_path / "none", "w", LogWish()) == []


def test_only_the_end_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_logs, "READ_BYTES", 1000)
    (tmp_path / "stderr.log").write_text("".join(line(n, "info", f"line {n}") for n in range(1000)))
    found = messages(tmp_path)
    assert found[-1] == "line 999"
    assert 5 < len(found) < 30


def test_what_was_cut_from_an_output_is_read_before_it(tmp_path: Path) -> None:
    path = tmp_path / "stderr.log"
    path.write_text("".join(line(n, "info", f"line {n}") for n in range(100_000)))
    assert path.stat().st_size > LOG_LIMIT_BYTES
    bound_outputs(tmp_path)
    assert messages(tmp_path, tail=3) == ["line 99997", "line 99998", "line 99999"]
    path.write_text(line(100_000, "info", "line 100000"))
    assert messages(tmp_path, tail=2) == ["line 99999", "line 100000"]

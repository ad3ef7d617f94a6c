"""Reading a stream: pieces that are told join, gaps are asked for, another run begins anew."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.models.outputs import TAIL, OutputReader
from desktop.words import Wording
from master.api.client import ApiError
from master.api.events import JobPrinted
from master.api.schema import JobOutput
from tests.unit.desktop.fakes import FakeBridge, Pauses, Runner


class Stored:
    """What a master keeps of a stream: gives it in pieces of ``most`` bytes."""

    def __init__(self, text: str, most: int = 4, ended: bool = True, lost: int = 0) -> None:
        self.text, self.most, self.ended, self.lost = text, most, ended, lost

    def __call__(self, _job: str, _stream: str, offset: int, _attempt: int | None) -> JobOutput:
        begin = max(offset, self.lost)
        piece = self.text[begin : begin + self.most]
        end = begin + len(piece)
        done = self.ended and end >= len(self.text)
        return JobOutput(text=piece, next_offset=end, complete=done, skipped=begin - offset)


def told(offset: int, text: str, **changes: Any) -> JobPrinted:
    values: dict[str, Any] = {"job_id": "j1", "attempt": 1, "stream": "stdout"}
    return JobPrinted(**(values | changes), offset=offset, text=text, next_offset=offset + len(text))


@pytest.fixture
def bridge(qapp: QApplication) -> FakeBridge:
    return FakeBridge()


def make(bridge: FakeBridge, run: Any = None) -> tuple[OutputReader, list[str]]:
    reader = OutputReader(bridge, Wording("en"), run or Runner(), "stdout")  # type: ignore[arg-type]
    seen: list[str] = []
    reader.text_came.connect(seen.append)
    reader.skipped.connect(lambda count: seen.append(f"<{count}>"))
    reader.ended.connect(lambda: seen.append("."))
    reader.failed.connect(lambda words: seen.append(f"! {words}"))
    return reader, seen


def test_reads_to_the_end_and_then_no_more(bridge: FakeBridge) -> None:
    bridge.client.answers["job_output"] = Stored("abcdefghij")
    reader, seen = make(bridge)
    reader.show("j1", 1)
    reader.read()
    assert "".join(seen) == "abcdefghij."
    reader.read()
    assert len(bridge.client.called("job_output")) == 3


def test_what_is_not_kept_is_told(bridge: FakeBridge) -> None:
    bridge.client.answers["job_output"] = Stored("abcdefghij", lost=3)
    reader, seen = make(bridge)
    reader.show("j1", None)
    reader.read()
    assert "".join(seen) == "<3>defghij."


def test_told_pieces_join_and_gaps_are_asked_for(bridge: FakeBridge) -> None:
    stored = Stored("abcd", ended=False)
    bridge.client.answers["job_output"] = stored
    reader, seen = make(bridge)
    reader.show("j1", 1)
    reader.read()
    calls = len(bridge.client.called("job_output"))
    reader.on_printed(told(4, "ef"))
    reader.on_printed(told(2, "cd"))  # long known
    reader.on_printed(told(6, "x", stream="stderr"))
    reader.on_printed(told(6, "x", job_id="j2"))
    reader.on_printed(told(6, "x", attempt=2))
    assert "".join(seen) == "abcdef"
    assert len(bridge.client.called("job_output")) == calls
    stored.text = "abcdefghij"
    reader.on_printed(told(8, "ij"))
    assert "".join(seen) == "abcdefghij"
    stored.ended = True
    reader.read()
    assert "".join(seen) == "abcdefghij."


def test_a_piece_that_is_told_while_it_reads_is_not_lost(bridge: FakeBridge) -> None:
    stored = Stored("abcd", ended=False)
    pauses = Pauses()

    async def answer(*args: Any) -> JobOutput:
        await pauses.wait()
        return stored(*args)

    bridge.client.job_output = answer  # type: ignore[attr-defined]
    reader, seen = make(bridge, pauses)
    reader.show("j1", 1)
    reader.read()
    pauses.go_on()
    stored.text = "abcdefgh"
    reader.on_printed(told(4, "efgh"))
    for _step in range(4):
        pauses.go_on()
    assert "".join(seen) == "abcdefgh"


def test_another_job_begins_anew_though_an_answer_is_on_its_way(bridge: FakeBridge) -> None:
    pauses = Pauses()

    async def answer(job: str, *args: Any) -> JobOutput:
        await pauses.wait()
        return Stored(f"of {job}", most=99)(job, *args)

    bridge.client.job_output = answer  # type: ignore[attr-defined]
    reader, seen = make(bridge, pauses)
    reader.show("j1", 1)
    reader.read()
    reader.show("j2", 1)
    reader.read()
    for _step in range(3):
        pauses.go_on()
    assert "".join(seen) == "of j2."


def test_of_much_only_the_end_is_read(bridge: FakeBridge) -> None:
    reader, _seen = make(bridge)
    cut: list[int] = []
    reader.cut.connect(cut.append)
    reader.show("j1", 1, TAIL + 77)
    assert (reader.offset, cut) == (77, [77])


def test_gigabytes_are_counted_too(bridge: FakeBridge) -> None:
    size = 50 * 1024**3
    bridge.client.answers["job_output"] = lambda _job, _stream, offset, _attempt: JobOutput(
        text="end", next_offset=size, complete=True, skipped=size - 3 - offset
    )
    reader, seen = make(bridge)
    cut: list[int] = []
    reader.cut.connect(cut.append)
    reader.show("j1", 1, size)
    reader.read()
    assert cut == [size - TAIL]
    assert seen == [f"<{TAIL - 3}>", "end", "."]
    reader.show("j1", 1)
    reader.read()
    assert seen[3] == f"<{size - 3}>"


def test_a_refusal_is_said_and_a_later_try_goes_on(bridge: FakeBridge) -> None:
    bridge.client.errors["job_output"] = ApiError(503, "ERR", "Not now.")
    reader, seen = make(bridge)
    reader.show("j1", 1)
    reader.read()
    assert seen == ["! Not now."]
    del bridge.client.errors["job_output"]
    bridge.client.answers["job_output"] = Stored("ab")
    reader.read()
    assert "".join(seen[1:]) == "ab."

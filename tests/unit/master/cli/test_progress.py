"""The line of long work: at a terminal alone, after half a second, and gone at the end."""

import asyncio
import os
import pty
import re
import sys

import pytest

from master.cli import progress
from master.cli.progress import Progress, working


class Terminal:
    """What is written to stderr, as a terminal gets it."""

    def __init__(self):
        self.reader, writer = pty.openpty()
        self.stream = os.fdopen(writer, "w", encoding="utf-8")

    def close(self):
        self.stream.close()
        os.close(self.reader)

    def read(self):
        self.stream.write("END")
        self.stream.flush()
        seen = ""
        while not seen.endswith("END"):
            seen += os.read(self.reader, 65_536).decode()
        return seen.removesuffix("END")


@pytest.fixture
def terminals(monkeypatch):
    """Makes stderr a terminal, from within the test: pytest has it until then."""
    made = Terminal()

    def use():
        monkeypatch.setattr(sys, "stderr", made.stream)
        monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.02)
        monkeypatch.setattr(progress, "DRAW_SECONDS", 0.01)
        return made

    yield use
    made.close()


async def drawn(work):
    """Wait until the line was drawn more than once."""
    for _ in range(20):
        await asyncio.sleep(0.01)
        work.add(1_000_000)


async def test_a_line_grows_and_goes(terminals):
    terminal = terminals()
    async with working("Writing", quiet=False, total=20_000_000) as work:
        await drawn(work)
    seen = terminal.read()
    shares = [int(share) for share in re.findall(r"(\d+)%", seen)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    assert "Writing 0:00" in seen
    assert "\n" not in seen
    assert seen.split("\r")[-2].strip() == ""


async def test_without_a_total_something_turns(terminals):
    terminal = terminals()
    async with working("Looking", quiet=False) as work:
        await drawn(work)
    assert len(set(re.findall(r"([|/\\-]) Looking", terminal.read()))) > 1


async def test_an_error_leaves_the_line_clean(terminals):
    terminal = terminals()

    async def fail():
        async with working("Looking", quiet=False) as work:
            await drawn(work)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    assert terminal.read().split("\r")[-2].strip() == ""


async def test_programs_and_short_work_see_nothing(terminals, monkeypatch):
    terminal = terminals()
    async with working("Writing", quiet=True) as work:
        await drawn(work)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 30)
    async with working("Writing", quiet=False) as work:
        await drawn(work)
    assert terminal.read() == ""


async def test_a_pipe_sees_nothing(monkeypatch, capsys):
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    async with working("Writing", quiet=False) as work:
        await drawn(work)
    assert capsys.readouterr().err == ""


def test_the_bar():
    work = Progress("Handing over", 200)
    work.add(50)
    assert work.line(0).startswith("[######..................]  25%  Handing over 0:00")
    work.add(500)
    assert "] 100%" in work.line(0)

"""What a job prints: the first half and the last are kept, and every byte that is not is counted."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.protocol.job_folders import printed, read_output
from worker.shim.sinks import LEAST_PIECE, PIECES, Sink

LIMIT = 2 * PIECES * LEAST_PIECE


def numbered(count):
    """Lines of eight bytes, each of which says where it stands."""
    return b"".join(b"%07d\n" % number for number in range(count))


def read_all(folder):
    """Return all pieces of a stream as a reader gets them: text and where each begins."""
    offset, pieces = 0, []
    while True:
        piece = read_output(folder, "stdout", offset, 10_000)
        if not piece.text:
            return pieces
        pieces.append((offset + piece.skipped, piece.text))
        offset = piece.next_offset


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 9000), max_size=40))
def test_what_is_read_is_what_was_printed_where_it_was_printed(tmp_path_factory, sizes):
    folder = tmp_path_factory.mktemp("sink")
    before = Path.cwd()
    os.chdir(folder)
    try:
        sink, data = Sink("stdout", LIMIT), numbered(sum(sizes) // 8 + 2)
        sink.open()
        at = 0
        for size in sizes:
            sink.write(data[at : at + size])
            at += size
        sink.sync()
    finally:
        os.chdir(before)
    assert sink.total == at == printed(folder, "stdout")
    pieces = read_all(folder)
    assert sum(len(text) for _, text in pieces) == sink.kept
    for begin, text in pieces:
        assert text.encode() == data[begin : begin + len(text)]
    assert sink.kept >= min(at, LIMIT - LEAST_PIECE)
    assert sink.kept <= LIMIT
    if at:
        assert pieces[0][0] == 0
        assert pieces[-1][0] + len(pieces[-1][1]) == at


def test_a_stream_that_prints_nothing_is_there(folder):
    sink = Sink("stdout", LIMIT)
    sink.open()
    sink.sync()
    assert (folder / "stdout").read_bytes() == b""


def test_a_full_disk_loses_what_came_then_and_nothing_else(folder, monkeypatch):
    sink, data, full = Sink("stdout", LIMIT), numbered(3000), False
    real = os.write

    def write(fd, piece):
        if full:
            raise OSError(errno.ENOSPC, "no space left")
        return real(fd, piece)

    sink.open()
    monkeypatch.setattr(os, "write", write)
    sink.write(data[:8000])
    full = True
    sink.write(data[8000:9000])
    sink.write(data[9000:9600])
    full = False
    sink.write(data[9600:20000])
    sink.sync()
    assert (sink.total, sink.total - sink.kept) == (20000, 1600)
    assert read_all(folder)[0] == (0, data[:8000].decode())
    (begin, text), *_ = read_all(folder)[1:]
    assert (begin, text.encode()) == (9600, data[9600 : 9600 + len(text)])


def test_writes_that_fail_erase_nothing_of_what_was_kept(folder, monkeypatch):
    sink, data, real = Sink("stdout", LIMIT), numbered(20_000), os.write
    sink.open()
    sink.write(data[: 2 * LIMIT])
    before = sum(path.stat().st_size for path in folder.iterdir())

    def write(fd, piece):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "write", write)
    for _ in range(30):
        sink.write(b"0123456789")
    monkeypatch.setattr(os, "write", real)
    sink.sync()
    after = sum(path.stat().st_size for path in folder.iterdir())
    assert before - LEAST_PIECE <= after == sink.kept

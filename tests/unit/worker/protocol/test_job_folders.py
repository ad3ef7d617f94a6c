"""The output of a run as a reader gets it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.protocol.job_folders import EXIT, ExitRecord, printed, read_exit, read_output, run_folder


def ended(folder, total):
    record = ExitRecord(end="exited", code=0, ended_at=1, stdout_bytes=total)
    (folder / EXIT).write_bytes(msgspec.json.encode(record).ljust(4096))


def test_every_run_has_its_folder(tmp_path):
    assert run_folder(tmp_path, "a1", 1) == tmp_path / "a1"
    assert run_folder(tmp_path, "a1", 3) == tmp_path / "a1" / "run-3"


def test_nothing_yet(tmp_path):
    piece = read_output(tmp_path, "stdout", 0, 100)
    assert (piece.text, piece.next_offset, piece.skipped, piece.complete) == ("", 0, 0, False)
    assert (printed(tmp_path, "stdout"), read_exit(tmp_path)) == (0, None)


@settings(max_examples=80)
@given(text=st.text(max_size=200), limit=st.integers(4, 60), cut=st.integers(0, 300))
def test_no_character_is_torn_and_none_is_lost(tmp_path_factory, text, limit, cut):
    folder, raw = tmp_path_factory.mktemp("run"), text.encode()
    (folder / "stdout").write_bytes(raw[:cut])
    got, offset = "", 0
    while (piece := read_output(folder, "stdout", offset, limit)).text:
        got, offset = got + piece.text, piece.next_offset
    assert text.startswith(got)
    (folder / "stdout").write_bytes(raw)
    ended(folder, len(raw))
    while not (piece := read_output(folder, "stdout", offset, limit)).complete:
        got, offset = got + piece.text, piece.next_offset
    assert (got + piece.text, piece.next_offset) == (text, len(raw))


def test_what_is_no_text_is_replaced_and_counted_as_it_was(tmp_path):
    (tmp_path / "stdout").write_bytes(b"a\xffb\xe4\xb8")
    piece = read_output(tmp_path, "stdout", 0, 100)
    assert (piece.text, piece.next_offset) == ("a\ufffdb", 3)
    ended(tmp_path, 5)
    piece = read_output(tmp_path, "stdout", 3, 100)
    assert (piece.text, piece.next_offset, piece.complete) == ("\ufffd", 5, True)


@pytest.mark.parametrize(
    ("offset", "text", "skipped"), [(0, "head", 0), (4, "tail", 96), (50, "tail", 50), (102, "il", 0)]
)
def test_a_gap_is_told(tmp_path, offset, text, skipped):
    (tmp_path / "stdout").write_bytes(b"head")
    (tmp_path / "stdout.100").write_bytes(b"tail")
    (tmp_path / "stdout.100.new").write_bytes(b"none of it")
    ended(tmp_path, 104)
    piece = read_output(tmp_path, "stdout", offset, 1000)
    assert (piece.text, piece.skipped, piece.complete) == (text, skipped, text != "head")
    assert printed(tmp_path, "stdout") == 104


def test_an_end_of_which_nothing_was_kept(tmp_path):
    (tmp_path / "stdout").write_bytes(b"head")
    ended(tmp_path, 10)
    piece = read_output(tmp_path, "stdout", 4, 100)
    assert (piece.text, piece.next_offset, piece.skipped, piece.complete) == ("", 10, 6, True)


@settings(max_examples=40)
@given(raw=st.binary(max_size=100), limit=st.integers(1, 30))
def test_the_very_bytes_can_be_had(tmp_path_factory, raw, limit):
    folder = tmp_path_factory.mktemp("run")
    (folder / "stdout").write_bytes(raw)
    got, offset = b"", 0
    while (piece := read_output(folder, "stdout", offset, limit, "latin-1")).text:
        got, offset = got + piece.text.encode("latin-1"), piece.next_offset
    assert (got, offset) == (raw, len(raw))


def test_a_character_that_a_gap_tears_holds_nobody_up(tmp_path):
    (tmp_path / "stdout").write_bytes("aé".encode()[:-1])
    (tmp_path / "stdout.100").write_bytes(b"tail")
    piece = read_output(tmp_path, "stdout", 0, 1000)
    assert (piece.text, piece.next_offset) == ("a\ufffd", 2)
    assert read_output(tmp_path, "stdout", 2, 1000).text == "tail"

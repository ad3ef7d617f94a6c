"""Tables: aligned also for wide characters, and safe against what a server sends."""

import io
import sys
import time

import click
import pytest

from master.cli.output import ago, fit, one_line, pad, print_fields, print_table, print_text, span, width


@pytest.mark.parametrize(("value", "cells"), [("abc", 3), ("账户", 4), ("e\u0301", 1), ("", 0)])
def test_width_counts_cells(value, cells):
    assert width(value) == cells


@pytest.mark.parametrize(
    ("value", "limit", "cut"),
    [("hello", 5, "hello"), ("hello", 4, "hel…"), ("账户名", 5, "账户…"), ("账户名", 4, "账…")],
)
def test_fit_cuts_at_cells(value, limit, cut):
    assert fit(value, limit) == cut
    assert width(fit(value, limit)) <= limit


def test_pad_fills_cells():
    assert pad("账户", 6) == "账户  "


def test_control_characters_never_reach_the_terminal():
    assert one_line("a\x1b[31mred\x07\nb\u202ec") == "a [31mred b c"


def test_a_table_is_aligned(capsys):
    print_table(["Name", "State"], [["账户", "ok"], ["feed", "paused"]], "none")
    assert capsys.readouterr().out == "Name  State\n账户  ok\nfeed  paused\n"


def test_an_empty_table_says_so(capsys):
    print_table(["Name"], [], "There are no accounts.")
    assert capsys.readouterr().out == "There are no accounts.\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3, "0 s"), (59.9, "59 s"), (60, "1 min"), (3600, "1 h"), (200_000, "2 d")]
)
def test_spans_have_one_unit(seconds, words):
    assert span(seconds) == words


def test_ago():
    assert ago(None) == "–"
    assert ago(time.time_ns() // 1_000_000 - 61_000) == "1 min"


def test_somebody_elses_words_do_not_steer_the_terminal(capsys):
    print_fields([("Title", "Invoice\x1b]0;pwned\x07\x1b[2J"), ("From", "a\u202eb")])
    print_text("one\x1b[31m\n\ttwo\r\nthree\x9b2J")
    told = capsys.readouterr().out
    assert not [
        character for character in told if (ord(character) < 32 and character != "\n") or character in "\x9b\u202e"
    ]
    assert "one" in told
    assert "    two\nthree" in told


class Terminal(io.StringIO):
    """Stdout of a person."""

    def isatty(self):
        return True


@pytest.fixture
def terminals(monkeypatch):
    """Makes stdout a terminal, from within the test: pytest has it until then."""

    def use():
        made = Terminal()
        monkeypatch.setattr(sys, "stdout", made)
        return made

    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return use


def plain(text):
    return click.unstyle(text)


def test_a_table_fits_the_terminal_and_keeps_short_ids(terminals):
    terminal = terminals()
    identity = "0b9c2f9e-7d43-4c5e-9a52-0f2f5a2f7c11"
    print_table(["Id", "Name", "Why"], [[identity, "账户" * 20, "a long sentence about it " * 3]], "")
    lines = plain(terminal.getvalue()).splitlines()
    assert max(width(line) for line in lines) <= 40
    assert lines[1].startswith("0b9c2f9e  账户")


def test_a_pipe_gets_whole_ids_and_no_colours(capsys):
    identity = "0b9c2f9e-7d43-4c5e-9a52-0f2f5a2f7c11"
    print_table(["Id", "State"], [[identity, "ok"]], "")
    assert capsys.readouterr().out == f"Id{' ' * 36}State\n{identity}  ok\n"


def test_states_have_colours_at_a_terminal(terminals):
    terminal = terminals()
    print_table(["Name", "State"], [["ok then", "ok"], ["x", "crashed"]], "")
    told = terminal.getvalue()
    assert click.style("ok", fg="green") in told
    assert click.style("crashed", fg="red") in told
    assert plain(told) == "Name     State\nok then  ok\nx        crashed\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_none(terminals, monkeypatch, name, value):
    terminal = terminals()
    monkeypatch.setenv(name, value)
    print_table(["Name", "State"], [["x", "ok"]], "")
    assert "\x1b" not in terminal.getvalue()


def test_marks_above_letters_take_no_cell():
    assert width("\u2764\ufe0f") == 1
    assert width("e\u0301\u20dd") == 1

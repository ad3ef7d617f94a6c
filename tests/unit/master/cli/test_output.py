"""Tables: aligned also for wide characters, and safe against what a server sends."""

import time

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

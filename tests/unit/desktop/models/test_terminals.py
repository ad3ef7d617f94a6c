"""Printed streams become styled lines: colours, overwritten lines, dropped escapes, pieces cut anywhere."""

import random
import time

import pytest

from desktop.models.terminals import LONGEST, MARK, PLAIN, Line, Style, Terminal, color_of, restyle

RICH = "a\x1b[1mb\x1b[0m\r\nc\x1b[38;5;208md\x1b[38;2;1;2;3me\x1b[mf\n\x1b]0;title\x07g\x1b[2Jh\x1bMi\x1b(Bj\nlast"


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _style in line) for line in lines]


def whole(terminal: Terminal, *pieces: str) -> list[Line]:
    found = [line for piece in pieces for line in terminal.feed(piece)]
    return [*found, terminal.current]


def test_plain_lines_pass_as_they_are() -> None:
    terminal = Terminal()
    assert terminal.feed("one\ntwo\n\nthr") == [[("one", PLAIN)], [("two", PLAIN)], []]
    assert terminal.current == [("thr", PLAIN)]
    assert texts(terminal.feed("ee\n")) == ["three"]
    assert terminal.current == []


@pytest.mark.parametrize(
    ("params", "style"),
    [
        ("1", Style(bold=True)),
        ("4;31", Style(underline=True, ink=1)),
        ("97;100", Style(ink=15, ground=8)),
        ("38;5;9", Style(ink=9)),
        ("38;5;196", Style(ink="#ff0000")),
        ("48;5;244", Style(ground="#808080")),
        ("38;2;255;128;0", Style(ink="#ff8000")),
        ("38:2:255:128:0", Style(ink="#ff8000")),
        ("7", Style(inverse=True)),
        ("1;0", PLAIN),
        ("", PLAIN),
        ("38;5", PLAIN),
        ("38;2;1", PLAIN),
        ("999", PLAIN),
        ("1;22;4;24;31;39;41;49;7;27", PLAIN),
    ],
)
def test_styles(params: str, style: Style) -> None:
    assert restyle(PLAIN, params) == style


def test_256_colours() -> None:
    assert [color_of(number) for number in (0, 15, 16, 231, 232, 255)] == [
        0, 15, "#000000", "#ffffff", "#080808", "#eeeeee",
    ]  # fmt: skip


def test_a_style_goes_on_over_lines() -> None:
    terminal = Terminal()
    lines = terminal.feed("\x1b[31mred\nstill\x1b[0m not\n")
    assert lines == [[("red", Style(ink=1))], [("still", Style(ink=1)), (" not", PLAIN)]]


def test_a_carriage_return_overwrites() -> None:
    terminal = Terminal()
    assert texts(whole(terminal, "10 %\r55 %\r", "100 %")) == ["100 %"]
    assert texts(terminal.feed(" done\n")) == ["100 % done"]
    assert texts(whole(Terminal(), "abcdef\rXY\n")) == ["XYcdef", ""]
    assert texts(whole(Terminal(), "abcdef\r\x1b[KXY\n")) == ["XY", ""]
    assert texts(whole(Terminal(), "abc\x08\x08X")) == ["aXc"]
    assert texts(whole(Terminal(), "a\r\nb\r\n")) == ["a", "b", ""]


def test_other_escapes_are_dropped_wherever_a_piece_is_cut() -> None:
    expected = whole(Terminal(), RICH)
    assert texts(expected) == ["ab", "cdef", "ghij", "last"]
    for cut in range(1, len(RICH)):
        terminal = Terminal()
        assert whole(terminal, RICH[:cut], RICH[cut:]) == expected, cut
    terminal = Terminal()
    assert whole(terminal, *RICH) == expected


def test_an_escape_that_never_ends_hides_nothing_for_ever() -> None:
    terminal = Terminal()
    terminal.feed("\x1b]0;" + "x" * 10_000)
    assert texts(terminal.feed("\nafter\n"))[-1] == "after"


def test_long_lines_go_on_in_the_next() -> None:
    for begin in ("", "\x1b[1m"):
        terminal = Terminal()
        lines = whole(terminal, begin + "x" * (2 * LONGEST + 5) + "\n")
        assert [len(text) for text in texts(lines)] == [LONGEST, LONGEST, 5, 0]


def test_a_mark_stands_on_a_line_of_its_own() -> None:
    terminal = Terminal()
    terminal.feed("half")
    assert terminal.mark("5 bytes were not kept") == [[("half", PLAIN)], [("5 bytes were not kept", MARK)]]
    assert texts(whole(terminal, "rest\n")) == ["rest", ""]


def test_noise_neither_fails_nor_takes_long() -> None:
    chance = random.Random(7)
    noise = "".join(chance.choice("\x1b[]m;31\r\n\x08\x07PX^_\\ab é中\x9b\x00") for _ in range(200_000))
    begin = time.process_time()
    terminal = Terminal()
    for at in range(0, len(noise), 4096):
        terminal.feed(noise[at : at + 4096])
    assert time.process_time() - begin < 5
    assert not any("\x1b" in text or "\r" in text for text in texts([terminal.current]))

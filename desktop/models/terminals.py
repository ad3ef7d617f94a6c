"""What a job printed as styled lines: colours are kept, a carriage return overwrites, other escapes are dropped."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

LONGEST = 4000
"""Characters of a line; a longer one goes on in the next: laying out more takes longer than a frame."""
KEPT = 4096
"""Characters of an escape sequence that is not complete yet; a longer one is none."""

Color = int | str | None
"""One of the 16 colours by its number, ``#rrggbb``, or the default."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of characters looks."""

    ink: Color = None
    ground: Color = None
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    mark: bool = False
    """Said by the window, not by the job."""


Run = tuple[str, Style]
Line = list[Run]

PLAIN = Style()
MARK = Style(mark=True)
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What makes a piece of text more than lines and tabs."""
_TOKEN = re.compile(
    r"\x1b\[(?P<params>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-~]"
    r"|(?P<move>[\n\r\x08])"
    r"|(?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|(?P<other>[\x00-\x1f\x7f-\x9f])",
)
_OPEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*|[PX^_][^\x1b]*|[ -/]*)(?:\x1b)?\Z")
_SIMPLE = {
    1: {"bold": True}, 22: {"bold": False}, 4: {"underline": True}, 21: {"underline": True}, 24: {"underline": False},
    7: {"inverse": True}, 27: {"inverse": False}, 39: {"ink": None}, 49: {"ground": None},
}  # fmt: skip
_LEVELS = (0, 95, 135, 175, 215, 255)


def color_of(number: int) -> Color:
    """Return one of the 256 colours: the first 16 by number, the others as ``#rrggbb``."""
    if number < 16:
        return number
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    cube = number - 16
    red, green, blue = _LEVELS[cube // 36], _LEVELS[cube // 6 % 6], _LEVELS[cube % 6]
    return f"#{red:02x}{green:02x}{blue:02x}"


@lru_cache(512)
def restyle(style: Style, params: str) -> Style:
    """Return ``style`` after an SGR sequence with these parameters."""
    numbers = [int(one) if one.isdecimal() else 0 for one in params.replace(":", ";").split(";")] if params else [0]
    at = 0
    while at < len(numbers):
        number = numbers[at]
        at += 1
        if number == 0:
            style = PLAIN
        elif number in _SIMPLE:
            style = replace(style, **_SIMPLE[number])  # type: ignore[arg-type]
        elif number in (38, 48):
            color, at = _extended(numbers, at)
            if color is not None:
                style = replace(style, ink=color) if number == 38 else replace(style, ground=color)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            style = replace(style, ink=number - 30 if number < 40 else number - 82)
        elif 40 <= number <= 47 or 100 <= number <= 107:
            style = replace(style, ground=number - 40 if number < 50 else number - 92)
    return style


def _extended(numbers: list[int], at: int) -> tuple[Color, int]:
    kind = numbers[at] if at < len(numbers) else 0
    if kind == 5 and at + 1 < len(numbers):
        return color_of(min(numbers[at + 1], 255)), at + 2
    if kind == 2 and at + 3 < len(numbers):
        red, green, blue = (min(one, 255) for one in numbers[at + 1 : at + 4])
        return f"#{red:02x}{green:02x}{blue:02x}", at + 4
    return None, len(numbers)


class Terminal:
    """Takes a stream in pieces, cut anywhere; gives lines."""

    def __init__(self) -> None:
        self._style = PLAIN
        self._rest = ""
        self._runs: Line = []
        self._length = 0
        self._column = 0
        self._done: list[Line] = []

    @property
    def current(self) -> Line:
        """The line that has not ended yet."""
        return list(self._runs)

    def feed(self, text: str) -> list[Line]:
        """Take a piece; return the lines that ended in it."""
        self._done = []
        if not self._rest and not self._runs and self._style == PLAIN and not _ODD.search(text):
            self._take_plain(text)
            return self._done
        text = self._rest + text
        open_end = _OPEN.search(text, max(0, len(text) - KEPT)) if "\x1b" in text else None
        self._rest = open_end.group() if open_end is not None else ""
        for token in _TOKEN.finditer(text, 0, len(text) - len(self._rest)):
            kind = token.lastgroup
            if kind == "text":
                self._write(token.group())
            elif kind == "move":
                self._move(token.group())
            elif kind == "final":
                self._obey(token["final"], token["params"])
        return self._done

    def mark(self, words: str) -> list[Line]:
        """Put in a line of the window's own; return the lines that ended by it."""
        self._done = []
        if self._runs:
            self._end_line()
        self._done.append([(words, MARK)])
        return self._done

    # -- inside

    def _take_plain(self, text: str) -> None:
        *lines, last = text.split("\n")
        for line in lines:
            for begin in range(0, len(line) or 1, LONGEST):
                self._done.append([(line[begin : begin + LONGEST], PLAIN)] if line else [])
        self._write(last)

    def _write(self, text: str) -> None:
        while text:
            room = LONGEST - self._column
            piece, text = text[:room], text[room:]
            if self._column == self._length:
                if self._runs and self._runs[-1][1] == self._style:
                    self._runs[-1] = (self._runs[-1][0] + piece, self._style)
                else:
                    self._runs.append((piece, self._style))
            else:
                self._overwrite(piece)
            self._column += len(piece)
            self._length = max(self._length, self._column)
            if self._column >= LONGEST and text:
                self._end_line()

    def _cells(self) -> list[Run]:
        return [(letter, style) for text, style in self._runs for letter in text]

    def _set_cells(self, cells: list[Run]) -> None:
        self._runs = [
            ("".join(letter for letter, _style in group), style)
            for style, group in groupby(cells, key=lambda cell: cell[1])
        ]
        self._length = len(cells)

    def _overwrite(self, piece: str) -> None:
        cells = self._cells()
        cells[self._column : self._column + len(piece)] = [(letter, self._style) for letter in piece]
        self._set_cells(cells)

    def _move(self, letter: str) -> None:
        if letter == "\n":
            self._end_line()
        elif letter == "\r":
            self._column = 0
        else:
            self._column = max(0, self._column - 1)

    def _obey(self, final: str, params: str) -> None:
        if final == "m":
            self._style = restyle(self._style, params)
        elif final == "K":
            part = params or "0"
            if part == "0" and self._column < self._length:
                self._set_cells(self._cells()[: self._column])
            elif part == "2":
                self._set_cells([(" ", PLAIN)] * self._column)

    def _end_line(self) -> None:
        self._done.append(self.current)
        self._runs, self._length, self._column = [], 0, 0

"""QR codes as text, two rows of squares a line."""

from collections.abc import Sequence
from typing import Final

QUIET: Final = 2
"""Light squares around it; scanners want some."""
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_BLACK_ON_WHITE: Final = "\x1b[30;107m"
_USUAL: Final = "\x1b[0m"


def draw(text: str, *, colors: bool) -> str:
    """Return the QR code of ``text``. ``colors``: dark on light whatever the terminal's colours are.

    Without colours light squares are drawn, as dark terminals need it. Raises ``ValueError`` for what fits into none.
    """
    import segno

    try:
        code = segno.make_qr(text, error="m")
    except segno.DataOverflowError as error:
        raise ValueError(str(error)) from error
    rows = [[bool(square) for square in row] for row in code.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    lines = [_line(upper, lower, inverted=not colors) for upper, lower in zip(rows[::2], rows[1::2], strict=True)]
    if colors:
        lines = [f"{_BLACK_ON_WHITE}{line}{_USUAL}" for line in lines]
    return "\n".join(lines)


def _line(upper: Sequence[bool], lower: Sequence[bool], *, inverted: bool) -> str:
    return "".join(_HALVES[above != inverted, below != inverted] for above, below in zip(upper, lower, strict=True))

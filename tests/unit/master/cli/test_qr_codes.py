"""QR codes in a terminal."""

import pytest

from master.cli.qr_codes import draw


def squares(drawn, inverted):
    """Return what was drawn as rows of dark squares."""
    rows = []
    for line in drawn.splitlines():
        rows.append([(letter in "▀█") != inverted for letter in line])
        rows.append([(letter in "▄█") != inverted for letter in line])
    return rows


def test_it_is_square_quiet_at_its_edge_and_has_its_three_corners():
    rows = squares(draw("https://example.org/", colors=False), inverted=True)
    size = len(rows[0])
    assert len(rows) in (size, size + 1)
    assert not any(rows[0])
    assert not any(row[0] for row in rows)
    corner = [True] * 7
    assert rows[2][2:9] == corner
    assert rows[2][-9:-2] == corner
    assert [row[2] for row in rows[size - 9 : size - 2]] == corner


def test_with_colours_dark_is_dark_on_light():
    drawn = draw("x", colors=True)
    assert all(line.startswith("\x1b[30;107m") and line.endswith("\x1b[0m") for line in drawn.splitlines())
    plain = "\n".join(line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m") for line in drawn.splitlines())
    assert squares(plain, inverted=False) == squares(draw("x", colors=False), inverted=True)


def test_what_fits_into_none_is_said():
    with pytest.raises(ValueError, match="large"):
        draw("x" * 5000, colors=False)

"""Labels under bars: as many as fit, each beside the next."""

import itertools

import pytest
from pytestqt.qtbot import QtBot

from desktop.delegates.stacked_bars import APART, Bar, StackedBars
from desktop.dialogs.context import Context


def labels(context: Context, qtbot: QtBot, words: list[str], width: int) -> list[tuple[float, float, str]]:
    bars = StackedBars(context.theme, "Found")
    qtbot.addWidget(bars)
    bars.resize(width, 128)
    bars.set_bars([Bar(one, ((1, "accent", 1.0),), one) for one in words])
    return [(box.left(), box.right(), label) for box, label in bars.labels()]


@pytest.mark.parametrize("width", [150, 320, 747, 1900])
@pytest.mark.parametrize("label", ["{} Nov", "11月{}日", "{}"])
def test_labels_stand_beside_each_other_and_within(label: str, width: int, context: Context, qtbot: QtBot) -> None:
    words = [label.format(day) for day in range(1, 31)]
    found = labels(context, qtbot, words, width)
    assert found[0][2] == words[-1]
    assert all(left >= 0 and right <= width + 0.5 for left, right, _label in found)
    assert all(older[1] + APART <= newer[0] + 0.5 for newer, older in itertools.pairwise(found))
    assert len(found) >= min(len(words), width // 120)


def test_without_bars_there_is_no_label(context: Context, qtbot: QtBot) -> None:
    assert labels(context, qtbot, [], 300) == []

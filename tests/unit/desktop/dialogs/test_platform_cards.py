"""The grid of platforms by keyboard."""

import msgspec
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.platform_cards import PlatformCards
from tests.unit.desktop.dialogs.test_login_dialog import MANIFEST


def test_arrows_go_to_the_card_that_lies_there(context: Context, qtbot: QtBot) -> None:
    manifests = [msgspec.structs.replace(MANIFEST, id=name) for name in "abcde"]
    grid = PlatformCards(manifests, context.theme, context.wording)
    qtbot.addWidget(grid)
    grid.show()
    grid.focus_first()
    key, went = Qt.Key, []
    for pressed in (key.Key_Down, key.Key_Right, key.Key_Down, key.Key_Left, key.Key_Down, key.Key_Up, key.Key_Up):
        focused = grid.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, pressed)
        went.append(next(name for name, card in grid.cards.items() if card is grid.focusWidget()))
    assert went == ["c", "d", "d", "c", "e", "c", "a"], "nothing lies below the last but one"

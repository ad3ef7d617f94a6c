"""Tab goes in the order of making: what is put between others later takes its place by these."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def focusable(widget: QWidget) -> list[QWidget]:
    """Return what Tab stops at within ``widget`` (itself included), in the order of making."""
    window = widget.window()
    whole = [widget, *widget.findChildren(QWidget)]
    return [one for one in whole if _stops(one) and one.window() is window]


def tab_before(widget: QWidget, target: QWidget) -> None:
    """Have Tab go through ``widget`` right before ``target``."""
    stops, window = focusable(widget), widget.window()
    before = target.previousInFocusChain()
    while before is not None and before is not target:
        if before not in stops and _stops(before) and before.window() is window:
            break
        before = before.previousInFocusChain()
    for one in stops:
        if before is not None and before is not target:
            QWidget.setTabOrder(before, one)
        before = one


def _stops(widget: QWidget) -> bool:
    own = not widget.objectName().startswith("qt_")  # Qt's inside of a field stands for the field
    return own and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None

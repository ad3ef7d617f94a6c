"""What pages ask for reaches the window: no signal of a page is without an answer."""

from PySide6.QtCore import Signal

from desktop.dialogs.context import Context
from desktop.views.main_window import MainWindow
from desktop.views.page_links import answers_of
from desktop.views.page_table import PageTable

OWN = {"wanted"}
"""The overview's places, which have links of their own."""
ASKS = ("wanted", "notice", "offer")


def test_every_wish_of_a_page_has_an_answer(context: Context) -> None:
    window = MainWindow(context)
    answers = set(answers_of(window))
    asked = {
        f"{entry.name}.{one}": one in answers
        for entry in PageTable().entries()
        for one in dir(entry.make)
        if isinstance(getattr(entry.make, one), Signal) and one.endswith(ASKS) and one not in OWN
    }
    window.close_for_good()
    window.deleteLater()
    assert {name for name, answered in asked.items() if not answered} == set()
    assert len(asked) > 20, "signals are found by their names"

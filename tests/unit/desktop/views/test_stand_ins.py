"""What stands in for a view that asks the master: while it loads, when there is nothing, when it failed."""

from PySide6.QtWidgets import QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.loaded_views import LoadedView
from desktop.views.page_notices import Notice, Skeleton
from desktop.views.stand_ins import StandInView
from master.api.client import ApiError


class Figures(StandInView):
    """Counts how often it is loaded."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        QVBoxLayout(self.content).addWidget(QLabel("42"))
        self.loads = 0

    def reload(self) -> None:
        self.loads += 1


class Refused(LoadedView):
    """The master has no answer."""

    async def load(self) -> None:
        raise ApiError(503, "ERR", "Not now.")


def test_grey_rows_come_after_a_moment_and_go_with_the_answer(context: Context, qtbot: QtBot) -> None:
    view = Figures(context)
    qtbot.addWidget(view)
    view.show()
    view.loading()
    assert (view.shown_state, view.words, view.findChild(Skeleton)) == ("loading", "", None)
    qtbot.waitUntil(lambda: view.findChild(Skeleton) is not None)
    rows = view.findChild(Skeleton)
    assert isinstance(rows, Skeleton)
    qtbot.waitUntil(rows.isVisible)
    view.say("")
    assert (view.shown_state, rows.isVisible()) == ("content", False)


def test_what_nobody_sees_makes_nothing_that_stands_in(context: Context, qtbot: QtBot) -> None:
    view = Figures(context)
    qtbot.addWidget(view)
    view.loading()
    assert not view._grey_timer.isActive()
    assert (view.shown_state, view.findChildren(Notice), view.findChildren(Skeleton)) == ("loading", [], [])
    view.show()
    qtbot.waitUntil(lambda: bool(view.findChildren(Skeleton)))


def test_an_answer_that_comes_at_once_shows_no_grey_rows(context: Context, qtbot: QtBot) -> None:
    view = Figures(context)
    qtbot.addWidget(view)
    view.show()
    view.loading()
    assert view._grey_timer.isActive()
    view.say("There is none.")
    assert not view._grey_timer.isActive()


def test_nothing_has_a_next_step_and_a_failure_another_try(context: Context, qtbot: QtBot) -> None:
    view = Figures(context)
    qtbot.addWidget(view)
    view.fail("Not now.")
    assert (view.shown_state, view.words, view.notice.button.text()) == ("error", "Not now.", "Try again")
    view.notice.button.click()
    assert (view.loads, view.shown_state) == (1, "loading")
    made: list[str] = []
    view.say("There is none.", step=("Make one", lambda: made.append("one")))
    assert (view.shown_state, view.notice.button.text()) == ("empty", "Make one")
    view.notice.button.click()
    assert (made, view.loads) == (["one"], 1)
    view.say("There is none.")
    assert view.notice.button.text() == "Look again"
    view.notice.button.click()
    assert view.loads == 2


def test_a_refusal_of_the_master_is_a_failure(context: Context, qtbot: QtBot) -> None:
    view = Refused(context)
    qtbot.addWidget(view)
    view.show()
    assert (view.shown_state, view.words) == ("error", "Not now.")

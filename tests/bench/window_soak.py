"""A demo window that is used all the time: does its memory grow; what Qt warns of, the longest block of the GUI thread.

Every second something is done in the real window of a real master with two workers: pages are shown in turn, the first
row is chosen, what a page adds is opened and closed, a search is typed and cleared. Two tours of all pages are a round:
in the middle of each the colours change, at its end the language (not with ``--calm``). Memory is measured at the end
of every round, so always of the same picture.

What the window keeps up to a bound (:data:`BOUNDS`) would fill for hours; so the bounds are smaller here (not with
``--full``). The rounds until all of it is full, half of the run at least, are the warm-up; the trend of own memory
in those that follow is judged: ``flat``, ``grows``, or ``undecided`` where the run was too short. ``--minutes 30``.
"""

import argparse
import contextlib
import io
import os
import time
from pathlib import Path
from typing import Any, Final

from tests.bench.figures import report
from tests.bench.window_memory import Gaps, Meter, Sample, Trend, kept_events, trend

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog
from sqlalchemy import Engine, event

from desktop import app as desktop_app
from desktop.models import inbox
from desktop.options import DesktopOptions
from desktop.views import entry_lists
from desktop.views.main_window import MainWindow
from desktop.views.page import Page
from master.services import events

STEP_MS = 1000
TICK_MS = 5
TURNS: Final = 4
"""Things that are done on a page."""
FIRST_LANGUAGE, OTHER_LANGUAGE = "en", "zh_CN"
WARM_UP: Final = 0.5
"""Least part of the run."""
BOUNDS: Final = ((events, "KEPT", 300), (inbox, "PAGE", 50), (entry_lists, "MOST_ARRIVED", 50))
"""Where it stands, its name, and the smaller one: events that can be asked for again, rows of a page of a list, rows
that arrived above it."""
DATABASE_CACHE: Final = "PRAGMA cache_size = -100"
"""KB of pages that each of the master's five connections keeps, in place of 2,000."""
PICTURES_KB: Final = 1024
"""What Qt keeps of pictures that it drew, in place of 10 MB."""


class Driver(QObject):
    """Uses the window that is there, whichever it is: another language makes another one."""

    def __init__(self, app: QApplication, *, calm: bool = False) -> None:
        super().__init__(app)
        self._app, self._calm = app, calm
        self._meter = Meter()
        self.steps = 0
        self.samples: list[Sample] = []
        """One at the end of each round."""
        self.full_at: float | None = None
        """When all that fills up was full, in seconds since the start."""
        self.gaps = Gaps()
        self._begun = self._turn = time.monotonic()
        for interval, act in ((STEP_MS, self._step), (TICK_MS, self._tick)):
            timer = QTimer(self)
            timer.setInterval(interval)
            timer.timeout.connect(act)
            timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        self.gaps.add((now - self._turn) * 1000)
        self._turn = now

    def _window(self) -> MainWindow | None:
        shown = [one for one in self._app.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
        return shown[0] if shown else None

    def _step(self) -> None:
        window = self._window()
        if window is None:
            return
        for dialog in [one for one in self._app.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]:
            dialog.reject()
        names = [name for name in window.pages if name != "welcome"]
        tour = len(names) * TURNS
        place = self.steps % (2 * tour)
        name = names[place % tour // TURNS]
        self._use(window, name, window.pages[name], place % TURNS)
        if place == 2 * tour - 1:
            self._measure()
        if not self._calm:
            self._change(window, place, tour)
        self.steps += 1

    @staticmethod
    def _use(window: MainWindow, name: str, page: Page, turn: int) -> None:
        if turn == 0:
            window.show_page(name)
        elif turn == 1:
            for view in page.findChildren(QAbstractItemView):
                if view.isVisible() and view.model() is not None and view.model().rowCount():
                    view.setCurrentIndex(view.model().index(0, 0))
        elif turn == 2:
            page.add()
        elif page.search is not None:
            page.search.setText("" if page.search.text() else "a")

    @staticmethod
    def _change(window: MainWindow, place: int, tour: int) -> None:
        """In the middle of each tour the colours, at its end the language."""
        settings = window.context.settings
        first = place < tour
        if place % tour == tour // 2:
            settings.update(color_scheme="dark" if first else "light")
        if place % tour == tour - 1:
            settings.update(language=OTHER_LANGUAGE if first else FIRST_LANGUAGE)

    def _measure(self) -> None:
        at = time.monotonic() - self._begun
        self.samples.append(self._meter.sample(at, len(self._app.allWidgets())))
        if self.full_at is None and kept_events() >= events.KEPT:
            self.full_at = at
        self._turn = time.monotonic()  # what was measured here held nobody up


def judged(driver: Driver) -> list[Sample]:
    """Return the samples after the warm-up. Raises ``ValueError`` where they are too few."""
    if driver.full_at is None:
        raise ValueError(f"{events.KEPT} events did not come: let it run longer, without --full")
    begin = max(driver.full_at, driver.samples[-1].at * WARM_UP)
    return [sample for sample in driver.samples if sample.at >= begin]


def main() -> None:
    """Run the demo for the minutes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--calm", action="store_true", help="colours and language stay")
    parser.add_argument("--full", action="store_true", help="the bounds of the product: all is full after hours")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.full:
        _bound()
    report(_run(given), given.json)


def _run(given: argparse.Namespace) -> dict[str, Any]:
    warned: list[str] = []

    def heard(_kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        warned.append(words)

    drivers: list[Driver] = []
    make = desktop_app._make_application

    def made() -> QApplication:
        app = make()
        qInstallMessageHandler(heard)
        if not given.full:
            QPixmapCache.setCacheLimit(PICTURES_KB)
        drivers.append(Driver(app, calm=given.calm))
        return app

    desktop_app._make_application = made
    options = DesktopOptions(
        demo=True,
        profile=Path(),
        host="127.0.0.1",
        port=0,
        port_explicit=False,
        log_level=None,
        vault="memory",
        offscreen=True,
        seconds=given.minutes * 60,
    )
    with contextlib.redirect_stdout(io.StringIO()):  # what it tells the shell would stand between the figures
        code = desktop_app.run(options)
    (driver,) = drivers
    return _figures(driver, warned, code)


def _bound() -> None:
    """Let what fills up be full within minutes."""
    for module, name, small in BOUNDS:
        setattr(module, name, small)
    event.listen(Engine, "connect", lambda connection, _record: connection.execute(DATABASE_CACHE))


def _course(values: list[float]) -> dict[str, float]:
    course = {"first": values[0], "half": values[len(values) // 2], "last": values[-1], "max": max(values)}
    return {name: round(value, 1) for name, value in course.items()}


def _trend(samples: list[Sample], name: str) -> Trend | None:
    points = [(one.at, value) for one in samples if (value := getattr(one, name)) is not None]
    return trend(points) if points else None


def _words(found: Trend | None) -> str:
    return "not told here" if found is None else f"{found.slope:+.1f} ({found.least:+.1f} … {found.most:+.1f})"


def _figures(driver: Driver, warned: list[str], code: int) -> dict[str, Any]:
    samples = driver.samples
    figures: dict[str, Any] = {
        "exit code": code,
        "things done": driver.steps,
        "rounds": len(samples),
        "gaps of the GUI thread (ms)": driver.gaps.summary(),
        "what Qt warned of": sorted(set(warned)) or "nothing",
    }
    if samples:
        widgets = [one.widgets for one in samples]
        figures |= {
            "own memory of the desktop with its master (MB)": _course([one.own_mb for one in samples]),
            "resident set (MB)": _course([one.resident_mb for one in samples]),
            "widgets at the end of a round": f"{min(widgets)} to {max(widgets)}",
        }
    try:
        rounds = judged(driver)
        own = _trend(rounds, "own_mb")
    except ValueError as error:
        return figures | {"verdict": f"undecided: {error}"}
    blocks = _trend(rounds, "blocks")
    return figures | {
        "judged rounds, after a warm-up of (min)": f"{len(rounds)}, {rounds[0].at / 60:.1f}",
        "own memory (MB an hour, 95 %)": _words(own),
        "of it in use by C and C++ (MB an hour, 95 %)": _words(_trend(rounds, "heap_mb")),
        "blocks of Python in use (an hour, 95 %)": _words(blocks),
        "verdict": own.verdict if own is not None else "undecided",
    }


if __name__ == "__main__":
    main()

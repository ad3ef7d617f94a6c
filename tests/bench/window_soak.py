"""A demo window that is used all the time: its memory, what Qt warns of, the longest block of the GUI thread.

Every second something is done in the real window of a real master with two workers: pages are shown in turn, the first
row is chosen, what a page adds is opened and closed, a search is typed and cleared; every half minute the colours
change, every minute the language (not with ``--calm``). ``--minutes 30``; the slope is that of the later half, when
every cache has been filled. *Own* memory is the resident set without pages of files: those of a Chinese font alone come
and go by tens of megabytes, and the system takes them back when it needs room.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import report, summary

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog

from desktop import app as desktop_app
from desktop import compositions
from desktop.options import DesktopOptions
from desktop.views.main_window import MainWindow

STEP_MS = 1000
SAMPLE_STEPS = 10
TICK_MS = 5
LANGUAGES = ("en", "zh_CN")
SCHEMES = ("light", "dark")


class Driver(QObject):
    """Uses the window that is there, whichever it is: another language makes another one."""

    def __init__(self, app: QApplication, *, calm: bool = False) -> None:
        super().__init__(app)
        self._app, self._calm = app, calm
        self._process = psutil.Process()
        self.steps = 0
        self.samples: list[tuple[float, float]] = []
        """Seconds since the start, MB of its own."""
        self.resident: list[float] = []
        """MB with the pages of files."""
        self.gaps: list[float] = []
        self.widgets: list[int] = []
        self._begun = self._turn = time.monotonic()
        for interval, act in ((STEP_MS, self._step), (TICK_MS, self._tick)):
            timer = QTimer(self)
            timer.setInterval(interval)
            timer.timeout.connect(act)
            timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        self.gaps.append((now - self._turn) * 1000)
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
        name = names[self.steps // 4 % len(names)]
        page = window.pages[name]
        turn = self.steps % 4
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
        settings = window.context.settings
        if not self._calm and self.steps % 30 == 29:
            settings.update(color_scheme=SCHEMES[self.steps // 30 % 2])
        if not self._calm and self.steps % 60 == 59:
            settings.update(language=LANGUAGES[self.steps // 60 % 2])
        if self.steps % SAMPLE_STEPS == 0:
            memory = self._process.memory_info()
            self.samples.append((time.monotonic() - self._begun, (memory.rss - getattr(memory, "shared", 0)) / 1e6))
            self.resident.append(memory.rss / 1e6)
            self.widgets.append(len(self._app.allWidgets()))
        self.steps += 1


def slope(samples: list[tuple[float, float]]) -> float:
    """Return the least-squares slope in MB an hour."""
    mean_at = sum(at for at, _ in samples) / len(samples)
    mean = sum(value for _, value in samples) / len(samples)
    over = sum((at - mean_at) * (value - mean) for at, value in samples)
    under = sum((at - mean_at) ** 2 for at, _ in samples)
    return over / under * 3600 if under else 0.0


def main() -> None:
    """Run the demo for the minutes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--calm", action="store_true", help="colours and language stay")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    warned: list[str] = []

    def heard(_kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        warned.append(words)

    drivers: list[Driver] = []
    make = desktop_app._make_application

    def made() -> QApplication:
        app = make()
        qInstallMessageHandler(heard)
        drivers.append(Driver(app, calm=given.calm))
        return app

    desktop_app._make_application = made
    compositions.say = lambda _line: None
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
    code = desktop_app.run(options)
    (driver,) = drivers
    report(_figures(driver, warned, code), given.json)


def _course(values: list[float]) -> dict[str, float]:
    course = {"first": values[0], "half": values[len(values) // 2], "last": values[-1], "max": max(values)}
    return {name: round(value, 1) for name, value in course.items()}


def _figures(driver: Driver, warned: list[str], code: int) -> dict[str, Any]:
    half = driver.samples[len(driver.samples) // 2 :]
    return {
        "exit code": code,
        "things done": driver.steps,
        "own memory of the desktop with its master (MB)": _course([value for _, value in driver.samples]),
        "resident set (MB)": _course(driver.resident),
        "slope of its own in the later half (MB an hour)": round(slope(half), 1),
        "widgets at half, at the end": (driver.widgets[len(driver.widgets) // 2], driver.widgets[-1]),
        "gaps of the GUI thread (ms)": summary(driver.gaps),
        "what Qt warned of": sorted(set(warned)) or "nothing",
    }


if __name__ == "__main__":
    main()

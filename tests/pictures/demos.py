"""The README's pictures: the real demo, with a real master and real workers, as a person finds it after a while."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import cast
from unittest.mock import patch

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop import app as desktop_app
from desktop import compositions
from desktop.options import DesktopOptions
from desktop.settings import SettingsHolder
from desktop.views.main_window import MainWindow
from tests.pictures.parts import ENVIRONMENT

PICTURES = {
    "en-light": ("overview", "inbox", "accounts"),
    "en-dark": ("overview", "workers"),
    "zh_CN-light": ("accounts", "inbox"),
}
"""What each demo is asked for, by language and scheme."""
STEP_MS = 700
"""Between showing a page and taking its picture."""


def make_all(folder: Path, seconds: float) -> int:
    """Run a demo for each look at once; write ``<page>-<scheme>[-zh].png``. Return 0 when all came about."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "TZ": ENVIRONMENT["TZ"]}
    command = [sys.executable, "-m", "tests.pictures.demos", str(folder), str(seconds)]
    demos = [
        subprocess.Popen(
            [*command, part], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for part in PICTURES
    ]
    for demo in demos:
        _out, complaints = demo.communicate(timeout=seconds + 120)
        if demo.returncode:
            print(complaints, file=sys.stderr)
    return 1 if any(demo.returncode for demo in demos) else 0


def file_name(page: str, part: str) -> str:
    """Return the name of a picture."""
    language, scheme = part.rsplit("-", 1)
    return f"{page}-{scheme}{'' if language == 'en' else '-zh'}.png"


class Photographer(QObject):
    """Waits until the demo has something to show, then takes one page after the other."""

    def __init__(self, app: QApplication, folder: Path, part: str, seconds: float) -> None:
        super().__init__(app)
        self._app, self._folder, self._part = app, folder, part
        self._left = list(PICTURES[part])
        self._until = time.monotonic() + seconds
        self._shown = ""
        self.taken: list[str] = []
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._on_step)
        self._timer.start()

    def _on_step(self) -> None:
        found = [one for one in self._app.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
        if not found:
            return
        window = found[0]
        if (window.width(), window.height()) != (1180, 740):
            window.resize(1180, 740)  # the offscreen display is smaller
            return
        if time.monotonic() < self._until or not self._left:
            return
        for toast in window.toasts.toasts:
            toast.leave()
        page = self._left[0]
        if self._shown != page:
            self._show(window, page)
            self._shown = page
            return
        window.grab().save(str(self._folder / file_name(page, self._part)))
        self.taken.append(self._left.pop(0))
        if not self._left:
            window.quit_requested.emit()

    def _show(self, window: MainWindow, page: str) -> None:
        models = window.context.models
        newest = models.items.at(0)
        if page == "inbox" and newest is not None:
            window.open_item(newest.id)
        elif page == "accounts":
            window.open_account(min(models.accounts.values(), key=lambda one: one.name).id)
        else:
            window.show_page(page)


def run(folder: Path, seconds: float, part: str) -> int:
    """Run one demo and take its pictures."""
    language, scheme = part.rsplit("-", 1)
    photographers: list[Photographer] = []
    make, hold = desktop_app._make_application, SettingsHolder.__init__

    def made() -> QApplication:
        app = make()
        photographers.append(Photographer(app, folder, part, seconds))
        return app

    def held(self: SettingsHolder, *arguments: Path | None) -> None:
        hold(self, *arguments)
        self.update(language=language, color_scheme=scheme)

    options = DesktopOptions(
        demo=True, profile=Path(), host="127.0.0.1", port=0, port_explicit=False, log_level=None, vault="memory",
        offscreen=True, seconds=seconds + 60,
    )  # fmt: skip
    with (
        patch.object(desktop_app, "_make_application", made),
        patch.object(SettingsHolder, "__init__", held),
        patch.object(compositions, "say", lambda _line: None),
    ):
        code = desktop_app.run(options)
    return code or (0 if photographers and photographers[0].taken == list(PICTURES[part]) else 1)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), float(sys.argv[2]), cast("str", sys.argv[3])))

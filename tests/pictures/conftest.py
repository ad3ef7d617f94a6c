"""A stage for tests in this process; what it changes in the application is put back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from tests.pictures.scenes import Stage, speaking
from tests.pictures.worlds import still

MakeStage = Callable[..., Stage]


@contextmanager
def staged(qapp: QApplication) -> Iterator[MakeStage]:
    """Make stages; the last one closes first."""
    font, palette, sheet = QFont(qapp.font()), qapp.palette(), qapp.styleSheet()
    flash = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    made: list[Stage] = []
    with still():
        try:

            def make(language: str = "en", mode: str = "light", size: tuple[int, int] = (1180, 740)) -> Stage:
                made.append(Stage(qapp, language, mode, size))
                return made[-1]

            yield make
        finally:
            for stage in reversed(made):
                stage.close()
            qapp.setStyleSheet(sheet)
            qapp.setPalette(palette)
            qapp.setFont(font)
            qapp.setCursorFlashTime(flash)


@pytest.fixture(scope="module")
def english(qapp: QApplication) -> Iterator[Stage]:
    """A window on the fixed world, in English."""
    with speaking(qapp, "en"), staged(qapp) as make:
        yield make()

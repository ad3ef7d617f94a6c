"""A start that failed, told on the screen: whoever double-clicked an icon sees no shell."""

import asyncio

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop.words import Wording, choose_language, install_translators
from worker.protocol.texts import Text


def make_box(said: str) -> QMessageBox:
    """Return the message: that Watchkeeper did not start, why, and what to do."""
    translate = QCoreApplication.translate
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle("Watchkeeper")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("FailedStart", "Watchkeeper could not start"))
    advice = translate("FailedStart", "Put this right, then start Watchkeeper again.")
    box.setInformativeText(f"{said}\n\n{advice}")
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    return box


async def show_failure(app: QApplication, why: Text, stop: asyncio.Event, *, offscreen: bool) -> None:
    """Show why the start failed until it is closed or ``stop`` is set; without a screen the shell alone is told.

    Closing it sets ``stop``.
    """
    if offscreen or QGuiApplication.platformName() == "offscreen":
        return
    language = choose_language("system")
    translators = install_translators(app, language)
    box = make_box(Wording(language).say(why))
    box.finished.connect(lambda _result: stop.set())
    box.open()
    try:
        await stop.wait()
    finally:
        box.close()
        box.deleteLater()
        for translator in translators:
            app.removeTranslator(translator)

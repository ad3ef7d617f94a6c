"""The command palette with 10,000 accounts: milliseconds until it is painted, and for each key that is typed.

Processor time of the GUI thread, so that what else the machine does is not in it.
"""

import asyncio
import os
import time
from typing import Any

from tests.bench.figures import arguments, report, summary

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from desktop.views.main_window import MainWindow
from tests.unit.desktop.fakes import load, make_account, make_context

ACCOUNTS = 10_000
TYPED = ("mailbox 99", "nw", "天气", "pause", "zzzz", "northwind 123", "pause mailbox 12", "暂停天气", "restart local")
WORDS = ("mailbox", "feed", "天气", "forum")


def main() -> None:
    given = arguments(__doc__ or "", runs=1)
    report(asyncio.run(_measure(QApplication(["bench"]))), given.json)


async def _measure(app: QApplication) -> dict[str, Any]:
    context = make_context(app)
    context.theme.apply()
    await load(context)
    context.models.accounts.replace_all(
        [make_account(f"x{number}", name=f"{WORDS[number % 4]} {number} of northwind") for number in range(ACCOUNTS)]
    )
    window = MainWindow(context)
    window.show()
    app.processEvents()
    opened: list[float] = []
    typed: list[float] = []
    for text in TYPED:
        began = time.thread_time()
        window.commands.open_palette()
        palette = window.commands.palette
        assert palette is not None
        palette.repaint()
        opened.append(1000 * (time.thread_time() - began))
        app.processEvents()
        for letter in text:
            began = time.thread_time()
            palette.field.insert(letter)
            palette.list.viewport().repaint()
            typed.append(1000 * (time.thread_time() - began))
        palette.reject()
        app.processEvents()
    window.close_for_good()
    context.models.close()
    return {"opened_ms": summary(opened), "key_ms": summary(typed)}


if __name__ == "__main__":
    main()

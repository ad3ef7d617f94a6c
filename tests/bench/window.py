"""The GUI thread's longest block (ms): 10,000 accounts in the open window, 300 account updates a second; then the
inbox with 100,000 loaded items, 50 new ones a second, pages of 200 and texts of 64 KiB that are gone through.

A timer that wants to fire every millisecond records the gaps between its turns; the baseline is the same window
without updates.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from typing import Any

from tests.bench.figures import arguments, report, summary

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.views.main_window import MainWindow
from master.api.events import Checking, Event
from master.api.schema import Beat
from tests.unit.desktop.fakes import load, make_account, make_context, make_item

ACCOUNTS = 10_000
UPDATES_PER_SECOND = 300
HISTORY = 100_000
ITEMS_PER_SECOND = 50
PAGE = 200
TEXTS = ("short", "line\n" * 200, "word and more " * 4681, "天气" * 32_768, "x" * 65_536)
SECONDS = 10.0
TICK = 0.01


def main() -> None:
    given = arguments(__doc__ or "", runs=1)
    app = QApplication(["bench"])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        report(runner.run(_measure(app)), given.json)


async def _measure(app: QApplication) -> dict[str, Any]:
    context = make_context(app)
    context.theme.apply()
    window = MainWindow(context)
    await load(context)
    began = time.perf_counter()
    context.models.accounts.replace_all([make_account(f"account-{number:05}") for number in range(ACCOUNTS)])
    window.show_page("accounts")
    window.resize(1180, 740)
    window.show()
    shown = (time.perf_counter() - began) * 1000
    await asyncio.sleep(1)
    idle = await _gaps(context, 0)
    busy = await _gaps(context, UPDATES_PER_SECOND)
    window.show_page("inbox")
    rows = [make_item(number, text=TEXTS[number % len(TEXTS)]) for number in range(HISTORY, 0, -1)]
    began = time.perf_counter()
    context.models.items.replace_all(rows[:PAGE], "c")
    first = (time.perf_counter() - began) * 1000
    for start in range(PAGE, HISTORY, PAGE):
        context.models.items.append_page(rows[start : start + PAGE], "c")
    await asyncio.sleep(1)
    read = await _gaps(context, ITEMS_PER_SECOND, _InboxLife(context, window))
    window.close_for_good()
    context.models.close()
    return {
        "10,000 accounts loaded and shown (ms)": round(shown, 1),
        "baseline: gaps without updates (ms)": summary(idle),
        f"gaps at {UPDATES_PER_SECOND} updates/s (ms)": summary(busy),
        "first page of the inbox taken in (ms)": round(first, 1),
        f"gaps in the inbox: {HISTORY:,} items, {ITEMS_PER_SECOND} new/s (ms)": summary(read),
    }


class _InboxLife:
    """Items arrive; the person scrolls, reads one after the other, and pages come."""

    def __init__(self, context: Any, window: MainWindow) -> None:
        self._context, self._number = context, HISTORY
        self._list = window.pages["inbox"].list  # type: ignore[attr-defined]

    def __call__(self, context: Any, chance: random.Random) -> None:
        self._number += 1
        text, now = TEXTS[chance.randrange(len(TEXTS))], time.time_ns() // 1_000_000
        item = make_item(self._number, text=text, detected_at=now)
        context.bridge.event_arrived.emit(Event(stream="bench", seq=0, type="item.detected", data=item))
        if self._number % 5 == 0:
            self._list.step(1)
        if self._number % 25 == 0:
            self._list.verticalScrollBar().setValue(chance.randrange(self._list.verticalScrollBar().maximum()))
            older = [make_item(-self._number * PAGE - number) for number in range(PAGE)]
            context.models.items.append_page(older, "c")


async def _gaps(context: Any, rate: int, act: Callable[[Any, random.Random], None] | None = None) -> list[float]:
    gaps: list[float] = []
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(tick)
    timer.start()
    chance = random.Random(7)
    end = time.perf_counter() + SECONDS
    sent = 0.0
    while time.perf_counter() < end:
        sent += rate * TICK
        while sent >= 1:
            sent -= 1
            (act or _update)(context, chance)
        await asyncio.sleep(TICK)
    timer.stop()
    return gaps


def _update(context: Any, chance: random.Random) -> None:
    now = time.time_ns() // 1_000_000
    data = Checking(
        account_id=f"account-{chance.randrange(ACCOUNTS):05}",
        checking=chance.random() < 0.5,
        last_checked_at=now,
        last_ok_at=now,
        next_check_at=now + 30_000,
        checks_ok=1,
        checks_total=1,
        beat=Beat(now, 12, "ok"),
    )
    context.bridge.event_arrived.emit(Event(stream="bench", seq=0, type="checking", data=data))


if __name__ == "__main__":
    main()

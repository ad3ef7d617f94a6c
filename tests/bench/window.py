"""The GUI thread's longest block (ms): 10,000 accounts in the open window, 300 account updates a second.

A timer that wants to fire every millisecond records the gaps between its turns; the baseline is the same window
without updates.
"""

import asyncio
import os
import random
import time
from typing import Any

from tests.bench.figures import arguments, report, summary

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.views.main_window import MainWindow
from master.api.events import Checking, Event
from master.api.schema import Beat
from tests.unit.desktop.fakes import load, make_account, make_context

ACCOUNTS = 10_000
UPDATES_PER_SECOND = 300
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
    window.close_for_good()
    context.models.close()
    return {
        "10,000 accounts loaded and shown (ms)": round(shown, 1),
        "baseline: gaps without updates (ms)": summary(idle),
        f"gaps at {UPDATES_PER_SECOND} updates/s (ms)": summary(busy),
    }


async def _gaps(context: Any, rate: int) -> list[float]:
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
            _update(context, chance)
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

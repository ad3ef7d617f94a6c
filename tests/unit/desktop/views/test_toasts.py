"""Messages in the corner: however many come, the window lives."""

import os
import subprocess
import sys

FLOOD = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from desktop.theme import Theme
from desktop.views.toasts import MOST, ToastArea

app = QApplication([])
window = QWidget()
window.resize(800, 600)
area = ToastArea(Theme(app), window)
window.show()
rounds = 0

def more():
    global rounds
    for number in range(10):
        area.add(f"{rounds} {number}", action=("Open", lambda: None))
    assert len(area.toasts) == MOST
    rounds += 1
    QTimer.singleShot(10, more if rounds < 40 else app.quit)

QTimer.singleShot(0, more)
app.exec()
print(rounds)
"""


def test_a_flood_of_messages_is_no_end_of_the_process() -> None:
    # A process of its own: the fault that this looks for is no exception.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", FLOOD], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "40"), done.stderr

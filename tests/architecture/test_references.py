"""The pinned PySide6 keeps the references of None and True: some releases drop one in every emit, until the abort."""

import subprocess
import sys

PROBE = """
import sys
from PySide6.QtCore import QObject, Signal

class Source(QObject):
    told = Signal(bool)

source = Source()
seen = []
source.told.connect(seen.append)
source.setObjectName("warm")
source.told.emit(True)
del seen[:]
before = sys.getrefcount(None), sys.getrefcount(True)
for _ in range(2000):
    source.told.emit(True)
    source.setObjectName("name")
del seen[:]
after = sys.getrefcount(None), sys.getrefcount(True)
print(*(b - a for a, b in zip(before, after)))
"""


def test_two_thousand_emits_lose_no_reference():
    # In a process of its own: where the fault is, it ends in an abort.
    result = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    lost = [abs(int(difference)) for difference in result.stdout.split()]
    assert max(lost) < 100, "references of None, True: " + result.stdout

"""Idle memory (RSS, MB): headless master, its workers, the desktop; beside a bare interpreter."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import arguments, report, throw_away_profile

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    given = arguments(__doc__ or "", runs=1)
    figures: dict[str, Any] = {"baseline: bare python": _bare()}
    with throw_away_profile() as profile:
        command = [sys.executable, "-m", "master", "serve", "--port", "0", "--profile", str(profile)]
        figures |= _measure(command, "headless master", {})
    command = [sys.executable, "-m", "desktop", "demo", "--offscreen", "--seconds", "60"]
    figures |= _measure(command, "desktop (demo, offscreen)", {"QT_QPA_PLATFORM": "offscreen"})
    report(figures, given.json)


def _bare() -> float:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    time.sleep(0.5)
    size = psutil.Process(process.pid).memory_info().rss / 1e6
    process.communicate(b"\n", timeout=5)
    return round(size, 1)


def _measure(command: list[str], name: str, environment: dict[str, str]) -> dict[str, Any]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        root = psutil.Process(process.pid)
        deadline = time.monotonic() + 20
        while len(root.children()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(8)
        return {
            name: round(root.memory_info().rss / 1e6, 1),
            f"workers of the {name}": {
                str(child.pid): round(child.memory_info().rss / 1e6, 1) for child in root.children()
            },
        }
    finally:
        process.terminate()
        process.wait(15)


if __name__ == "__main__":
    main()

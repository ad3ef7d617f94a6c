"""Every page and every dialog fits: a screen of 1024 × 600, and one of 1080 lines at 125, 150 and 200 %."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]
PANEL = 30
"""Pixels that the system's own panel takes."""
FRAME = 38


async def look(folder: Path, width: int, height: int, scale: str) -> dict[str, Any]:
    """Show everything in a process of its own: Qt reads screens and scale once."""
    usable = {"name": "own", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    config = folder / f"screens-{width}-{scale}.json"
    config.write_text(json.dumps({"screens": [usable | {"logicalBaseDpi": 96}]}))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.helpers.small_screens", cwd=ROOT, stdout=PIPE, stderr=PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}", "QT_SCALE_FACTOR": scale},
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()[-2000:]
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


SCREENS = ((1024, 600, "1"), (1920, 1080, "1.25"), (1920, 1080, "1.5"), (1920, 1080, "2"))


@pytest.mark.timeout(600)  # every page in four processes
async def test_everything_fits_or_scrolls(tmp_path: Path) -> None:
    usable = [(width, height - PANEL - FRAME, scale) for width, height, scale in SCREENS]
    found = await asyncio.gather(*(look(tmp_path, *one) for one in usable))
    assert [one["ratio"] for one in found] == [float(scale) for _, _, scale in SCREENS]
    assert {one["screen"]: one["faults"] for one in found} == {one["screen"]: [] for one in found}

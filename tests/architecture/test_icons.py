"""Icons come from one set, by one tool."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_icon_is_what_the_set_gives() -> None:
    result = subprocess.run(
        [sys.executable, "packaging/make_icons.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr

"""ruff has nothing to say, and would say it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT


def _run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=580,
    )


def test_ruff_is_content():
    result = _run("ruff", "check", "--quiet", "--output-format", "concise", ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_file_is_formatted():
    result = _run("ruff", "format", "--check", "--quiet", "--output-format", "concise", ".")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("master/services/a.py", "import time\n\ntime.sleep(1)\n", "TID251"),
        ("master/services/a.py", "import subprocess\n\nsubprocess.run([])\n", "TID251"),
        ("worker/runtime/a.py", "import asyncio\n\nasyncio.create_task(x())\n", "TID251"),
        ("worker/runtime/a.py", "try:\n    x()\nexcept Exception:\n    y()\n", "BLE001"),
        ("desktop/views/a.py", "print(1)\n", "T201"),
    ],
)
def test_ruff_finds_what_is_planted(tmp_path, path, line, rule):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(line)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    result = _run("ruff", "check", "--no-cache", "--output-format", "concise", ".", folder=tmp_path)
    assert f"{path.replace('/', os.sep)}:" in result.stdout
    assert f" {rule} " in result.stdout

"""mypy, strict and without relaxations, has nothing to say about our packages, and would say it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.rules import PACKAGES, ROOT

pytestmark = pytest.mark.timeout(600)  # the first run without a cache reads Qt's and SQLAlchemy's types


def _mypy(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--no-color-output", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=580,
    )


def test_mypy_is_content():
    result = _mypy(folder=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ours_have_no_relaxation():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    assert {*PACKAGES, "resources", "makers"} == set(settings["packages"])
    modules = [module for override in settings["overrides"] for module in override["module"]]
    assert not [module for module in modules if module.split(".")[0] in (*PACKAGES, "resources", "makers", "*")]


def test_mypy_finds_what_is_planted(tmp_path):
    (tmp_path / "planted.py").write_text("def f(x):\n    return x\n\n\ny: int = 'text'\n")
    (tmp_path / "pyproject.toml").write_text("[tool.mypy]\nstrict = true\n")
    result = _mypy("--cache-dir", str(tmp_path / "cache"), "planted.py", folder=tmp_path)
    assert "[no-untyped-def]" in result.stdout
    assert "[assignment]" in result.stdout

"""What is left out of the keeper of jobs on Windows is nothing that its start needs."""

import runpy
import sys

import pytest

from tests.architecture.rules import ROOT

STARTS_WITH = (
    "multiprocessing",
    "inspect",
    "zipfile",
    "pathlib",
    "urllib",
    "ipaddress",
    "fnmatch",
    "socket",
    "tempfile",
)
"""Its pipe, and what the builder runs at a start that has ``inspect``: that reads archives by paths."""


def test_windows_keeps_what_the_start_of_a_keeper_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    excluded = runpy.run_path(str(ROOT / "packaging" / "makers" / "specs.py"))["EXCLUDED_FROM_KEEPER"]
    assert not set(STARTS_WITH) & set(excluded)
    assert "asyncio" in excluded

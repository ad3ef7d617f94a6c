"""Programs by name or place, and which may be executed."""

import sys
from pathlib import Path

from worker.sdk.programs import permitted, place_of

PYTHON = str(Path(sys.executable).resolve())


def test_a_program_may_be_named_or_placed(monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    name = Path(sys.executable).name
    assert place_of(name) == place_of(sys.executable) == PYTHON
    assert permitted(name, [sys.executable]) == permitted(sys.executable, [name]) == PYTHON


def test_what_is_not_among_them_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(sys.executable).parent)
    for name in (f"./{Path(sys.executable).name}", "nowhere", "", "a\x00b", str(tmp_path)):
        assert permitted(name, [sys.executable]) is None
    assert permitted(sys.executable, []) is None

import gc
import subprocess
import sys

import pytest

import desktop.app
from desktop import checks
from desktop.__main__ import launch

GIVEN = {"profile": None, "host": "127.0.0.1", "port": 0, "port_explicit": False, "log_level": None, "vault": "memory"}


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(checks, "display_problem", lambda: None)
    monkeypatch.setattr(checks, "library_problem", lambda: None)
    yield
    gc.unfreeze()


def test_what_was_imported_is_no_longer_looked_through(monkeypatch):
    seen = []
    monkeypatch.setattr(desktop.app, "run", lambda options: seen.append((gc.isenabled(), gc.get_freeze_count())) or 0)
    assert launch(command="demo", **GIVEN) == 0
    [(collects, frozen)] = seen
    assert collects
    assert frozen > 10_000


def test_garbage_is_looked_for_again_after_an_import_that_failed(monkeypatch):
    monkeypatch.setitem(sys.modules, "desktop.app", None)
    with pytest.raises(ImportError):
        launch(command="demo", **GIVEN)
    assert gc.isenabled()


def test_what_shows_notices_is_not_loaded_before_there_is_one():
    code = "import sys, desktop.app\nprint(sorted({'desktop_notifier', 'dbus_fast', 'rubicon'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"

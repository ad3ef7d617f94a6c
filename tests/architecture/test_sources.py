"""The rules over the syntax tree hold, and each finds what is planted."""

import pytest

from tests.architecture import sources
from tests.architecture.rules import ROOT

RULES = [
    sources.third_party,
    sources.tests_imported,
    sources.servers,
    sources.tasks,
    sources.broad_excepts,
    sources.stale_guards,
    sources.long_files,
    sources.long_functions,
    sources.filled_inits,
]

GUARD = "try:\n    x()\nexcept {}:\n    {}\n"
GUARDED = "def _run():\n    try:\n        x()\n    except Exception:\n        pass\n"
LONG = "def f():\n" + "    x = 1\n" * 50
PLANTED = [
    (sources.third_party, "master/services/a.py", "import sqlalchemy.orm"),
    (sources.third_party, "worker/runtime/a.py", "from PySide6.QtCore import QObject"),
    (sources.third_party, "master/a.py", "def f():\n    import keyring"),
    (sources.third_party, "worker/platforms/imap/a.py", "import feedparser"),
    (sources.third_party, "desktop/a.py", "import aiohttp"),
    (sources.third_party, "worker/a.py", "import unheard_of"),
    (sources.tests_imported, "worker/a.py", "from tests.helpers import ports"),
    (sources.servers, "master/services/a.py", "from aiohttp import web"),
    (sources.servers, "master/services/a.py", "import aiohttp.web"),
    (sources.servers, "master/services/a.py", "from aiohttp.web import Response"),
    (sources.servers, "worker/runtime/a.py", "import aiohttp\naiohttp.web.Response()"),
    (sources.servers, "worker/runtime/a.py", "import socketio\nsocketio.AsyncServer()"),
    (sources.servers, "worker/runtime/a.py", "from socketio import AsyncServer"),
    (sources.tasks, "master/a.py", "loop.create_task(x())"),
    (sources.tasks, "master/a.py", "from asyncio import create_task\ncreate_task(x())"),
    (sources.tasks, "desktop/views/a.py", "asyncio.ensure_future(x())"),
    (sources.broad_excepts, "master/a.py", GUARD.format("Exception", "pass")),
    (sources.broad_excepts, "master/a.py", GUARD.format("(ValueError, BaseException) as e", "print(e)")),
    (sources.broad_excepts, "master/vault/threads.py", GUARD.format("Exception", "pass")),
    (sources.long_files, "master/a.py", "x = 1\n" * 501),
    (sources.long_functions, "tests/test_a.py", LONG),
    (sources.long_functions, "master/a.py", "class A:\n" + "".join(f"    {line}\n" for line in LONG.splitlines())),
    (sources.filled_inits, "master/rest/__init__.py", "x = 1"),
    (sources.filled_inits, "packaging/__init__.py", ""),
]
INNOCENT = [
    (sources.third_party, "master/store/a.py", "import sqlalchemy.orm, os\nfrom . import b\nimport master.api"),
    (sources.servers, "master/rest/a.py", "from aiohttp import web"),
    (sources.servers, "worker/runtime/a.py", "import aiohttp, socketio\nsocketio.AsyncClient()"),
    (sources.tasks, "worker/runtime/tasks.py", "loop.create_task(x())"),
    (sources.broad_excepts, "master/a.py", GUARD.format("BaseException", "raise")),
    (sources.broad_excepts, "master/a.py", GUARD.format("OSError", "pass")),
    (sources.broad_excepts, "master/vault/threads.py", GUARDED),
    (sources.long_functions, "master/a.py", LONG.removesuffix("    x = 1\n")),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule):
    assert rule(ROOT) == []


def _plant(root, path, text):
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text)


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_the_rule_finds_what_is_planted(tmp_path, rule, path, text):
    _plant(tmp_path, path, text)
    assert [fault for fault in rule(tmp_path) if fault.startswith(path)]


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENT)
def test_the_rule_lets_pass_what_is_allowed(tmp_path, rule, path, text):
    _plant(tmp_path, path, text)
    assert rule(tmp_path) == []


def test_a_guard_that_is_none_any_more_is_found(tmp_path):
    _plant(tmp_path, "master/vault/threads.py", "def _run():\n    pass")
    assert "master/vault/threads.py _run" in sources.stale_guards(tmp_path)

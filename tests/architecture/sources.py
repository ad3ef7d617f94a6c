"""Rules that need the syntax tree: each takes a root folder and returns the faults that it finds there."""

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules import PACKAGES

OURS = (*PACKAGES, "resources", "tests")
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50

_ENGINE = ("master", "worker")
THIRD_PARTY: dict[str, tuple[str, ...]] = {
    "PySide6": ("desktop",),
    "shiboken6": ("desktop",),
    "qasync": ("desktop",),
    "rubicon": ("desktop/integration/login_items.py",),
    "desktop_notifier": ("desktop/integration/system_notices.py",),
    "sqlalchemy": ("master/store",),
    "alembic": ("master/store",),
    "keyring": ("master/vault",),
    "secretstorage": ("master/vault",),
    "cryptography": ("master/vault",),
    "asyncssh": ("master/deploy",),
    "docker": ("master/deploy", "worker/runners/docker"),
    "aiodocker": ("master/deploy", "worker/runners/docker"),
    "kubernetes": ("master/deploy",),
    "aiohttp": _ENGINE,
    "socketio": _ENGINE,
    "engineio": _ENGINE,
    "psutil": _ENGINE,
    "msgspec": (*_ENGINE, "desktop"),  # the window's own settings, and the structs of master.api
    "click": ("master/cli",),
    "platformdirs": ("master/cli",),
    "segno": ("desktop", "master/cli"),
    "prometheus_client": ("master/services/expositions.py",),
    "jeepney": ("master/services/powers.py",),
    "cronsim": ("master/services/crons.py",),
    "cron_descriptor": ("master/services/crons.py",),
    "feedparser": ("worker/platforms/feed",),
    "imapclient": ("worker/platforms/imap",),
    "slixmpp": ("worker/platforms/xmpp",),
    "aiodns": ("worker/platforms/imap", "worker/platforms/xmpp"),
    "selectolax": ("worker/platforms/webpage",),
    "telethon": ("worker/platforms/telegram",),
    "pyasn1": ("worker/platforms/telegram",),
    "regex": ("worker/platforms/webpage", "master/services/rule_matches.py"),
    "jsonpath": ("worker/runners/http", "worker/platforms/json"),
}
"""Where each third-party package may be imported."""

SERVERS = ("master/app.py", "master/rest", "master/sockets")
"""Where ``aiohttp.web`` and ``socketio.AsyncServer`` may be used."""

GUARDS = {
    ("desktop/integration/faults.py", "FaultGuard.on_exception"),
    ("desktop/integration/system_notices.py", "SystemNotices._bounded"),
    ("desktop/views/boundary.py", "guard"),
    ("master/app.py", "Master._recover"),
    ("master/app.py", "Master._tick"),
    ("master/checks/selftest.py", "SelfTest._step"),
    ("master/api/live.py", "Live._show"),
    ("master/rest/middlewares.py", "Gate.pass_on"),
    ("master/sockets/listeners.py", "ListenerNamespace.on_message"),
    ("master/services/backups.py", "BackupService.watch"),
    ("master/services/digests.py", "DigestService.watch"),
    ("master/services/events.py", "Publisher.publish"),
    ("master/services/janitor.py", "Janitor.watch"),
    ("master/services/placements.py", "Placements.run"),
    ("master/services/rebalances.py", "Rebalancer.watch"),
    ("master/services/scaling.py", "Scaler.watch"),
    ("master/services/schedule_runs.py", "ScheduleRunner._attend"),
    ("master/services/schedule_runs.py", "ScheduleRunner.watch"),
    ("master/services/stalls.py", "StallWatch.run"),
    ("master/services/vault_watches.py", "VaultWatch.run"),
    ("master/sockets/worker_namespace.py", "WorkerNamespace.on_message"),
    ("master/store/engine.py", "_attempt"),
    ("master/deploy/local.py", "LocalHandle._bound"),
    ("master/supervision/processes.py", "WorkerProcess._ask"),
    ("master/supervision/processes.py", "WorkerProcess._make"),
    ("master/supervision/processes.py", "WorkerProcess._watch"),
    ("master/vault/threads.py", "_run"),
    ("worker/runners/http/runner.py", "Runner.execute"),
    ("worker/runtime/adapters.py", "close"),
    ("worker/runtime/credentials.py", "_caught"),
    ("worker/runtime/heartbeat.py", "Heart.beat"),
    ("worker/runtime/jobs.py", "Jobs._look_after"),
    ("worker/runtime/link.py", "Link._on_message"),
    ("worker/runtime/logs.py", "LogShipper.run"),
    ("worker/runtime/outbox.py", "Outbox._drain"),
    ("worker/runtime/registry.py", "_read"),
    ("worker/runtime/runner_leftovers.py", "clean_up"),
    ("worker/runtime/runner_processes.py", "_execute"),
    ("worker/runtime/session.py", "Session._run"),
    ("worker/runtime/threads.py", "_settle"),
    ("worker/runtime/watches.py", "guarded"),
}
"""The functions that may catch every exception: plug-in calls, handlers, middleware, ticks, the window's boundary."""


def python_files(root: Path, folders: tuple[str, ...] = OURS) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path below ``root`` and the tree of every Python file of ours."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root).as_posix(), _tree(path, path.stat().st_mtime_ns)


@functools.cache
def _tree(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def nodes(tree: ast.Module) -> list[ast.AST]:
    """Return all nodes of a tree; ten rules want them."""
    return list(ast.walk(tree))


def forget() -> None:
    """Let the trees go: they are large."""
    _tree.cache_clear()
    nodes.cache_clear()


def _stands_in(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def third_party(root: Path) -> list[str]:
    """Third-party packages are imported only where the table says; an unknown one nowhere."""
    faults = []
    for path, tree in python_files(root, (*PACKAGES, "resources")):
        for name, line in _imports(tree):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in OURS:
                continue
            if not _stands_in(path, THIRD_PARTY.get(top, ())):
                faults.append(f"{path}:{line} imports {top}")
    return faults


def tests_imported(root: Path) -> list[str]:
    """What ships never imports the tests."""
    return [
        f"{path}:{line} imports {name}"
        for path, tree in python_files(root, (*PACKAGES, "resources"))
        for name, line in _imports(tree)
        if name.split(".")[0] == "tests"
    ]


def servers(root: Path) -> list[str]:
    """Servers are made only in the composition root, REST and sockets."""
    faults = []
    for path, tree in python_files(root, PACKAGES):
        if _stands_in(path, SERVERS):
            continue
        for name, line in _imports(tree):
            if f"{name}.".startswith(("aiohttp.web.", "socketio.AsyncServer.")):
                faults.append(f"{path}:{line} imports {name}")
        faults += [
            f"{path}:{node.lineno} uses {ast.unparse(node)}"
            for node in nodes(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in ("web", "AsyncServer")
            and ast.unparse(node) in ("aiohttp.web", "socketio.AsyncServer")
        ]
    return faults


def tasks(root: Path) -> list[str]:
    """``create_task`` and ``ensure_future`` stand only in files named ``tasks.py``."""
    return [
        f"{path}:{node.lineno} calls {name}"
        for path, tree in python_files(root, PACKAGES)
        if not path.endswith("/tasks.py")
        for node in nodes(tree)
        if (name := getattr(node, "attr", None) or getattr(node, "id", None)) in ("create_task", "ensure_future")
    ]


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):  # no function is defined within one
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{prefix}{node.name}", node
        named = isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        yield from _functions(node, f"{prefix}{node.name}." if named else prefix)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)
    last = handler.body[-1]
    cleans_up = isinstance(last, ast.Raise) and last.exc is None
    return broad and not cleans_up


def _broad(root: Path) -> Iterator[tuple[str, str, int]]:
    """Yield file, innermost function and line of each handler that catches everything and does not raise it again."""
    for path, tree in python_files(root, (*PACKAGES, "resources")):
        broad = [node for node in nodes(tree) if isinstance(node, ast.ExceptHandler) and _catches_all(node)]
        owners: dict[int, str] = {}
        for name, function in _functions(tree) if broad else ():
            for node in ast.walk(function):
                if isinstance(node, ast.ExceptHandler):
                    owners[id(node)] = name  # inner functions come later
        for node in broad:
            yield path, owners.get(id(node), "<module>"), node.lineno


def broad_excepts(root: Path) -> list[str]:
    """Every exception is caught only by the named guards."""
    return [f"{path}:{line} {name}" for path, name, line in _broad(root) if (path, name) not in GUARDS]


def stale_guards(root: Path) -> list[str]:
    """Every named guard is one."""
    return [f"{path} {name}" for path, name in sorted(GUARDS - {(path, name) for path, name, _ in _broad(root)})]


def long_files(root: Path) -> list[str]:
    """No file is longer than 500 lines."""
    lengths = {path: len((root / path).read_text(encoding="utf-8").splitlines()) for path, _ in python_files(root)}
    return [f"{path} has {lines} lines" for path, lines in lengths.items() if lines > MAX_FILE_LINES]


def long_functions(root: Path) -> list[str]:
    """No function is longer than 50 lines."""
    return [
        f"{path}:{node.lineno} {name} has {lines} lines"
        for path, tree in python_files(root)
        for name, node in _functions(tree)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]


def filled_inits(root: Path) -> list[str]:
    """Every ``__init__.py`` is empty, and ``packaging`` has none: it would shadow PyPA's package."""
    faults = [path for path, _ in python_files(root) if path.endswith("__init__.py") and (root / path).stat().st_size]
    return faults + [path for path in ("packaging/__init__.py",) if (root / path).exists()]

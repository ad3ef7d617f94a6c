"""The rule that what a person starts shows that it works: it runs through ``working(...)`` or a dialog's ``start``.

``context.run`` alone is for what loads by itself: grey rows, or a page that stands meanwhile, say so.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import nodes, python_files

PLACES = ("desktop/views/", "desktop/dialogs/")
HOME = {"desktop/dialogs/progress.py", "desktop/dialogs/base.py"}
"""Where it is made."""
LOADS = re.compile(r"_?(re)?(load|look|follow|ask|open|preview)(_(?!older|earlier|more).*)?")
"""Names of what only reads. What a person asks for beyond it (older lines) is not among them."""
NOT_STARTED = {
    ("desktop/dialogs/move_dialogs.py", "_drop"),  # its dialog has closed: nobody waits for it
    ("desktop/dialogs/login_dialog.py", "_cancel"),  # the same
    ("desktop/dialogs/account_help.py", "_propose"),  # asked for while somebody types
    ("desktop/views/lock_screen.py", "_try"),  # a tenth of a second of this process's own work
}


def _runs(tree: ast.Module) -> Iterator[tuple[int, ast.expr]]:
    """Yield what is given to ``context.run``, or to a ``_run`` that the class was given."""
    own = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "_run" for node in nodes(tree))
    for node in nodes(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        of = node.func.value
        named = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
        if (node.func.attr == "run" and named.endswith("context")) or (
            node.func.attr == "_run" and named == "self" and not own
        ):
            yield node.lineno, node.args[0]


def _name(what: ast.expr) -> str:
    """Return the name of the coroutine that is made there, "" for any other expression."""
    if not isinstance(what, ast.Call):
        return ""
    return what.func.attr if isinstance(what.func, ast.Attribute) else getattr(what.func, "id", "")


def without_progress(root: Path) -> list[str]:
    """Return where views and dialogs run something that is no load, and nothing shows it after half a second."""
    found = []
    for name, tree in python_files(root, ("desktop",)):
        if not name.startswith(PLACES) or name in HOME:
            continue
        for line, what in _runs(tree):
            called = _name(what)
            if not LOADS.fullmatch(called) and (name, called) not in NOT_STARTED:
                found.append(f"{name}:{line}: {called or 'what is passed on'} shows nothing while it works")
    return found

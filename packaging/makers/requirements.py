"""What a computer without a screen needs: pinned lists with hashes, for the master and for a worker by itself.

Which of the project's dependencies stand in a list is read from the imports of the folders that it is for, so a list
never has what only the window wants. The files are kept: an image, and ``pip``, use them as they are.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from makers.contexts import Context, PackagingError

FOLDERS: Final = {"serve": ("master", "worker"), "worker": ("worker",)}
"""Name of a list → the folders of the source that run with it."""
UNSEEN: Final = {"serve": ("tzdata",), "worker": ()}
"""What is needed without being imported: time zones where the system has none."""
DISTRIBUTIONS: Final = {
    "engineio": "python-engineio",
    "jsonpath": "python-jsonpath",
    "socketio": "python-socketio",
}
"""Where a library is imported by another name than it is installed by."""
OURS: Final = frozenset({"desktop", "master", "worker", "resources"})
HEADER: Final = "# Made by `packaging/make_installers.py requirements`; change pyproject.toml and make it anew.\n"


def imports_of(folder: Path) -> dict[str, Path]:
    """Return every library that a folder of the source imports, wherever in a file: name → one file that does."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.py")):
        for name in _modules(ast.parse(path.read_text(encoding="utf-8"))):
            top = name.partition(".")[0]
            if top not in OURS and top not in sys.stdlib_module_names:
                found.setdefault(top, path)
    return found


def needs(root: Path, name: str) -> list[str]:
    """Return the project's own dependency lines of a list. Raises :class:`PackagingError` for an undeclared library."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    declared: dict[str, list[str]] = {}
    for line in project["project"]["dependencies"]:  # some systems have a line of their own
        declared.setdefault(normal(line), []).append(line)
    lines = {line for distribution in UNSEEN[name] for line in declared[distribution]}
    for folder in FOLDERS[name]:
        for library, path in imports_of(root / folder).items():
            found = declared.get(normal(DISTRIBUTIONS.get(library, library)))
            if found is None:
                where = path.relative_to(root).as_posix()
                raise PackagingError(f"{where} imports {library}, which is no dependency in pyproject.toml.")
            lines.update(found)
    return sorted(lines)


def normal(line: str) -> str:
    """Return the name at the beginning of a requirement, as package indexes compare it."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line)
    if found is None:
        raise PackagingError(f"{line!r} is no requirement.")
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def place(root: Path, name: str) -> Path:
    """Return where a list is kept."""
    return root / "packaging" / "docker" / f"{name}-requirements.txt"


def make(context: Context) -> list[Path]:
    """Write both lists, for every system and Python 3.11 on."""
    uv = context.tool("uv", "python -m pip install uv")
    folder = context.work / "requirements"
    folder.mkdir(parents=True, exist_ok=True)
    pinned = tomllib.loads((context.root / "pyproject.toml").read_text(encoding="utf-8"))
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(f"{line}\n" for line in pinned["tool"]["uv"]["constraint-dependencies"]))
    made = []
    for name in FOLDERS:
        wanted = folder / f"{name}.in"
        wanted.write_text("".join(f"{line}\n" for line in needs(context.root, name)), encoding="utf-8")
        listed = context.run(
            *(uv, "pip", "compile", wanted, "--constraints", constraints, "--generate-hashes", "--universal"),
            *("--python-version", "3.11", "--no-annotate", "--no-header", "--no-config", "--quiet"),
            cwd=folder,
        )
        path = place(context.root, name)
        path.write_text(HEADER + listed, encoding="utf-8", newline="\n")
        made.append(path)
    return made


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.module

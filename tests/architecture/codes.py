"""Rules about the texts for people: every code in both languages, used, and called with its parameters."""

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.rules import PACKAGES
from tests.architecture.sources import nodes, python_files

WORDINGS = "worker/protocol/wordings/"


def params(sentence: str) -> set[str]:
    """Return the names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def translations(english: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The same codes with the same parameters, and no empty sentence, in both languages."""
    faults = [f"{code} is not translated" for code in sorted(english.keys() - other.keys())]
    faults += [f"{code} is translated, but unknown" for code in sorted(other.keys() - english.keys())]
    for code in sorted(english.keys() & other.keys()):
        if not english[code] or not other[code]:
            faults.append(f"{code} is empty")
        if params(english[code]) != params(other[code]):
            faults.append(
                f"{code} has {params(english[code])} in English and {params(other[code])} in the other language"
            )
    return faults


def _names(root: Path) -> Iterator[tuple[str, bool]]:
    """Yield all string constants, and whether it is a regular expression: all that an f-string may become."""
    for path, tree in python_files(root, PACKAGES):
        if path.startswith(WORDINGS):
            continue
        inner = {id(part) for node in nodes(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values]
                yield "".join(parts), True
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
                yield node.value, False
    for manifest in sorted((root / "worker" / "platforms").rglob("manifest.toml")):
        yield from ((name, False) for name in re.findall(r'"(\w+)"', manifest.read_text(encoding="utf-8")))


def unused(root: Path, english: Mapping[str, str]) -> list[str]:
    """Every code is named somewhere, whole or by an f-string with a beginning or an end of its own."""
    names = set(_names(root))
    left = set(english) - {name for name, several in names if not several and len(name) >= 4}
    for name in (name for name, several in names if several and len(name.replace(r"\w+", "")) >= 4):
        pattern = re.compile(name)
        left = {code for code in left if not pattern.fullmatch(code)}
    return [f"{code} is used nowhere" for code in sorted(left)]


def calls(root: Path, english: Mapping[str, str]) -> list[str]:
    """``text("code", …)`` names a known code and gives exactly its parameters."""
    faults = []
    for path, tree in python_files(root, PACKAGES):
        for node in nodes(tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = node.args[0].value
            if name not in ("text", "step") or not isinstance(code, str):
                continue
            given = {keyword.arg for keyword in node.keywords}
            if code not in english:
                faults.append(f"{path}:{node.lineno} names the unknown code {code}")
            elif None not in given and given != params(english[code]):
                faults.append(f"{path}:{node.lineno} gives {code} {sorted(map(str, given))}")
    return faults

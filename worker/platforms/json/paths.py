"""JSONPaths (RFC 9535), and templates: words with JSONPaths in braces.

The library is loaded when a path is used: it takes 90 ms. Its regular expressions have no time limit, so the functions
that take one, ``match`` and ``search``, are left out.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from .texts import refuse

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment

MAX_PATH: Final = 500
MAX_TEMPLATE: Final = 2000
MAX_FOUND: Final = 5000
_BRACES = re.compile(r"(\{\{|\}\}|\{[^{}]*\})")
_NAMES = re.compile(r"[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*")


@cache
def _environment() -> "JSONPathEnvironment":
    from jsonpath import JSONPathEnvironment

    made = JSONPathEnvironment(strict=True)
    for name in ("match", "search"):
        made.function_extensions.pop(name, None)
    return made


class Path:
    """One JSONPath."""

    def __init__(self, path: str, field: str, code: str = "json_path") -> None:
        """Raises ``InvalidConfig`` beside ``field``."""
        from jsonpath import JSONPathError

        if len(path) > MAX_PATH:
            raise refuse(field, code, detail=f"more than {MAX_PATH} characters")
        try:
            self._compiled = _environment().compile(path)
        except JSONPathError as error:
            # Its own words quote the whole path, and fail for an empty one.
            detail = str(error.args[0]) if error.args else type(error).__name__
            raise refuse(field, code, detail=detail[:200]) from error
        except RecursionError as error:
            raise refuse(field, code, detail="nested too deeply") from error
        self._is_root = path.strip() == "$"
        self._field = field

    def find(self, document: Any) -> list[Any]:
        """Return what it finds, at most ``MAX_FOUND`` values. Takes time: on a thread. Raises ``InvalidConfig``."""
        from jsonpath import JSONPathError

        if self._is_root:
            return [document]
        if not isinstance(document, dict | list):
            # The library would parse a text.
            return []
        found = []
        try:
            for match in self._compiled.finditer(document):
                found.append(match.obj)
                if len(found) == MAX_FOUND:
                    break
        except (JSONPathError, RecursionError) as error:
            detail = str(error.args[0])[:200] if error.args else type(error).__name__
            raise refuse(self._field, "json_path", detail=detail) from error
        return found


class Template:
    """Words with values in braces: ``{id}``, ``{user.name}``, ``{$.lines[0].name}``; ``{{`` is a brace."""

    def __init__(self, words: str, field: str) -> None:
        """Raises ``InvalidConfig`` beside ``field``."""
        if len(words) > MAX_TEMPLATE:
            raise refuse(field, "json_template", detail=f"more than {MAX_TEMPLATE} characters")
        self.words = words
        self._parts: list[str | Path] = []
        for part in _BRACES.split(words):
            if part in ("{{", "}}"):
                self._parts.append(part[0])
            elif part.startswith("{") and part.endswith("}"):
                self._parts.append(Path(_path(part[1:-1].strip()), field, "json_template"))
            elif "{" in part or "}" in part:
                raise refuse(field, "json_template", detail=part.strip()[:100])
            else:
                self._parts.append(part)

    def fill(self, item: Any) -> str:
        """Return the words with the values of ``item``; "" when none of them is there."""
        filled = [part if isinstance(part, str) else _words(part.find(item)) for part in self._parts]
        paths = [words for part, words in zip(self._parts, filled, strict=True) if not isinstance(part, str)]
        return "".join(filled) if any(paths) or not paths else ""


def _path(inside: str) -> str:
    if inside.startswith("$"):
        return inside
    if _NAMES.fullmatch(inside):
        return "$" + "".join(f"['{name}']" for name in inside.split("."))
    return f"$.{inside}"


def _words(found: list[Any]) -> str:
    return ", ".join(_word(one) for one in found)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

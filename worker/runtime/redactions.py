"""Takes secrets out of text before it leaves the process."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

MARK: Final = "‹secret›"
SHORTEST: Final = 4
"""Shorter values would redact ordinary words."""

_USERINFO: Final = re.compile(r"(?<=://)[^\s/@'\"]+@")
_AUTHORIZATION: Final = re.compile(
    r"(?i)\b((?:proxy-)?authorization)(['\"]?\s*[:=]\s*['\"]?)(?:(?:basic|bearer|digest)\s+)?[^\s'\",;]+"
)


class Redactor:
    """Knows the secret values that are held now, and blots them out. Safe to read from any thread."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._ordered: tuple[str, ...] = ()

    def hold(self, document: Any) -> list[str]:
        """Blot out every text in ``document`` from now on. Pass the result to :meth:`release`."""
        values = [form for value in _texts(document) for form in _forms(value)]
        self._held.update(values)
        self._sort()
        return values

    def release(self, values: list[str]) -> None:
        """Forget what :meth:`hold` returned, unless another secret has the same value."""
        self._held.subtract(values)
        self._held = +self._held
        self._sort()

    def redact(self, text: str) -> str:
        """Return ``text`` without secrets, without user names and passwords in URLs, without credentials in headers."""
        for value in self._ordered:
            if value in text:
                text = text.replace(value, MARK)
        if "://" in text:
            text = _USERINFO.sub(f"{MARK}@", text)
        if "uthorization" in text.lower():
            text = _AUTHORIZATION.sub(rf"\1\2{MARK}", text)
        return text

    def _sort(self) -> None:
        # The longest first: one secret may be a part of another.
        self._ordered = tuple(sorted(self._held, key=len, reverse=True))


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        if len(document) >= SHORTEST:
            yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)


def _forms(value: str) -> set[str]:
    """Return the value as it stands, in a URL, in JSON and in a Python ``repr``."""
    return {value, quote(value, safe=""), json.dumps(value)[1:-1], repr(value)[1:-1]}

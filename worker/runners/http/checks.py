"""The check of an answer: what a JSONPath (RFC 9535) finds in it.

The library is loaded when a path is used: it takes 90 ms.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from worker.sdk.runner import Text, text

if TYPE_CHECKING:
    from jsonpath import CompoundJSONPath, JSONPath

SHOWN: Final = 200
"""Characters of a value that are shown."""
_BOM: Final = b"\xef\xbb\xbf"


def path_fault(path: str) -> str | None:
    """Return what is wrong with a path, None when it is one."""
    from jsonpath import JSONPathError

    try:
        _compile(path)
    except JSONPathError as error:
        # Its own words quote the whole path, and fail for an empty one.
        return str(error.args[0]) if error.args else type(error).__name__
    except RecursionError:
        return "nested too deeply"
    return None


def check(body: bytes, path: str, value: str, blot: Callable[[str], str]) -> Text | None:
    """Return why the answer is not what was expected, None when it is.

    The path must find something, and with a ``value`` all that it finds must be that text, or that JSON.
    ``blot`` takes secrets out of what is shown.
    """
    from jsonpath import JSONPathError

    try:
        document = msgspec.json.decode(body.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError) as error:
        return text("http_not_json", detail=str(error))
    # The library parses a document that is a text.
    given = msgspec.json.encode(document).decode() if isinstance(document, str) else document
    try:
        found = _compile(path).findall(given)
    except (JSONPathError, RecursionError) as error:
        return text("http_not_json", detail=str(error.args[0]) if error.args else type(error).__name__)
    if not found:
        return text("http_json_missing", path=path)
    for one in found if value else []:
        if not _is(one, value):
            return text("http_json_differs", path=path, found=_shown(one, blot), expected=value)
    return None


def _compile(path: str) -> "JSONPath | CompoundJSONPath":
    from jsonpath import JSONPathEnvironment

    return JSONPathEnvironment(strict=True).compile(path)


def _is(found: Any, value: str) -> bool:
    if found == value:
        return True
    try:
        return _same(found, msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError):
        return False


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1, and 1.0 is."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _shown(found: Any, blot: Callable[[str], str]) -> str:
    # Before it is cut: half a secret would not be found.
    words = blot(found if isinstance(found, str) else msgspec.json.encode(found).decode())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"

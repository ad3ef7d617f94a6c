"""What the credentials add to a request: basic authentication, and a header for each other value."""

import re
from collections.abc import Mapping
from typing import Any, Final

from worker.sdk.fetches import basic

from .texts import refuse

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OURS: Final = frozenset(
    ("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "if-none-match", "te", "upgrade")
)
MAX_VALUE: Final = 8000


def headers_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers. Raises ``InvalidConfig`` that names one that cannot be sent, and never shows its value."""
    rest = dict(document)
    user, password = str(rest.pop("username", "") or ""), str(rest.pop("password", "") or "")
    headers = {"Authorization": basic(user, password)} if user or password else {}
    given = rest.pop("headers", None)
    for name, value in {**rest, **(given if isinstance(given, dict) else {})}.items():
        if not value:
            continue
        named, words = str(name).strip(), str(value).strip()
        right = _NAME.fullmatch(named) and named.lower() not in _OURS
        if not right or len(words) > MAX_VALUE or not (words.isascii() and words.isprintable()):
            # Its name may be the secret, pasted into the wrong column: only what can be one is told.
            raise refuse("headers", "json_header", name=named if _NAME.fullmatch(named) and len(named) < 40 else "?")
        headers[named] = words
    return headers

"""What a shell asks while a word is typed: a list of the running master, at once or not at all."""

import http.client
import time
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from master.cli.options import Common, check_peer

DEADLINE_SECONDS: Final = 0.3
"""Nobody waits longer for a word; a master that is busy completes nothing."""
LIMIT: Final = 500
LONGEST_BYTES: Final = 4 * 1024 * 1024


def rows_of(common: Common, path: str, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Return the rows of a list (``/catalog#runners``: of that field), none when they cannot be had at once."""
    path, _, field = path.partition("#")
    try:
        url, token = _master(common)
        found = _answer(url, token, path if field else f"{path}?limit={limit}")["data"]
    except (OSError, http.client.HTTPException, msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return []
    rows = found[field] if field else found.get("rows", []) if isinstance(found, dict) else found
    return [row for row in rows if isinstance(row, dict)]


def _master(common: Common) -> tuple[str, str]:
    if common.connect is not None:
        check_peer(common.connect)
        return common.connect, common.token_file.read_text("utf-8").strip() if common.token_file else ""
    known = msgspec.json.decode(common.master_file.read_bytes())
    return known["url"], known["token"]


def _answer(url: str, token: str, path: str) -> Any:
    parts = urlsplit(url)
    deadline = time.monotonic() + DEADLINE_SECONDS
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=DEADLINE_SECONDS)
    try:
        connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        connection.sock.settimeout(max(0.001, deadline - time.monotonic()))
        return msgspec.json.decode(connection.getresponse().read(LONGEST_BYTES))
    finally:
        connection.close()

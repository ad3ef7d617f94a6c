"""What is to be asked, as it was typed and checked. Nothing here is secret."""

import re
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from worker.sdk.runner import JobReason, RunnerError, Text, text

from .checks import path_fault

MEGABYTE: Final = 1024 * 1024
MAX_PATH: Final = 1000
USER_AGENT: Final = "Watchkeeper"
FRAMING: Final = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
"""Headers that belong to the connection: these are ours to send."""
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what must come of it. ``expected_status`` None: any of 200 to 299."""

    url: str
    method: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes | None
    expected_status: int | None
    json_path: str
    json_value: str
    follow_redirects: bool
    timeout_seconds: float
    max_bytes: int
    verify_tls: bool
    ca_file: str


def read_ask(spec: dict[str, Any]) -> Ask:
    """Return what ``spec`` asks for. Raises ``RunnerError`` that names every wrong field."""
    url = str(spec.get("url") or "").strip()
    headers: dict[str, str] = spec.get("headers") or {}
    status, path, value = spec.get("expected_status"), spec.get("json_path") or "", spec.get("json_value") or ""
    found = {
        "url": url_fault(url),
        "headers": _headers_fault(headers),
        "expected_status": None if status is None or status == int(status) else text("field_type", expected="200"),
        "json_path": _path_fault(path, value),
    }
    faults = {name: fault for name, fault in found.items() if fault is not None}
    if faults:
        first = next(iter(faults.values()))
        raise RunnerError(JobReason.BAD_SPEC, first if len(faults) == 1 else text("invalid_fields"), faults)
    body = str(spec.get("body") or "").encode("utf-8", "surrogatepass") or None
    return Ask(
        url=url,
        method=spec.get("method") or "GET",
        headers=_completed(headers, body),
        query=spec.get("query") or {},
        body=body,
        expected_status=None if status is None else int(status),
        json_path=path,
        json_value=value,
        follow_redirects=spec.get("follow_redirects", True),
        timeout_seconds=float(spec.get("timeout_seconds") or 60),
        max_bytes=int(float(spec.get("max_response_mb") or 10) * MEGABYTE),
        verify_tls=spec.get("verify_tls", True),
        ca_file=spec.get("ca_file") or "",
    )


def url_fault(url: str) -> Text | None:
    """Return what is wrong with an address: another scheme, no host, a line break, a password."""
    try:
        parts = urlsplit(url)
        # Asked for because only this looks at it.
        wrong_port = parts.port == 0
    except ValueError as error:
        return text("field_wrong", detail=str(error))
    if parts.scheme not in ("http", "https"):
        return text("url_scheme")
    # The parser leaves line breaks out without a word.
    if not parts.hostname or wrong_port or any(letter.isspace() or _CONTROL.match(letter) for letter in url):
        return text("http_url_wrong")
    return text("field_secret_in_settings") if parts.username or parts.password else None


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address."""
    parts: SplitResult = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def header_fault(name: str, value: str) -> Text | None:
    """Return why a header cannot be sent."""
    if not _NAME.fullmatch(name) or name.lower() in FRAMING:
        return text("http_header_name", name=_CONTROL.sub("?", name))
    return text("http_header_value", name=name) if _CONTROL.search(value) else None


def _headers_fault(headers: dict[str, str]) -> Text | None:
    return next((fault for name, value in headers.items() if (fault := header_fault(name, value)) is not None), None)


def _path_fault(path: str, value: str) -> Text | None:
    if not path:
        return text("field_required") if value else None
    if len(path) > MAX_PATH:
        return text("field_length", minimum=1, maximum=MAX_PATH)
    detail = path_fault(path)
    return text("field_wrong", detail=detail) if detail else None


def _completed(headers: dict[str, str], body: bytes | None) -> dict[str, str]:
    completed = dict(headers)
    given = {name.lower() for name in headers}
    if "user-agent" not in given:
        completed["User-Agent"] = USER_AGENT
    if body is not None and "content-type" not in given:
        completed["Content-Type"] = "application/json" if _is_json(body) else "text/plain; charset=utf-8"
    return completed


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True

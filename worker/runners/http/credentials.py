"""What a credential adds to a request: a header for each of its values, or basic authentication."""

import base64
from collections.abc import Iterator
from typing import Any

import msgspec

from worker.sdk.runner import JobReason, RunnerError, text

from .asks import header_fault


class SecretHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """Headers to send, and what of them must not be shown."""

    headers: dict[str, str]
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return "SecretHeaders(…)"


def secret_headers(document: dict[str, Any]) -> SecretHeaders:
    """Read a credential's JSON object. Raises ``RunnerError`` that names the value, and never shows it."""
    headers: dict[str, str] = {}
    values: list[str] = []
    rest = dict(document)
    if "username" in rest and "password" in rest:
        name, password = str(rest.pop("username")), str(rest.pop("password"))
        if ":" in name:
            raise RunnerError(JobReason.CREDENTIAL, text("http_credential_header", name="username"))
        pair = f"{name}:{password}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode('utf-8', 'surrogatepass')).decode()}"
        values += [pair, password]
    for name, value in rest.items():
        if not isinstance(value, str) or header_fault(name, value) is not None or not value.isascii():
            # Its name may be the secret, pasted into the wrong column: only what can be one is told.
            told = name if header_fault(name, "") is None else "?"
            raise RunnerError(JobReason.CREDENTIAL, text("http_credential_header", name=told))
        headers[name] = value
        values += _parts(value)
    return SecretHeaders(headers=headers, values=tuple(values))


def secret_texts(document: Any) -> Iterator[str]:
    """Yield all that must not be shown of a credential, whether or not headers can be made of it."""
    if isinstance(document, dict):
        if "username" in document and "password" in document:
            yield f"{document['username']}:{document['password']}"
        for value in document.values():
            yield from secret_texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from secret_texts(value)
    elif document is not None:
        yield from _parts(str(document))


def _parts(value: str) -> list[str]:
    """Return a header's value and, of ``Bearer abc``, what stands after the scheme."""
    value = value.strip()
    scheme, _, token = value.partition(" ")
    return [value, token.strip()] if token and scheme.isalpha() else [value]

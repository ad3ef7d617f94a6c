"""Takes secrets out of what is printed, also when they come in pieces.

What could be the begin of a secret waits for what follows; all else passes at once.
"""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

MARK: Final = "‹secret›"
_MARK: Final = MARK.encode()
SHORTEST: Final = 4
"""Shorter values would blot out ordinary words."""


def secret_forms(values: Iterable[str]) -> frozenset[bytes]:
    """Return how each value may stand in an answer: as it is, in JSON, in an address, in HTML, in base64."""
    forms: set[bytes] = set()
    for value in values:
        if len(value) < SHORTEST:
            continue
        written = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value)}
        written |= {quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1].replace("/", "\\/")}
        forms |= {form.encode("utf-8", "surrogatepass") for form in written}
        forms.add(base64.b64encode(value.encode("utf-8", "surrogatepass")))
    return frozenset(form for form in forms if len(form) >= SHORTEST)


class Redaction:
    """Blots secrets out of one stream of bytes. The same comes out however it is cut in pieces."""

    def __init__(self, secrets: frozenset[bytes]) -> None:
        self._secrets = tuple(secrets)
        self._waiting = b""
        self._blotted = 0
        """So many bytes at the begin of what waits are blotted out already, by a mark that was given out."""

    def add(self, data: bytes) -> bytes:
        """Take the next piece; return what can be shown by now."""
        return self._pass(data, last=False) if self._secrets else data

    def flush(self) -> bytes:
        """Return the rest."""
        return self._pass(b"", last=True)

    def _pass(self, data: bytes, *, last: bool) -> bytes:
        whole = self._waiting + data
        end = len(whole) if last else self._safe(whole)
        shown = bytearray()
        at = 0
        blotted = max(0, self._blotted - end)
        for begin, finish in self._spans(whole):
            if begin >= end:
                break
            shown += whole[at:begin]
            if begin or not self._blotted:
                # One that began before has its mark already.
                shown += _MARK
            at = min(finish, end)
            blotted = max(blotted, finish - end)
        shown += whole[at:end]
        self._waiting, self._blotted = whole[end:], blotted
        return bytes(shown)

    def _spans(self, whole: bytes) -> Iterator[tuple[int, int]]:
        """Yield what is to be blotted out, in order; secrets that overlap are one."""
        found = sorted(self._found(whole))
        begin, finish = 0, self._blotted
        for one, other in found:
            if one < finish:
                finish = max(finish, other)
                continue
            if finish > begin:
                yield begin, finish
            begin, finish = one, other
        if finish > begin:
            yield begin, finish

    def _found(self, whole: bytes) -> Iterator[tuple[int, int]]:
        for secret in self._secrets:
            at = whole.find(secret)
            while at >= 0:
                yield at, at + len(secret)
                at = whole.find(secret, at + 1)

    def _safe(self, whole: bytes) -> int:
        """Return where the first secret may begin that is not complete."""
        return min((self._begin(whole, secret) for secret in self._secrets), default=len(whole))

    def _begin(self, whole: bytes, secret: bytes) -> int:
        at = whole.find(secret[0], max(0, len(whole) - len(secret) + 1))
        while at >= 0 and not secret.startswith(whole[at:]):
            at = whole.find(secret[0], at + 1)
        return at if at >= 0 else len(whole)


class Blotter:
    """Makes a :class:`Redaction` for each stream of one answer, and takes secrets out of single texts."""

    def __init__(self, values: Iterable[str]) -> None:
        self._forms = secret_forms(values)

    def stream(self) -> Redaction:
        """Return a new one."""
        return Redaction(self._forms)

    def text(self, words: str) -> str:
        """Return ``words`` without secrets."""
        one = self.stream()
        return (one.add(words.encode("utf-8", "surrogatepass")) + one.flush()).decode("utf-8", "replace")

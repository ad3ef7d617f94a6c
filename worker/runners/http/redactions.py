"""Takes secrets out of what is printed, also when they come in pieces.

What could be the begin of a secret waits for what follows; all else passes at once.
"""

from collections.abc import Iterable
from typing import Final

from .forms import SHORTEST, Form, secret_forms

MARK: Final = "‹secret›"
_MARK: Final = MARK.encode()


class Redaction:
    """Blots secrets out of one stream of bytes. The same comes out however it is cut in pieces."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self._forms = forms
        self._waiting = b""
        self._blotted = 0
        """So many bytes at the begin of what waits are blotted out already, by a mark that was given out."""

    def add(self, data: bytes) -> bytes:
        """Take the next piece; return what can be shown by now."""
        return self._pass(data, last=False) if self._forms else data

    def flush(self) -> bytes:
        """Return the rest of a stream that is complete."""
        return self._pass(b"", last=True)

    def break_off(self) -> bytes:
        """Return the rest of a stream that was cut or broke: what may be most of a secret is not shown."""
        if len(self._waiting) < SHORTEST:
            return self.flush()
        marked = self._blotted > 0
        self._waiting, self._blotted = b"", 0
        return b"" if marked else _MARK

    def _pass(self, data: bytes, *, last: bool) -> bytes:
        whole = self._waiting + data
        places = [place for form in self._forms for place in form.places(whole)]
        end = len(whole) if last else min((one.begin for one in places if one.unfinished), default=len(whole))
        shown = bytearray()
        at = 0
        blotted = max(0, self._blotted - end)
        for begin, finish in self._spans([(one.begin, one.finish) for one in places if one.finish is not None]):
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

    def _spans(self, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return what is to be blotted out, in order; secrets that overlap are one."""
        spans = []
        begin, finish = 0, self._blotted
        for one, other in sorted(found):
            if one < finish:
                finish = max(finish, other)
                continue
            if finish > begin:
                spans.append((begin, finish))
            begin, finish = one, other
        return [*spans, (begin, finish)] if finish > begin else spans


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

"""Loads of rows and the events that arrive meanwhile: what was told during a load is applied after its answer."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Loads:
    """Keeps events of a noun back while it is loaded: an answer may be older than an event that overtook it."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._kept: dict[str, deque[Callable[[], object]]] = {}

    @contextmanager
    def loading(self, *nouns: str) -> Iterator[None]:
        """Load inside of this. When the last load of a noun has ended, well or not, its events are applied."""
        self._running.update(nouns)
        try:
            yield
        finally:
            self._running.subtract(nouns)
            for noun in nouns:
                self._release(noun)

    def apply(self, noun: str, act: Callable[[], object]) -> None:
        """Do it now, or once the noun has been loaded; in the order in which it was told."""
        if self._running[noun]:
            self._kept.setdefault(noun, deque()).append(act)
        else:
            act()

    def _release(self, noun: str) -> None:
        kept = self._kept.get(noun)
        while kept and not self._running[noun]:
            kept.popleft()()

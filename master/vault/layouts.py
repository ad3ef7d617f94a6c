"""How sealed texts lie in a keyring: an entry each, in parts where the keyring limits one, or all in one entry.

Everything here blocks and runs on the keyring's thread.
"""

from abc import ABC, abstractmethod
from typing import Final, Protocol

import msgspec

from master.vault.errors import VaultError

USER_NAME: Final = "Watchkeeper"
WINDOWS_PART_CHARACTERS: Final = 1200
"""The Credential Manager takes 2,560 bytes of UTF-16 an entry: 1,280 characters; some are left as a margin."""


class Ring(Protocol):
    """What is used of a ``keyring.backend.KeyringBackend``."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class Layout(ABC):
    """Keeps texts by name. A text is there as a whole or not at all, whatever moment a write is cut off at."""

    @abstractmethod
    def get(self, name: str) -> str | None:
        """Return the text, ``None`` when there is none. Raises :class:`VaultError` when parts of it are missing."""

    @abstractmethod
    def put(self, name: str, text: str) -> None:
        """Store the text in place of what was there."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove the text and what an interrupted write left of it; nothing there is no fault."""


class SplitEntries(Layout):
    """One entry a text, or several: ``<prefix>/<name>/<part>``.

    Every part has a service name of its own, because Windows moves entries around that share one. Part 0 begins with
    the number of parts and is written last: without it the text is not there. Parts are written upwards and deleted
    downwards, so what an interruption leaves is always found again by counting up from part 1.
    """

    def __init__(self, ring: Ring, prefix: str, limit: int | None = None) -> None:
        """``limit``: characters that one entry can hold (at least 16), ``None`` when there is no such limit."""
        self._ring = ring
        self._prefix = prefix
        self._limit = limit

    def get(self, name: str) -> str | None:
        first = self._read(name, 0)
        if first is None:
            return None
        count, _, text = first.partition(":")
        if not count.isdigit():
            raise VaultError("vault_entry_damaged", id=name)
        parts = [text, *(self._read(name, part) for part in range(1, int(count)))]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            raise VaultError("vault_entry_damaged", id=name)
        return "".join(whole)

    def put(self, name: str, text: str) -> None:
        self.delete(name)
        size = len(text) if self._limit is None else self._limit - 8  # the number of parts has its place in part 0
        parts = [text[start : start + size] for start in range(0, len(text), max(size, 1))] or [""]
        for part in range(1, len(parts)):
            self._ring.set_password(self._service(name, part), USER_NAME, parts[part])
        self._ring.set_password(self._service(name, 0), USER_NAME, f"{len(parts)}:{parts[0]}")

    def delete(self, name: str) -> None:
        last = 0
        if self._limit is not None:
            while self._read(name, last + 1) is not None:
                last += 1
        for part in range(last, 0, -1):
            self._ring.delete_password(self._service(name, part), USER_NAME)
        if self._read(name, 0) is not None:
            self._ring.delete_password(self._service(name, 0), USER_NAME)

    def _read(self, name: str, part: int) -> str | None:
        return self._ring.get_password(self._service(name, part), USER_NAME)

    def _service(self, name: str, part: int) -> str:
        return f"{self._prefix}/{name}/{part}"


class _Shared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int = 1
    sequence: int
    texts: dict[str, str]


class SharedEntry(Layout):
    """All texts in one entry, for macOS, which asks the user again for each entry after an update of an unsigned build.

    Rewriting is delete-then-add there, so the entry has two places, ``shared/a`` and ``shared/b``: the new one is
    written and read back before the old one goes. The one with the higher sequence number counts.
    """

    def __init__(self, inner: SplitEntries) -> None:
        self._inner = inner
        self._current: tuple[str, _Shared] | None = None

    def get(self, name: str) -> str | None:
        return self._load()[1].texts.get(name)

    def put(self, name: str, text: str) -> None:
        self._store({**self._load_anew()[1].texts, name: text})

    def delete(self, name: str) -> None:
        texts = dict(self._load_anew()[1].texts)
        if texts.pop(name, None) is not None:
            self._store(texts)

    def _load_anew(self) -> tuple[str, _Shared]:
        """Before a change: a late call of a thread that was left behind may have changed the entry."""
        self._current = None
        return self._load()

    def _load(self) -> tuple[str, _Shared]:
        if self._current is None:
            found: list[tuple[str, _Shared]] = []
            damaged = ""
            for place in ("shared/a", "shared/b"):
                try:
                    text = self._inner.get(place)
                    if text is not None:
                        found.append((place, msgspec.json.decode(text, type=_Shared)))
                except msgspec.DecodeError:
                    damaged = place  # an interrupted write; the other place then holds the last good state
                except VaultError as error:
                    if error.reason != "vault_entry_damaged":
                        raise
                    damaged = place
            if damaged and not found:
                raise VaultError("vault_shared_damaged", name=damaged)
            empty = ("shared/b", _Shared(sequence=0, texts={}))
            self._current = max(found, key=lambda entry: entry[1].sequence, default=empty)
        return self._current

    def _store(self, texts: dict[str, str]) -> None:
        old_place, old = self._load()
        self._current = None  # until the new one stands, nothing is known
        place = "shared/b" if old_place == "shared/a" else "shared/a"
        new = _Shared(sequence=old.sequence + 1, texts=texts)
        text = msgspec.json.encode(new).decode()
        self._inner.put(place, text)
        if self._inner.get(place) != text:
            raise VaultError("vault_forgetful")
        self._inner.delete(old_place)
        self._current = (place, new)


def put_verified(layout: Layout, name: str, text: str) -> None:
    """Store ``text``, read it back and compare; what a failed attempt left is removed.

    Raises :class:`VaultError` when the keyring holds something else than what was stored, and whatever it raises.
    """
    from keyring.errors import InitError, KeyringLocked  # slow to import

    tidy = True
    try:
        layout.put(name, text)
        if layout.get(name) != text:
            raise VaultError("vault_forgetful")
        tidy = False
    except (InitError, KeyringLocked):
        tidy = False  # nothing came in, and another call would only ask the user once more
        raise
    finally:
        if tidy:
            layout.delete(name)


def layout_for(ring: Ring, prefix: str) -> Layout:
    """Return the layout that suits the keyring: parts for Windows, one shared entry for macOS, else an entry each."""
    module = type(ring).__module__
    if module.startswith("keyring.backends.macOS"):
        return SharedEntry(SplitEntries(ring, prefix))
    if module == "keyring.backends.Windows":
        return SplitEntries(ring, prefix, WINDOWS_PART_CHARACTERS)
    return SplitEntries(ring, prefix)

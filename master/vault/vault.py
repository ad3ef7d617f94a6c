"""The vault: credential documents, sealed with a key in the profile, kept in a keyring.

Whoever stores credentials writes a new generation, commits its number to the database, then erases the old one.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import msgspec

from master.vault.backends import Backend, display_name
from master.vault.errors import VaultError, current_system
from master.vault.keys import load_key
from master.vault.layouts import USER_NAME, Layout, Ring, layout_for, put_verified
from master.vault.locks import is_locked
from master.vault.seals import Slot, seal, unseal
from master.vault.threads import KeyringThread

T = TypeVar("T")
Scope = Literal["account", "credential", "proxy"]
MakeLayout = Callable[[Ring, str], Layout]

DEADLINE_SECONDS = 15.0


class VaultState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether credentials can be stored and read; what is wrong and what to do about it when not.

    ``reason`` and ``params`` name the text for translations (:data:`master.vault.errors.REASONS`).
    """

    state: Literal["ok", "unavailable", "locked"]
    backend_name: str
    code: str = ""
    message: str = ""
    advice: str = ""
    reason: str = ""
    params: dict[str, str | int | float] = {}


class Vault:
    """Stores, reads and erases credential documents of one profile. Belongs to one event loop.

    Every method raises :class:`VaultError` when it cannot do its work; a fault of :meth:`start` comes again at each
    use, so a caller may go on without credentials.
    """

    def __init__(
        self,
        profile_dir: Path,
        profile_id: str,
        backend: Backend | Ring,
        *,
        deadline: float = DEADLINE_SECONDS,
        make_layout: MakeLayout = layout_for,
    ) -> None:
        """``profile_id``: its UUID, in the name of its entries. ``deadline``: seconds that a keyring call may take."""
        self._profile_dir = profile_dir
        self._prefix = f"Watchkeeper/{quote(profile_id, safe='')}"
        self._backend = backend
        self._make_layout = make_layout
        self._thread = KeyringThread(deadline)
        self._key: bytes | None = None
        self._fault = VaultError("vault_not_started")
        self._ring: Ring | None = None
        self._layout: Layout | None = None
        self._sealed: dict[Slot, str] = {}
        self._closed_to_us = False
        """It was locked, or silent, when it was last used."""

    async def start(self, *, expect_key: bool = False) -> None:
        """Load the sealing key of the profile, or make it. Touches no keyring.

        ``expect_key``: the database knows of stored credentials, so a missing key is told (``ERR_VAULT_KEY``).
        """
        try:
            self._key = await self._thread.call(lambda: load_key(self._profile_dir, expected=expect_key))
        except VaultError as error:
            self._fault = error
            raise

    async def write(
        self, owner_id: str, generation: int, document: Mapping[str, Any], *, scope: Scope = "account"
    ) -> None:
        """Seal ``document`` (a JSON object), store it, read it back and compare. A failed write leaves nothing."""
        key, slot = self._opened(), Slot(scope, owner_id, generation)

        def work() -> str:
            text = seal(key, slot, document)
            put_verified(self._open_layout(), slot.name, text)
            return text

        self._sealed.pop(slot, None)
        self._sealed[slot] = await self._call(work, writes=True)

    async def read(self, owner_id: str, generation: int, *, scope: Scope = "account") -> dict[str, Any]:
        """Return the document, opened now; from memory when it was read or written before.

        Raises :class:`VaultError` ``ERR_CREDENTIAL_MISSING`` when there is none, ``ERR_CREDENTIAL_UNREADABLE`` when it
        does not open.
        """
        key, slot = self._opened(), Slot(scope, owner_id, generation)
        if slot not in self._sealed:
            await self._fetch(slot)
        return unseal(key, slot, self._sealed[slot])

    async def preload(self, owners: Iterable[tuple[str, int]], *, scope: Scope = "account") -> int:
        """Read the sealed texts of (id, generation) into memory in this order, one keyring call at a time.

        Missing ones are skipped (their read tells it). Returns how many are in memory. Raises when the keyring fails.
        """
        loaded = 0
        for owner_id, generation in owners:
            slot = Slot(scope, owner_id, generation)
            try:
                if slot not in self._sealed:
                    await self._fetch(slot)
                loaded += 1
            except VaultError as error:
                if error.code not in {"ERR_CREDENTIAL_MISSING", "ERR_CREDENTIAL_UNREADABLE"}:
                    raise
        return loaded

    async def erase(self, owner_id: str, generation: int, *, scope: Scope = "account") -> None:
        """Remove a document from memory and keyring. Erasing what is not there is no fault."""
        slot = Slot(scope, owner_id, generation)
        self._sealed.pop(slot, None)
        try:
            await self._call(lambda: self._open_layout().delete(slot.name), writes=True)
        finally:
            self._sealed.pop(slot, None)  # a read that was under way may have brought it back

    async def state(self, *, ask: bool = True) -> VaultState:
        """Ask the keyring now. On a desktop a locked one may show its own prompt; not with ``ask`` false.

        Without asking, one that does not tell whether it is locked is as it was at its last use.
        """
        try:
            self._opened()
            await self._call(self._probe if ask else self._look)
        except VaultError as error:
            return VaultState(
                state="locked" if error.locked else "unavailable",
                backend_name=self._display_name(),
                code=error.code,
                message=error.message,
                advice=error.advice,
                reason=error.reason,
                params=error.params,
            )
        return VaultState(state="ok", backend_name=self._display_name())

    async def unlock(self, passphrase: str) -> None:
        """Open the passphrase vault, the first time make it. ``ERR_PASSPHRASE`` for a wrong or empty passphrase."""
        await self._call(lambda: self._passphrase_ring("unlock")(passphrase), writes=True)

    async def change_passphrase(self, old: str, new: str) -> None:
        """Seal the passphrase vault with ``new``. ``ERR_PASSPHRASE`` for a wrong ``old``, which then still holds."""
        await self._call(lambda: self._passphrase_ring("change_passphrase")(old, new), writes=True)

    async def close(self) -> None:
        """Forget key and texts, and end the thread. May be called twice."""
        self._key = None
        self._fault = VaultError("vault_closed")
        self._sealed.clear()
        await self._thread.close()

    def _opened(self) -> bytes:
        if self._key is None:
            raise VaultError(self._fault.reason, **self._fault.params)
        return self._key

    async def _fetch(self, slot: Slot) -> None:
        def work() -> str | None:
            if self._closed_to_us and is_locked(self._open_ring()):
                # The person was asked once; accounts that try again and again must not ask each time.
                raise VaultError(self._lock_reason())
            return self._open_layout().get(slot.name)

        text = await self._call(work)
        if text is None:
            raise VaultError("vault_entry_missing", id=slot.id)
        self._sealed[slot] = text

    async def _call(self, work: Callable[[], T], *, writes: bool = False) -> T:
        try:
            result = await self._thread.call(work, writes=writes)
        except VaultError as error:
            if error.locked or error.code == "ERR_KEYRING_TIMEOUT":
                self._closed_to_us = True
            if error.code in {"ERR_KEYRING", "ERR_KEYRING_TIMEOUT"} and isinstance(self._backend, Backend):
                self._backend.forget()
            raise
        self._closed_to_us = False
        return result

    # from here on: on the keyring's thread

    def _open_ring(self) -> Ring:
        ring = self._backend.open() if isinstance(self._backend, Backend) else self._backend
        if ring is not self._ring:
            self._ring, self._layout = ring, None
        return ring

    def _open_layout(self) -> Layout:
        ring = self._open_ring()
        if self._layout is None:
            self._layout = self._make_layout(ring, self._prefix)
        return self._layout

    def _look(self) -> None:
        """Find out without a prompt. Raises :class:`VaultError`: locked, or locked when last used and does not tell."""
        locked = is_locked(self._open_ring())
        if locked or (locked is None and self._closed_to_us):
            raise VaultError(self._lock_reason())

    def _lock_reason(self) -> str:
        ring = self._open_ring()
        own = type(ring).__module__ == "master.vault.passphrase"
        return "vault_locked_passphrase" if own else f"vault_locked_{current_system()}"

    def _probe(self) -> None:
        self._open_ring().get_password(f"{self._prefix}/probe", USER_NAME)

    def _passphrase_ring(self, method: str) -> Callable[..., None]:
        ring = self._open_ring()
        found: Callable[..., None] | None = getattr(ring, method, None)
        if found is None or type(ring).__module__ != "master.vault.passphrase":
            raise VaultError("vault_passphrase_none", name=display_name(ring))
        return found

    def _display_name(self) -> str:
        return "" if self._ring is None else display_name(self._ring)

"""Which keyring holds the sealed texts.

Opening one imports ``keyring`` and may hang, so only the keyring's thread does it.
"""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from master.vault.errors import VaultError, current_system
from master.vault.layouts import Ring

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Kind = Literal["keyring", "passphrase", "memory"]

NATIVE: Final = {
    "linux": ("keyring.backends.SecretService", "keyring.backends.libsecret", "keyring.backends.kwallet"),
    "macos": ("keyring.backends.macOS",),
    "windows": ("keyring.backends.Windows",),
}
"""Modules of ``keyring`` for each operating system. Others are used only if the user configured them."""

REFUSED: Final = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt.")
"""They keep nothing, or keep it in plain text or under a key of their own."""

RECOMMENDED: Final = 1.0
"""Priority from which ``keyring`` itself recommends a keyring."""

DISPLAY_NAMES: Final = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
    "master.vault.memory": "memory (forgotten at the end)",
    "master.vault.passphrase": "passphrase vault",
}


class Backend:
    """A keyring that is opened at first use. Cheap to make on any thread; :meth:`open` blocks."""

    def __init__(self, kind: Kind, opener: Callable[[], Ring]) -> None:
        self.kind = kind
        self._opener = opener
        self._ring: Ring | None = None

    def open(self) -> Ring:
        """Return the keyring, found and opened once. Raises :class:`VaultError` and whatever the keyring raises."""
        if self._ring is None:
            self._ring = self._opener()
        return self._ring

    def forget(self) -> None:
        """Look for the keyring anew next time (it may have been installed or started meanwhile)."""
        if self.kind == "keyring":
            self._ring = None


def open_backend(kind: Kind, profile_dir: Path, passphrase: Callable[[], str | None] | None = None) -> Backend:
    """Return the keyring of this kind, not opened yet; never fails.

    ``keyring``: the one of the operating system. ``passphrase``: a sealed file in ``profile_dir``; the callable
    ``passphrase`` gives what opens it and must not wait for a person (without it the vault waits for
    ``Vault.unlock``). ``memory``: for throw-away profiles.
    """
    if kind == "keyring":
        return Backend(kind, find_system_keyring)
    if kind == "passphrase":
        return Backend(kind, lambda: _open_passphrase(profile_dir, passphrase))
    return Backend(kind, _open_memory)


def display_name(ring: Ring) -> str:
    """Return what people call this keyring."""
    module = type(ring).__module__
    return DISPLAY_NAMES.get(module, f"{module}.{type(ring).__qualname__}")


def find_system_keyring() -> Ring:
    """Return the keyring that the user configured for Python, else the best one of this operating system.

    Raises :class:`VaultError` ``ERR_KEYRING`` when there is none, or the configured one protects nothing.
    """
    from keyring import core  # slow to import

    try:
        configured = core.load_env() or core.load_config()
    except (ImportError, AttributeError, RuntimeError) as error:
        raise VaultError("vault_failed", detail=f"{type(error).__name__}: {error}") from error
    if configured is not None and not type(configured).__module__.startswith("keyring.backends.chainer"):
        _refuse(type(configured))
        return _prepared(configured)
    ring = _best_native()
    if ring is None:
        raise VaultError(f"vault_none_{current_system()}")
    return _prepared(ring)


def _best_native() -> "KeyringBackend | None":
    from keyring.backend import KeyringBackend

    if current_system() == "linux" and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        # All of Linux are reached over the session's bus, and nothing else of ours loads 7 MB of cryptography at start.
        return None
    modules = NATIVE[current_system()]
    for module in modules:
        importlib.import_module(module)
    viable = [
        ring
        for ring in KeyringBackend.get_viable_backends()
        if ring.__module__ in modules and float(ring.priority) >= RECOMMENDED
    ]
    best = max(viable, key=lambda ring: float(ring.priority), default=None)
    return None if best is None else best()


def _refuse(ring: "type[KeyringBackend]") -> None:
    if ring.__module__.startswith(REFUSED) or float(ring.priority) < RECOMMENDED:
        raise VaultError("vault_refused", name=f"{ring.__module__}.{ring.__qualname__}")


def _prepared(ring: "KeyringBackend") -> Ring:
    if type(ring).__module__ == "keyring.backends.Windows":
        return ring.with_properties(_persist=2)  # CRED_PERSIST_LOCAL_MACHINE: sealed texts do not roam
    return ring


def _open_passphrase(profile_dir: Path, passphrase: Callable[[], str | None] | None) -> Ring:
    from master.vault.passphrase import PassphraseKeyring

    return PassphraseKeyring(profile_dir, passphrase)


def _open_memory() -> Ring:
    from master.vault.memory import MemoryKeyring

    return MemoryKeyring()

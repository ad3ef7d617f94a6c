"""The passphrase vault: a keyring in one sealed file, for machines without a usable keyring of their own.

``vault.sealed`` in the profile is JSON: how the key is derived (scrypt), a check that tells a wrong passphrase from a
damaged file, and the body, everything sealed with AES-256-GCM. Imports ``keyring``: import it on the keyring's thread.
"""

import base64
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from master.vault.errors import VaultError
from master.vault.private_file import write_private

FILE_NAME: Final = "vault.sealed"
_NONCE_BYTES: Final = 12
_MEMORY_LIMIT: Final = 1 << 30
"""Bytes that scrypt may take (128 · n · r): a forged file must not exhaust the machine."""


class _Derivation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str = "scrypt"
    n: int = 2**15
    r: int = 8
    p: int = 1
    salt: str


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = "watchkeeper passphrase vault"
    version: int = 1
    derivation: _Derivation
    check: str
    body: str


Entries = dict[str, dict[str, str]]


class PassphraseKeyring(KeyringBackend):
    """Keeps passwords in ``vault.sealed``. Locked (``VaultError`` ``ERR_KEYRING_LOCKED``) until :meth:`unlock`."""

    priority = -1.0  # never chosen by itself, only by the user  # type: ignore[assignment]

    # the base class's __init__ would let environment variables set attributes of ours
    def __init__(self, profile_dir: Path, ask: Callable[[], str | None] | None = None) -> None:
        """``ask`` gives the passphrase, or ``None``; called once, at first use. It must not wait for a person."""
        self._path = profile_dir / FILE_NAME
        self._ask = ask
        self._key: bytes | None = None
        self._derivation = _Derivation(salt="")
        self._entries: Entries = {}

    @property
    def locked(self) -> bool:
        """Whether a person must type the passphrase first; one at hand is used. Raises what is wrong with it."""
        self._unlock_by_itself()
        return self._key is None

    def unlock(self, passphrase: str) -> None:
        """Open the vault; the first time, make it with this passphrase.

        Raises :class:`VaultError` ``ERR_PASSPHRASE`` for a wrong or empty one, ``ERR_KEYRING`` for a damaged file.
        """
        self._ask = None
        if not self._path_exists():
            self._adopt(passphrase, {})
            return
        file = self._load()
        key = _derive(passphrase, file.derivation)
        if _open(key, file, "check") is None:
            raise VaultError("vault_passphrase_wrong")
        body = _open(key, file, "body")
        if body is None:
            raise self._damaged()
        try:
            self._entries = msgspec.json.decode(body, type=Entries)
        except msgspec.DecodeError:
            raise self._damaged() from None
        self._key, self._derivation = key, file.derivation

    def lock(self) -> None:
        """Forget the key and everything that was opened with it."""
        self._key = None
        self._entries = {}

    def change_passphrase(self, old: str, new: str) -> None:
        """Seal the vault anew. Raises :class:`VaultError` ``ERR_PASSPHRASE``; the old passphrase then still holds."""
        if not new:
            raise VaultError("vault_passphrase_empty")
        self.unlock(old)
        self._adopt(new, self._entries)

    def get_password(self, service: str, username: str) -> str | None:
        return self._opened().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        entries = self._opened()
        self._save({**entries, service: {**entries.get(service, {}), username: password}})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._opened()
        if username not in entries.get(service, {}):
            raise PasswordDeleteError("There is no such password.")
        rest = {name: value for name, value in entries[service].items() if name != username}
        others = {name: value for name, value in entries.items() if name != service}
        self._save({**others, service: rest} if rest else others)

    def _opened(self) -> Entries:
        self._unlock_by_itself()
        if self._key is None:
            raise VaultError("vault_locked_passphrase")
        return self._entries

    def _unlock_by_itself(self) -> None:
        if self._key is None and self._ask is not None:
            passphrase = self._ask()
            if passphrase is not None:
                self.unlock(passphrase)

    def _adopt(self, passphrase: str, entries: Entries) -> None:
        if not passphrase:
            raise VaultError("vault_passphrase_empty")
        derivation = _Derivation(salt=_encode(secrets.token_bytes(16)))
        self._save(entries, _derive(passphrase, derivation), derivation)

    def _save(self, entries: Entries, key: bytes | None = None, derivation: _Derivation | None = None) -> None:
        """Write the file, then take over what it holds: a failed write changes nothing."""
        key = key or self._key
        if key is None:
            raise VaultError("vault_locked_passphrase")
        derivation = derivation or self._derivation
        file = _File(
            derivation=derivation,
            check=_seal(key, derivation, "check", b"ok"),
            body=_seal(key, derivation, "body", msgspec.json.encode(entries)),
        )
        try:
            write_private(self._path, msgspec.json.encode(file))
        except OSError as error:
            raise self._unreachable(error) from error
        self._key, self._derivation, self._entries = key, derivation, entries

    def _load(self) -> _File:
        try:
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except OSError as error:
            raise self._unreachable(error) from error
        except msgspec.DecodeError:
            raise self._damaged() from None
        rule = file.derivation
        sound = rule.n > 1 and not rule.n & (rule.n - 1) and rule.r > 0 and 0 < rule.p <= 16
        if rule.name != "scrypt" or not sound or 128 * rule.n * rule.r > _MEMORY_LIMIT:
            raise self._damaged()
        return file

    def _path_exists(self) -> bool:
        try:
            self._path.stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unreachable(error) from error
        return True

    def _damaged(self) -> VaultError:
        return VaultError("vault_sealed_damaged", path=str(self._path))

    def _unreachable(self, error: OSError) -> VaultError:
        return VaultError("vault_sealed_unreachable", path=str(self._path), detail=error.strerror or str(error))


def _derive(passphrase: str, rule: _Derivation) -> bytes:
    """Return the 32-byte key; the same characters give the same key whatever keyboard composed them."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    scrypt = Scrypt(salt=_decode(rule.salt), length=32, n=rule.n, r=rule.r, p=rule.p)
    return scrypt.derive(unicodedata.normalize("NFC", passphrase).encode())


def _bound(rule: _Derivation, part: str) -> bytes:
    return msgspec.json.encode([part, rule])


def _seal(key: bytes, rule: _Derivation, part: str, data: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _encode(nonce + AESGCM(key).encrypt(nonce, data, _bound(rule, part)))


def _open(key: bytes, file: _File, part: str) -> bytes | None:
    """Return the content of ``check`` or ``body``, ``None`` when the key does not open it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        sealed = _decode(file.check if part == "check" else file.body)
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(file.derivation, part))
    except (InvalidTag, ValueError):
        return None


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

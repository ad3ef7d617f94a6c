"""Sealing of credential documents: AES-256-GCM, a fresh nonce each, bound to whom they belong to."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from master.vault.errors import VaultError

FORMAT: Final = "w1"
_NONCE_BYTES: Final = 12


class Slot(NamedTuple):
    """Where one document lives: its scope (``account``, ``credential`` …), the id of its owner, and its generation."""

    scope: str
    id: str
    generation: int

    @property
    def name(self) -> str:
        """The last part of the service name; an id can hold no separator of it."""
        return f"{quote(self.scope, safe='')}/{quote(self.id, safe='')}/{self.generation}"

    @property
    def bound(self) -> bytes:
        """Associated data: a sealed text opens only for the slot and the format that it was made for."""
        return f"watchkeeper/{FORMAT}/{self.name}".encode()


def seal(key: bytes, slot: Slot, document: Mapping[str, Any]) -> str:
    """Return ``document`` as sealed text: the format, a dot, base64url of nonce and ciphertext. ASCII, one line."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import

    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(dict(document)), slot.bound)
    return f"{FORMAT}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(key: bytes, slot: Slot, text: str) -> dict[str, Any]:
    """Open what :func:`seal` made for this slot with this key.

    Raises :class:`VaultError` ``ERR_CREDENTIAL_UNREADABLE`` for anything else.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    version, _, body = text.partition(".")
    try:
        if version != FORMAT:
            raise VaultError("vault_entry_damaged", id=slot.id)
        sealed = base64.b64decode(body, altchars=b"-_", validate=True)
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], slot.bound)
        return msgspec.json.decode(plain, type=dict[str, Any])
    except (InvalidTag, binascii.Error, ValueError, msgspec.DecodeError):
        # the cause could quote what was opened, so it is not kept
        raise VaultError("vault_entry_damaged", id=slot.id) from None

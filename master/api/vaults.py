"""Where credentials are kept, and whether that can be opened."""

from typing import Annotated, Literal

from msgspec import Meta

from master.api.rows import Body, Row
from worker.protocol.secret import veiled
from worker.protocol.texts import Text

Passphrase = Annotated[str, Meta(min_length=1, max_length=4096)]


class VaultInfo(Row, frozen=True, kw_only=True):
    """Answer of ``GET /vault``. ``reason`` says why credentials cannot be stored, and what to do."""

    kind: Literal["keyring", "passphrase", "memory"]
    state: Literal["ok", "unavailable", "locked"]
    name: str
    """What people call the keyring; empty while none was found."""
    reason: Text | None = None


class VaultUnlock(Body, frozen=True, kw_only=True):
    """Body of ``POST /vault/unlock``."""

    passphrase: Passphrase

    __repr__ = veiled


class VaultPassphrase(Body, frozen=True, kw_only=True):
    """Body of ``PUT /vault/passphrase``."""

    old: Passphrase
    new: Annotated[str, Meta(min_length=8, max_length=4096)]

    __repr__ = veiled

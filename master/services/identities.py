"""Who a service says that we are, as tests told: known again when these very credentials are stored a moment later."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

KEPT_SECONDS: Final = 900.0
MOST: Final = 100


class Told(NamedTuple):
    """What a test told."""

    identity: str
    expires_at: int | None
    until: float


class TestedIdentities:
    """Keeps no credentials: digests under a key that dies with this process."""

    __test__ = False

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._told: dict[bytes, Told] = {}

    def note(
        self,
        platform: str,
        settings: Mapping[str, Any],
        document: Mapping[str, Any],
        identity: str,
        expires_at: int | None,
    ) -> None:
        """Note what a test with these told."""
        if len(self._told) >= MOST:
            del self._told[next(iter(self._told))]
        told = Told(identity[:512], expires_at, self._clock() + KEPT_SECONDS)
        self._told[self._digest(platform, settings, document)] = told

    def of(self, platform: str, settings: Mapping[str, Any], document: Mapping[str, Any]) -> Told | None:
        """Return what a test of the last minutes told, None where there was none."""
        told = self._told.get(self._digest(platform, settings, document))
        return told if told is not None and told.until > self._clock() else None

    def _digest(self, platform: str, settings: Mapping[str, Any], document: Mapping[str, Any]) -> bytes:
        raw = msgspec.json.encode([platform, dict(settings), dict(document)], order="deterministic")
        return hmac.new(self._key, raw, hashlib.sha256).digest()

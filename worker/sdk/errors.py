"""What a plug-in raises; the core reacts.

A wrong password is never ``TemporaryFailure``, a dead network never ``AuthFailed``.
"""

from typing import Final

from worker.protocol.texts import Text, text

NO_TLS: Final = frozenset(("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"))
"""What OpenSSL calls an answer that is no TLS."""


class PlatformError(Exception):
    """Base. ``reason`` is shown to people; ``fields`` maps manifest fields to what is wrong with each."""

    def __init__(self, reason: Text, fields: dict[str, Text] | None = None) -> None:
        super().__init__(reason.message)
        self.reason = reason
        self.fields = fields or {}


class AuthFailed(PlatformError):
    """The service refuses the sign-in: checks stop, one alert, *Sign in again*."""


class TemporaryFailure(PlatformError):
    """Network, server or time-out: backs off with jitter and alerts once after three intervals."""


class ParseFailure(TemporaryFailure):
    """The service answers, but what it says cannot be read: asked again, but not soon."""


class RateLimited(TemporaryFailure):
    """The service asks for patience; ``retry_after`` in seconds, None when it did not say."""

    def __init__(self, retry_after: float | None = None, reason: Text | None = None) -> None:
        super().__init__(reason or text("rate_limited", seconds=round(retry_after or 60)))
        self.retry_after = retry_after


class InvalidConfig(PlatformError):
    """The settings cannot work as they are; ``fields`` says which and why."""

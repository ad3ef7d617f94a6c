"""Signing in: what master and worker say to each other while a person signs in or signs out.

Messages that carry something secret show none of it in their ``repr``.
"""

from typing import Any, Literal

import msgspec

from worker.protocol.bases import Message, Moment
from worker.protocol.manifest import LoginKind
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Text

CODE_LENGTH = 4096
"""Longest value that a person may type or paste."""


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What the person is shown or asked. Its content opens an account: it goes to who signs in and nowhere else."""

    kind: LoginKind
    text: str = ""
    """Of ``qr``: what the QR code says; clients draw it."""
    image: str = ""
    """Of ``qr``, where the service has only a picture: a PNG in base64."""
    url: str = ""
    """Of ``url`` and ``device_code``: where to go. Of the latter it may contain the code already."""
    code: str = ""
    """Of ``device_code``: to be typed there."""
    prompt: Text | None = None
    """Of ``code``: what to type; of others what to do, where that is not obvious."""
    secret: bool = False
    """Of ``code``: hide what is typed (a second password)."""
    paste: bool = False
    """Of ``url``: the address that the browser ended at may be pasted, should it not find the way back."""
    wrong: Text | None = None
    """Why what was typed before did not do."""
    expires_at: Moment | None = None

    def __repr__(self) -> str:
        return f"Challenge(kind={self.kind!r})"


# ---------------------------------------------------------------- signing in


class StartLogin(Message, frozen=True, kw_only=True):
    """Command: begin to sign in. Typed secrets are asked for with the ticket, which also names the sign-in."""

    ticket: str
    platform: str
    method: str
    """Id of one of the manifest's ``logins``."""
    settings: dict[str, Any]
    has_credentials: bool
    seconds: float
    """So long it may take in all."""
    commands: list[str] | None = None
    """Programs that its platform may execute; None: any."""
    proxy: ProxyRoute | None = None

    def __repr__(self) -> str:
        return f"StartLogin(platform={self.platform!r}, method={self.method!r})"


class AnswerLogin(Message, frozen=True, kw_only=True):
    """Command: the person typed ``value``, or (None) wants the QR code anew."""

    ticket: str
    value: str | None

    def __repr__(self) -> str:
        return "AnswerLogin(…)"


class CancelLogin(Message, frozen=True, kw_only=True):
    """Command: nobody waits for this sign-in any more."""

    ticket: str

    def __repr__(self) -> str:
        return "CancelLogin(…)"


class LoginChallenged(Message, frozen=True, kw_only=True):
    """The person is to do something. Refused when the sign-in is over."""

    ticket: str
    challenge: Challenge

    def __repr__(self) -> str:
        return f"LoginChallenged({self.challenge!r})"


class LoginReported(Message, frozen=True, kw_only=True):
    """How a sign-in stands. ``success`` only after a connection with the new credentials was made."""

    ticket: str
    state: Literal["scanning", "verifying", "success", "failed", "expired"]
    document: dict[str, Any] = {}
    """Of a success: the credentials."""
    identity: str = ""
    name: str = ""
    settings: dict[str, Any] = {}
    """Of a success: settings that the sign-in told, for a new account."""
    expires_at: Moment | None = None
    """Of a success: when the person has to sign in again, as far as it is known."""
    error: Text | None = None
    fields: dict[str, Text] = {}

    def __repr__(self) -> str:
        return f"LoginReported(state={self.state!r})"


class LogOut(Message, frozen=True, kw_only=True):
    """Question: have the service forget the credentials of the ticket."""

    ticket: str
    account_id: str = ""
    """Whose they are: what an adapter has named after it at the service is found again."""
    platform: str
    settings: dict[str, Any]
    commands: list[str] | None = None
    """Programs that its platform may execute; None: any."""
    proxy: ProxyRoute | None = None

    def __repr__(self) -> str:
        return f"LogOut(platform={self.platform!r})"


class LoggedOut(Message, frozen=True, kw_only=True):
    """The answer; ``revoked`` false without an error: the service has nothing to forget."""

    revoked: bool
    error: Text | None = None

"""How a worker gets secrets, and tells of those that a service has renewed."""

from typing import Any

from worker.protocol.bases import Message, Moment, Number
from worker.protocol.secret import veiled


class CredentialRequest(Message, frozen=True, kw_only=True):
    """Question: the secret of an account whose lease I hold, of a test (``ticket``) or of a job given to me."""

    account_id: str = ""
    epoch: Number = 0
    ticket: str = ""
    job_id: str = ""
    run: Number = 0
    proxy_id: str = ""
    """With account and epoch: the password of the proxy that this account is watched through."""
    renew: bool = False
    """I want to have them renewed by the service: give me the right to, for which nobody else has it meanwhile."""

    __repr__ = veiled


class CredentialGranted(Message, frozen=True, kw_only=True):
    """The only message that carries a secret, and only as an acknowledgement."""

    document: dict[str, Any]
    version: int
    account_id: str = ""
    """Of a test: whose stored credentials these are, empty for those that were typed."""
    may_renew: bool = False
    """You alone may have them renewed, until you tell what came of it, at most for a minute."""

    def __repr__(self) -> str:
        return f"CredentialGranted(version={self.version})"


class CredentialUpdated(Message, frozen=True, kw_only=True):
    """Credentials changed at the service. Stored if ``version`` is still the one that holds, whatever the epoch."""

    account_id: str
    version: Number
    """From which they were derived."""
    document: dict[str, Any]
    expires_at: Moment | None = None
    """When the person has to sign in again; None: as before, or never."""

    def __repr__(self) -> str:
        return f"CredentialUpdated(account_id={self.account_id!r}, version={self.version})"


class CredentialKept(Message, frozen=True, kw_only=True):
    """They were not changed after all (the service could not be asked): others may try."""

    account_id: str
    version: Number


class CredentialStored(Message, frozen=True, kw_only=True):
    """The answer, after the commit. ``stored`` false: others were stored meanwhile; ``version`` is what holds now."""

    stored: bool
    version: Number

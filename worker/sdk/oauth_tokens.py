"""What an OAuth 2 server says: tokens, device codes, and refusals as what they mean."""

from typing import Any, Final

import msgspec

from worker.protocol.secret import veiled
from worker.sdk.apis import Answer
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError, RateLimited
from worker.sdk.platform import SignedIn, now_ms, text

POLL_SECONDS: Final = 5.0
DEVICE_SECONDS: Final = 900.0
LONGEST_TOKEN: Final = 64 * 1024
LONGEST_SPAN: Final = 10 * 365 * 86_400


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a service gave."""

    access_token: str
    refresh_token: str = ""
    access_expires_at: int | None = None
    refresh_expires_at: int | None = None
    scopes: tuple[str, ...] = ()
    """Those that it says it granted; empty: those that were asked for."""

    def document(self) -> dict[str, Any]:
        """Return what stands in the credentials: the platform may add more of its own beside it."""
        kept = {"access_token": self.access_token, "refresh_token": self.refresh_token}
        ends = {"access_expires_at": self.access_expires_at, "refresh_expires_at": self.refresh_expires_at}
        return {name: value for name, value in {**kept, **ends}.items() if value}

    @property
    def expires_at(self) -> int | None:
        """When the person has to sign in again, as far as the service tells."""
        return self.refresh_expires_at if self.refresh_token else self.access_expires_at

    def signed_in(self, settings: dict[str, Any] | None = None, **more: Any) -> SignedIn:
        """Return what ``Platform.login`` returns; ``more`` goes into the credentials."""
        return SignedIn(document={**self.document(), **more}, settings=settings or {}, expires_at=self.expires_at)

    def __repr__(self) -> str:
        return "Tokens(…)"


class SlowDown(Exception):
    """RFC 8628: ask less often from now on."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    device_code: str
    user_code: str
    verification_uri: str = ""
    verification_url: str = ""
    """As it was called before the standard."""
    expires_in: float = DEVICE_SECONDS
    interval: float = POLL_SECONDS

    __repr__ = veiled


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str | None = None
    expires_in: float | str | None = None
    refresh_token_expires_in: float | str | None = None
    refresh_expires_in: float | str | None = None
    scope: str | None = None

    __repr__ = veiled


OURS: Final = frozenset({"access_token", "refresh_token", "access_expires_at", "refresh_expires_at"})


def decode(answer: Answer, kind: Any) -> Any:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise answer.site.garbage() from error


def tokens_of(granted: Granted, answer: Answer) -> Tokens:
    if not 0 < len(granted.access_token) <= LONGEST_TOKEN or len(granted.refresh_token or "") > LONGEST_TOKEN:
        raise answer.site.garbage()
    refresh_ends = granted.refresh_token_expires_in or granted.refresh_expires_in
    return Tokens(
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or "",
        access_expires_at=moment_of(granted.expires_in),
        refresh_expires_at=moment_of(refresh_ends) if granted.refresh_token else None,
        scopes=tuple((granted.scope or "").replace(",", " ").split()),
    )


def moment_of(span: float | str | None) -> int | None:
    """Return the moment ``span`` seconds from now; a service that says 0 means never."""
    try:
        seconds = float(span or 0)
    except ValueError:
        return None
    return now_ms() + round(seconds * 1000) if 0 < seconds < LONGEST_SPAN else None


def fault_of(answer: Answer, private: tuple[str, ...] = ()) -> PlatformError:
    """Return what a refusal means. A server may repeat what it was sent: ``private`` is taken out."""
    word, said = answer.word("error"), answer.word("error_description", "error")
    for value in private:
        said = said.replace(value, "…") if value else said
    if answer.status == 429:
        return RateLimited(answer.patience())
    if answer.status >= 500 or word in ("temporarily_unavailable", "server_error"):
        return answer.site.temporary(text("http_status", host=answer.site.host, status=answer.status))
    if word in ("invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"):
        return InvalidConfig(text("oauth_client_refused", detail=said))
    if word:
        return denied(word, said)
    if answer.status in (400, 401, 403):
        return AuthFailed(text("oauth_refused", detail=str(answer.status)))
    return answer.site.garbage()


def denied(word: str, said: str) -> AuthFailed:
    if word == "access_denied":
        return AuthFailed(text("oauth_denied"))
    if word == "invalid_grant":
        return AuthFailed(text("oauth_ended"))
    return AuthFailed(text("oauth_refused", detail=(said or word)[:300]))

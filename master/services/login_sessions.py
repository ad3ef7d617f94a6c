"""One sign-in in memory: what is shown, how long each state may take, and how it ends (pure: no waiting in here)."""

from typing import Any, Final

import msgspec

from master.api.logins import OPEN_LOGINS, Challenge, LoginCreate, LoginSession, LoginState
from master.store.logins import LoginRecord
from worker.protocol.texts import Text, text

LIFE_SECONDS: Final = 300.0
LIMITS: Final[dict[LoginState, float]] = {"pending": 60.0, "scanning": 120.0, "code_asked": 180.0}
"""Seconds without anything new, by state. While a challenge is shown it is as good as the service says."""
SHOWN_SECONDS: Final = 300.0
"""For a page or a QR code of which the service does not say how long it is good."""
STEPS: Final = {
    "qr": "login_show_qr",
    "code": "login_enter_code",
    "url": "login_open_url",
    "device_code": "login_enter_device_code",
}


class Running:
    """``ends`` and ``state_ends`` are seconds of the service's clock; those of the session are for people."""

    def __init__(self, session: LoginSession, ticket: str, now: float, create: LoginCreate | None) -> None:
        self.session = session
        self.ticket = ticket
        self.create = create
        """Of a new account: what it will be."""
        self.settings: dict[str, Any] = {}
        self.ends = now + LIFE_SECONDS
        self.state_ends = min(self.ends, now + LIMITS["pending"])
        self.wall = session.created_at - round(now * 1000)
        """What turns the clock into UTC milliseconds."""
        self.finishing = False
        """Its result is being stored: too late to give it up."""

    @property
    def is_open(self) -> bool:
        """It has not ended."""
        return self.session.state in OPEN_LOGINS

    def challenged(self, challenge: Challenge, now: float) -> None:
        """Something is shown or asked."""
        before = self.session.challenge
        state: LoginState = "code_asked" if challenge.kind == "code" else "pending"
        again = challenge.kind == "qr" and before is not None and before.kind == "qr"
        seconds = LIMITS["code_asked"] if state == "code_asked" else SHOWN_SECONDS
        if challenge.expires_at is not None:
            # A moment more: a service that is asked at the last second still answers.
            seconds = min(seconds, max(0.0, (challenge.expires_at - self.wall) / 1000 - now) + 5.0)
        self._go(
            now,
            seconds,
            state=state,
            challenge=challenge,
            step=text(STEPS[challenge.kind]),
            refreshes=self.session.refreshes + again,
        )

    def typed(self, now: float) -> None:
        """The person answered; what is next comes from the service."""
        self._go(now, LIMITS["scanning"], state="scanning", challenge=None, step=text("login_verifying"))

    def confirmed(self, now: float, *, verifying: bool) -> None:
        """The code was scanned, or everything was done and the result is tried."""
        step = text("login_verifying" if verifying else "login_confirm")
        self._go(now, LIMITS["scanning"], state="scanning", challenge=None, step=step, verifying=verifying)

    def late(self, now: float) -> tuple[LoginState, Text] | None:
        """Return how it ends for taking too long, None while it does not."""
        if self.finishing:
            return None
        if now >= self.ends:
            return "expired", text("login_expired", minutes=round(LIFE_SECONDS / 60))
        if now >= self.state_ends:
            challenge = self.session.challenge
            if challenge is not None and challenge.expires_at is not None:
                return "expired", text("login_gave_up")
            return "timeout", text("login_timeout", seconds=round(self._seconds))
        return None

    def ended(self, state: LoginState, step: Text, error: Text | None, fields: dict[str, Text], now: float) -> None:
        """It is over; nothing that was shown is kept."""
        self.session = msgspec.structs.replace(
            self.session,
            state=state,
            step=step,
            error=error,
            fields=fields,
            challenge=None,
            verifying=False,
            ended_at=self._wall(now),
            state_expires_at=self._wall(now),
        )
        self.settings = {}

    def record(self) -> LoginRecord:
        """Return what is written of it."""
        session = self.session
        return LoginRecord(
            id=session.id,
            platform=session.platform,
            method=session.method,
            account_id=session.account_id,
            name=session.name,
            state=session.state,
            step=session.step,
            error=session.error,
            refreshes=session.refreshes,
            worker_id=session.worker_id,
            created_at=session.created_at,
            expires_at=session.expires_at,
            ended_at=session.ended_at,
        )

    def _go(self, now: float, seconds: float, **changes: Any) -> None:
        self._seconds = seconds
        self.state_ends = min(self.ends, now + seconds)
        self.session = msgspec.structs.replace(self.session, state_expires_at=self._wall(self.state_ends), **changes)

    _seconds: float = LIMITS["pending"]

    def _wall(self, moment: float) -> int:
        return self.wall + round(moment * 1000)


def shown(record: LoginRecord) -> LoginSession:
    """Return a sign-in of before as clients see it."""
    return LoginSession(
        id=record.id,
        platform=record.platform,
        method=record.method,
        account_id=record.account_id,
        name=record.name,
        state=record.state,  # type: ignore[arg-type] # only such were written
        step=record.step,
        error=record.error,
        refreshes=record.refreshes,
        worker_id=record.worker_id,
        created_at=record.created_at,
        expires_at=record.expires_at,
        state_expires_at=record.expires_at,
        ended_at=record.ended_at,
    )

"""Tokens and certificates that end soon: told some days before, over when there are new ones.

Of a server several accounts use, and some may hold a connection from before it was renewed: what ends first counts, so
that none is missed; every connection is made anew once a day.
"""

from collections.abc import Callable
from typing import Final

from master.api.accounts import Account
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.settings import SettingsService
from worker.protocol.certificates import Certificate
from worker.protocol.codec import now_ms
from worker.protocol.states import AccountState

DAY_MS: Final = 86_400_000
LOOK_MS: Final = 10_000


class Expiries:
    """Looks at all accounts now and then; what it sees the alerts judge."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        alerts: AlertService,
        settings: SettingsService,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._accounts = accounts
        self._alerts = alerts
        self._settings = settings
        self._clock = clock
        self._looked_at = 0
        self._seen: set[str] = set()

    def tick(self) -> None:
        """Once a second."""
        now = self._clock()
        if 0 <= now - self._looked_at < LOOK_MS:
            return
        self._looked_at = now
        for row in self._accounts.rows().values():
            days = self._days(row, now)
            if days is not None:
                self._seen.add(row.id)
                self._alerts.note_expiring(row, days)
            elif row.id in self._seen:
                self._seen.discard(row.id)
                self._alerts.note_expiring(row, None)
        self._seen &= self._accounts.rows().keys()
        self._look_at_certificates(now)

    def forget(self) -> None:
        """Look again at the next tick: something was signed in, or the settings changed."""
        self._looked_at = 0

    def _look_at_certificates(self, now: int) -> None:
        days = self._settings.current.expiry_warning_days
        # What is paused was last seen nobody knows when.
        rows = [row for row in self._accounts.rows().values() if row.state is not AccountState.PAUSED]
        used: dict[str, Certificate] = {}
        for one in (one for row in rows for one in row.certificates):
            if one.name not in used or one.expires_at < used[one.name].expires_at:
                used[one.name] = one
        self._alerts.note_certificates([one for one in used.values() if one.is_near(now, days)], used.keys())

    def _days(self, row: Account, now: int) -> int | None:
        """Return in how many days the credentials end, None when that is no news yet."""
        warning = self._settings.current.expiry_warning_days
        if row.credentials_expire_at is None or not row.has_credentials or not warning:
            return None
        left = row.credentials_expire_at - now
        return max(0, left // DAY_MS) if left <= warning * DAY_MS else None

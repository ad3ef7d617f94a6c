"""Tokens and certificates that end soon: told some days before, over when there are new ones."""

from collections.abc import Callable
from typing import Final

from master.api.accounts import Account
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.settings import SettingsService
from worker.protocol.codec import now_ms

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

    def forget(self) -> None:
        """Look again at the next tick: something was signed in, or the settings changed."""
        self._looked_at = 0

    def _days(self, row: Account, now: int) -> int | None:
        """Return in how many days the credentials end, None when that is no news yet."""
        warning = self._settings.current.expiry_warning_days
        if row.credentials_expire_at is None or not row.has_credentials or not warning:
            return None
        left = row.credentials_expire_at - now
        return max(0, left // DAY_MS) if left <= warning * DAY_MS else None

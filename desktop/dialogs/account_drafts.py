"""What stands in the form of an account, as the master wants it."""

from dataclasses import dataclass
from typing import Any

from desktop.dialogs.account_fields import written_values
from desktop.dialogs.form import Form
from desktop.dialogs.quiet_plans import QuietPlanBox
from master.api.logins import LoginCreate
from master.api.schema import Account, AccountCreate, AccountPatch, AccountTest
from worker.protocol.manifest import Manifest

SHOWN = 5
"""Of what is there already, so many are shown: an account that was just added is not empty."""


@dataclass(frozen=True, kw_only=True)
class AccountDraft:
    """``account`` is edited, else one is made; ``manifest`` None: no worker knows its platform."""

    manifest: Manifest | None
    account: Account | None
    form: Form
    quiet: QuietPlanBox

    def settings(self) -> dict[str, Any]:
        """Return what the platform asks for, without secrets."""
        if self.manifest is None:
            return dict(self.account.settings) if self.account is not None else {}
        own = {field.name for field in self.manifest.fields if not field.secret}
        return {name: value for name, value in self.form.values().items() if name in own}

    def common(self) -> dict[str, Any]:
        """Return what every account has."""
        return written_values(self.form.values()) | {"quiet_hours": self.quiet.value()}

    def to_test(self) -> AccountTest:
        """Return what is tried."""
        assert self.manifest is not None
        return AccountTest(
            platform=self.manifest.id,
            settings=self.settings(),
            credentials=self.form.values(secret=True) or None,
            account_id=self.account.id if self.account else None,
            **{name: value for name, value in self.common().items() if name in ("proxy_id", "group_id")},
        )

    def to_create(self) -> AccountCreate:
        """Return the account that is made."""
        assert self.manifest is not None
        return AccountCreate(
            platform=self.manifest.id,
            name=self.form.values()["name"],
            settings=self.settings(),
            credentials=self.form.values(secret=True) or None,
            show_existing=SHOWN,
            **self.common(),
        )

    def to_patch(self, version: int) -> AccountPatch:
        """Return what an account becomes that stood at ``version``."""
        return AccountPatch(name=self.form.values()["name"], settings=self.settings(), **self.common(), version=version)

    def to_login(self, way: str) -> LoginCreate:
        """Return the sign-in of which the account is made."""
        assert self.manifest is not None
        return LoginCreate(
            platform=self.manifest.id,
            method=way,
            settings=self.settings(),
            credentials=self.form.values(secret=True),
            name=self.form.values().get("name"),
            show_existing=SHOWN,
            **self.common(),
        )

"""The first minutes with Watchkeeper: what was done already, and what is next."""

from dataclasses import dataclass

from desktop.models.hub import Models
from master.api.schema import Account, Item
from worker.protocol.states import AccountState


@dataclass(frozen=True, kw_only=True)
class FirstRun:
    """``account``: the first of the accounts; ``checked``: one was looked at; ``item``: the newest that was found."""

    account: Account | None
    others: int
    """Accounts beside the first."""
    checked: bool
    item: Item | None

    @property
    def needs_sign_in(self) -> bool:
        """The service refused the credential: nothing goes on without the person."""
        return self.account is not None and self.account.state is AccountState.LOGIN_NEEDED

    @property
    def cannot_reach(self) -> bool:
        """The service does not answer."""
        return self.account is not None and self.account.state is AccountState.UNREACHABLE


def look(models: Models, item: Item | None) -> FirstRun:
    """Return how far the person is, as the models know it now; ``item`` is the newest that was found."""
    accounts = sorted(models.accounts.values(), key=lambda row: row.created_at)
    first = accounts[0] if accounts else None
    return FirstRun(
        account=first,
        others=max(0, len(accounts) - 1),
        checked=any(row.last_ok_at is not None for row in accounts),
        item=item,
    )

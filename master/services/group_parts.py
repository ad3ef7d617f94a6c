"""Groups, proxies and what is known of how accounts fared, made in one place."""

from collections.abc import Mapping

from master.services.account_histories import AccountHistories
from master.services.accounts import AccountService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.groups import GroupService
from master.services.janitor import Purge
from master.services.proxies import ProxyService
from master.services.proxy_tests import ProxyTestService
from master.services.proxy_tickets import ProxyTickets
from master.services.workers import WorkerService
from master.store.engine import Database
from master.vault.vault import Vault


class GroupParts:
    """Holds them; they have no other life together than their start."""

    def __init__(self, *, database: Database, vault: Vault, publisher: Publisher, accounts: AccountService) -> None:
        self.groups = GroupService(database=database, publisher=publisher, accounts=accounts)
        self.proxies = ProxyService(database=database, vault=vault, publisher=publisher, accounts=accounts)
        self.histories = AccountHistories(database=database, accounts=accounts)
        self.tickets = ProxyTickets(self.proxies)
        self._tallies = accounts.tallies

    async def load(self) -> None:
        """Read groups and proxies. Before the accounts are read: they inherit from these."""
        await self.groups.load()
        await self.proxies.load()

    def proxy_tests(self, workers: WorkerService, send: Send) -> ProxyTestService:
        """Return what tests proxies by these workers."""
        return ProxyTestService(proxies=self.proxies, tickets=self.tickets, workers=workers, send=send)

    def purges(self) -> Mapping[str, Purge]:
        """Return what the janitor clears."""
        return {"account_states": self.histories.purge, "check_tallies": self._tallies.purge}

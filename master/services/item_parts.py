"""What stands beside the items: conversations, counts, what they are kept for, and marking them at their services."""

from collections.abc import Callable, Mapping
from typing import Final

from master.services.accounts import AccountService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.item_histories import ItemHistoryService
from master.services.item_marks import ItemMarkService
from master.services.item_retention import ItemRetention
from master.services.item_statistics import ItemStatisticsService
from master.services.item_threads import ItemThreadService
from master.services.items import ItemService
from master.services.janitor import Purge
from master.services.searches import SearchService
from master.services.settings import SettingsService
from master.store.engine import Database
from master.tasks import Tasks
from worker.protocol.manifest import Manifest


class ItemParts:
    """Makes and holds them."""

    def __init__(
        self,
        *,
        items: ItemService,
        accounts: AccountService,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
        manifest: Callable[[str], Manifest | None],
        send: Send,
        tasks: Tasks,
    ) -> None:
        self.threads: Final = ItemThreadService(database=database, accounts=accounts)
        self.statistics: Final = ItemStatisticsService(database=database, accounts=accounts, unread=items)
        self.histories: Final = ItemHistoryService(database=database)
        self.searches: Final = SearchService(database=database, publisher=publisher)
        self.retention: Final = ItemRetention(database=database, settings=settings, items=items)
        self.marks: Final = ItemMarkService(
            database=database, accounts=accounts, manifest=manifest, settings=settings, send=send, tasks=tasks
        )
        self._tasks = tasks
        items.attach(self.marks)

    def purges(self) -> Mapping[str, Purge]:
        """Return what the janitor runs, by what is cleared."""
        marks: Purge = lambda before, dry_run: self.marks.clear_old(before, dry_run=dry_run)  # noqa: E731
        return {**self.retention.purges(), "item_marks": marks}

    async def load(self) -> None:
        """See how much of an older history is to be learnt."""
        await self.histories.load()

    def open(self) -> None:
        """Begin what goes on in the background."""
        self._tasks.spawn(self.histories.run(), name="item history")
        self._tasks.spawn(self.marks.run(), name="item marks")

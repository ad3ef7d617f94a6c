"""Shared faults and the accounts that they cover: found from their checks, looked at again when they are over."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from master.api.alerts import Incident
from master.errors import ServiceError
from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.incidents import NETWORK, SERVERS, Incidents, place_of
from master.services.networks import connected_addresses
from master.tasks import Tasks
from worker.protocol.account_messages import CheckEnded
from worker.protocol.states import CheckOutcome

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
"""How often the machine's interfaces are looked at."""
APART_SECONDS: Final = 0.02
"""Between two accounts that are looked at again after an incident."""
SILENT: Final = frozenset({CheckOutcome.ERROR, CheckOutcome.INVALID_CONFIG})
"""Outcomes that say nothing of a server: perhaps nobody asked it."""


class Keeper(Protocol):
    """What is asked of the service of accounts."""

    def show(self, watch: Watch) -> None: ...

    async def look(self, account_id: str) -> object: ...


class SharedFaults:
    """Joins :class:`~master.services.incidents.Incidents` and the accounts in memory."""

    def __init__(
        self,
        *,
        watches: Mapping[str, Watch],
        catalog: CatalogService,
        tasks: Tasks,
        keeper: Keeper,
        addresses: Callable[[], frozenset[str]] = connected_addresses,
    ) -> None:
        """``addresses``: by which this machine reaches others; called on another thread."""
        self._watches = watches
        self._catalog = catalog
        self._tasks = tasks
        self._keeper = keeper
        self._addresses = addresses
        self._incidents = Incidents()
        self._known: frozenset[str] | None = None
        self._look_due = 0.0

    def ended(self, watch: Watch, message: CheckEnded, now: float) -> None:
        """A check ended; ``now`` in awake seconds. Call it before the state is judged."""
        account_id, outcome = watch.record.id, message.outcome
        if outcome in SILENT:
            self._cover(self._incidents.forget(account_id))
            return
        place = place_of(self._catalog.manifest(watch.record.platform), watch.record.settings)
        if outcome not in SERVERS:
            self._cover(self._incidents.answered(account_id, place))
            return
        if self._incidents.failed(account_id, place, message.reason):
            # Until now it was everybody's trouble; what is left is its own, and begins here.
            watch.trouble_awake = now
        self._cover(())

    def is_undecided(self, account_id: str) -> bool:
        """Tell whether it may yet turn out that the network is down."""
        return self._incidents.is_undecided(account_id)

    def rows(self) -> list[Incident]:
        """Return the incidents that go on, the network's first."""
        rows = []
        for subject, account_ids in self._incidents.accounts().items():
            watches = [self._watches[one] for one in account_ids if one in self._watches]
            if watches:
                rows.append(
                    Incident(
                        kind="network_down" if subject == NETWORK else "server_down",
                        host=subject,
                        account_ids=[watch.record.id for watch in watches],
                        reason=watches[0].trouble,
                        since_at=min(watch.record.state_since_at for watch in watches),
                        told=any(watch.record.alerted == "incident" for watch in watches),
                    )
                )
        return sorted(rows, key=lambda row: row.host)

    def tick(self, now: float) -> None:
        """Once a second: forget what is no trouble any more, and look at the network now and then."""
        for account_id in [one for one in self._incidents.troubled() if self._is_over(one)]:
            self._cover(self._incidents.forget(account_id))
        if now >= self._look_due:
            self._look_due = now + LOOK_SECONDS
            self._tasks.spawn(self._look_at_network(), name="network")

    # ------------------------------------------------------------ inside

    def _is_over(self, account_id: str) -> bool:
        watch = self._watches.get(account_id)
        return watch is None or watch.trouble is None or watch.record.paused

    async def _look_at_network(self) -> None:
        try:
            found = await asyncio.to_thread(self._addresses)
        except OSError as error:
            logger.warning("the network's interfaces cannot be read: %s", error)
            return
        before, self._known = self._known, found
        over = self._incidents.set_offline(not found)
        if before is not None and found - before:
            # Another network: what could not be reached by the one before may well be by this one.
            over |= {one for one, watch in self._watches.items() if watch.incident == NETWORK}
        self._cover(over)

    def _cover(self, over: Iterable[str]) -> None:
        """Show which incident covers whom now, and look again at those whose incident is over."""
        for account_id in self._incidents.troubled():
            watch = self._watches.get(account_id)
            subject = self._incidents.covering(account_id)
            if watch is not None and watch.incident != subject:
                watch.incident = subject
                self._keeper.show(watch)
        wanted = list(over)
        if wanted:
            self._tasks.spawn(self._look_again(wanted), name="after an incident")

    async def _look_again(self, account_ids: Iterable[str]) -> None:
        for account_id in account_ids:
            try:
                await self._keeper.look(account_id)
            except ServiceError as error:
                logger.info("%s is not looked at now: %s", account_id, error)
            await asyncio.sleep(APART_SECONDS)

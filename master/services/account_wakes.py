"""What is to be checked when after the machine slept: who was missed, in which order, and by whose servers to wait."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from master.services.account_watches import Watch
from master.services.catalog import CatalogService
from master.services.incidents import is_local, place_of
from master.supervision.staggers import caught_up
from worker.protocol.account_messages import PlannedCheck
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.states import AccountState

HOSTS: Final = 5
"""So many servers are asked for; one that is found is enough."""
SOON_MS: Final = 60_000
"""Checks that are due within this belong to the catching up."""
AT_REST: Final = frozenset({AccountState.PAUSED, AccountState.LOGIN_NEEDED})


class AccountWakes:
    """Plans over the accounts in memory, and knows who has not been checked yet since."""

    def __init__(
        self,
        *,
        watches: Mapping[str, Watch],
        catalog: CatalogService,
        route: Callable[[str | None], ProxyRoute | None],
    ) -> None:
        """``route``: where a proxy is."""
        self._watches = watches
        self._catalog = catalog
        self._route = route
        self.waiting: Final[set[str]] = set()
        """Accounts of the last plans that were not checked since."""
        self._held: dict[str, int | None] = {}
        """When those that wait for the network were due before."""

    def ended(self, account_id: str) -> None:
        """Note that a check of an account ended, however it did."""
        self.waiting.discard(account_id)

    def remote(self) -> bool:
        """Tell whether any account that is watched needs the network."""
        return any(self._is_remote(watch) for watch in self._owned())

    def hosts(self) -> list[str]:
        """Return servers by which to tell that the network is there, the most important accounts' first.

        Behind a proxy it is the proxy, for nobody here resolves the server's name. What is no name of a host is left
        out: a platform may not say where it connects to.
        """
        found: dict[str, None] = {}
        for watch in sorted(self._owned(), key=_order):
            if not self._is_remote(watch):
                continue
            proxy = self._route(watch.counts.proxy_id)
            host = proxy.host if proxy is not None else self._host(watch)
            if "." in host or ":" in host:
                found[host] = None
            if len(found) >= HOSTS:
                break
        return list(found)

    def begin(self) -> None:
        """The machine woke up: what was planned after a sleep before is no more."""
        self.waiting.clear()
        self._held.clear()

    def plan(self, now: int, *, hold_ms: int | None = None, remote_only: bool = False) -> dict[str, list[PlannedCheck]]:
        """Decide when each account is checked next (UTC ms ``now``), and return it by worker.

        ``hold_ms``: those that need the network wait at least so long; ``remote_only``: decide for these alone.
        """
        plans: dict[str, list[PlannedCheck]] = {}
        rank = 0
        for watch in sorted(self._owned(), key=_order):
            remote = self._is_remote(watch)
            if remote_only and not remote:
                continue
            account_id, worker_id = watch.record.id, watch.owner.worker_id
            if worker_id is None:
                continue
            planned = None if watch.listening or watch.record.failures else watch.next_check_at
            planned = self._held.pop(account_id, planned)
            at, waits = caught_up(now=now, planned=planned, not_before=watch.record.not_before_at, rank=rank)
            rank += waits
            if remote and hold_ms is not None:
                self._held[account_id] = planned
                at = max(at, now + hold_ms)
            watch.next_check_at = at
            watch.checking = watch.listening = False
            if at - now <= SOON_MS or (remote and hold_ms is not None and waits):
                self.waiting.add(account_id)
            check = PlannedCheck(account_id=account_id, epoch=watch.owner.epoch, first_check_ms=max(0, at - now))
            plans.setdefault(worker_id, []).append(check)
        return plans

    def forget_gone(self) -> None:
        """Wait no more for what nobody watches now."""
        owned = {watch.record.id for watch in self._owned()}
        self.waiting.intersection_update(owned)

    def _owned(self) -> Iterable[Watch]:
        return [
            watch
            for watch in self._watches.values()
            if watch.owner.worker_id is not None and watch.record.state not in AT_REST
        ]

    def _is_remote(self, watch: Watch) -> bool:
        place = place_of(self._catalog.manifest(watch.record.platform), watch.record.settings)
        return place.remote and not is_local(place.host)

    def _host(self, watch: Watch) -> str:
        return place_of(self._catalog.manifest(watch.record.platform), watch.record.settings).host


def _order(watch: Watch) -> tuple[int, int]:
    """The most important first, then what has waited longest."""
    return -watch.counts.priority, watch.record.last_checked_at or 0

"""Which worker gets which account (pure: no clock, no chance, no state)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One worker that may be given accounts."""

    worker_id: str
    held: int
    """Accounts that it has now."""
    limit: int
    """Accounts that it may have."""
    platforms: frozenset[str]
    """What it knows to watch."""
    cost: float = 0.0
    """What the accounts that it has cost it, in the unit of :attr:`Claim.cost`."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One account without an owner."""

    account_id: str
    platform: str
    avoid: frozenset[str] = frozenset()
    """Workers that just failed to take it: not asked again for now."""
    cost: float = 1.0
    """What watching it costs: 1 is the mean of all accounts."""
    failover: bool = False
    """Its worker is gone: it may go where up to twice the limit is held, so that the watch goes on."""


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one claim: a worker, or why none (``no_worker``, ``no_platform``, ``avoided``, ``full``)."""

    account_id: str
    worker_id: str | None
    obstacle: str = ""


FAILOVER_FACTOR = 2
LONGEST_STRETCH = 4.0
COUNT_SPREAD = 3
"""A difference of so many accounts is even enough."""
COST_SPREAD = 0.2
"""A difference of that share of the highest cost is even enough …"""
COST_FROM = 30
"""… where workers have more than so many accounts each, on average; there loads are compared by cost, not by count."""


def place(claims: Iterable[Claim], seats: Sequence[Seat]) -> list[Placement]:
    """Give each claim, in order, to the least loaded worker that has a free place and knows its platform.

    Ties go by rendezvous hash: the same account falls to the same worker whatever others there are.
    """
    held = {seat.worker_id: seat.held for seat in seats}
    by_cost = sum(held.values()) > COST_FROM * len(seats)
    loads = {seat.worker_id: seat.cost if by_cost else float(seat.held) for seat in seats}
    return [_place_one(claim, seats, held, loads, claim.cost if by_cost else 1.0) for claim in claims]


def _place_one(
    claim: Claim, seats: Sequence[Seat], held: dict[str, int], loads: dict[str, float], load: float
) -> Placement:
    if not seats:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="no_worker")
    able = [seat for seat in seats if claim.platform in seat.platforms]
    if not able:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="no_platform")
    willing = [seat for seat in able if seat.worker_id not in claim.avoid]
    if not willing:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="avoided")
    free = [seat for seat in willing if held[seat.worker_id] < seat.limit]
    if not free and claim.failover:
        free = [seat for seat in willing if held[seat.worker_id] < seat.limit * FAILOVER_FACTOR]
    if not free:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="full")
    least = min(loads[seat.worker_id] for seat in free)
    tied = [seat.worker_id for seat in free if loads[seat.worker_id] == least]
    winner = tied[0] if len(tied) == 1 else max(tied, key=lambda worker_id: rendezvous(claim.account_id, worker_id))
    held[winner] += 1
    loads[winner] += load
    return Placement(account_id=claim.account_id, worker_id=winner)


def stretch(held: int, limit: int) -> float:
    """Return by how much the intervals of a worker that has ``held`` accounts are stretched: 1 up to its limit.

    In quarters, so that intervals do not change with every account; never more than 4.
    """
    if held <= limit or limit < 1:
        return 1.0
    return min(-(-4 * held // limit) / 4, LONGEST_STRETCH)


def rendezvous(account_id: str, worker_id: str) -> bytes:
    """Return the weight of a worker for an account: even over workers, and independent of the others there are."""
    return hashlib.blake2b(f"{account_id}\x00{worker_id}".encode(), digest_size=8).digest()


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One account that a worker has now."""

    account_id: str
    worker_id: str
    platform: str
    cost: float = 1.0
    """What it costs its worker; any unit, the same for all."""
    fixed: bool = False
    """It stays: pinned, or moved a moment ago."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """One account that should change its worker; ``by_cost``: because of its cost, else of the number of accounts."""

    account_id: str
    from_worker: str
    to_worker: str
    by_cost: bool = False
    over_limit: bool = False
    """Its worker has more than it may have."""


def rebalance(held: Sequence[Held], seats: Sequence[Seat]) -> list[Shift]:
    """Return the fewest moves that make it even, in the order in which they are to be made.

    What is over a limit moves first. Then accounts go from the worker with most to that with least (which has a free
    place and knows the platform) until their difference is small enough: by count, or by cost when there are many.
    """
    plan = _Plan(held, seats)
    plan.undo_excess()
    by_cost = len(held) > COST_FROM * len(seats)
    plan.even_out(by_cost=by_cost)
    return plan.shifts


class _Plan:
    """The table in the making."""

    def __init__(self, held: Sequence[Held], seats: Sequence[Seat]) -> None:
        self.shifts: list[Shift] = []
        self._seats = {seat.worker_id: seat for seat in seats}
        self._accounts: dict[str, dict[str, Held]] = {seat.worker_id: {} for seat in seats}
        self._counts = {seat.worker_id: 0 for seat in seats}
        self._costs = {seat.worker_id: 0.0 for seat in seats}
        for account in held:
            if account.worker_id in self._seats:
                self._counts[account.worker_id] += 1
                self._costs[account.worker_id] += account.cost
                if not account.fixed:
                    self._accounts[account.worker_id][account.account_id] = account

    def undo_excess(self) -> None:
        for worker_id, seat in sorted(self._seats.items()):
            while self._counts[worker_id] > seat.limit:
                takers = self._takers(worker_id)
                choices = [
                    (account, taker)
                    for account in self._accounts[worker_id].values()
                    if (taker := self._first_able(account, takers)) is not None
                ]
                if not choices:
                    break
                account, taker = max(choices, key=lambda choice: rendezvous(choice[0].account_id, choice[1]))
                self._move(account, taker, over_limit=True)

    def even_out(self, *, by_cost: bool) -> None:
        loads = self._costs if by_cost else self._counts
        # Each step makes the sum of squares of the loads smaller: it ends. The bound is for rounding's sake.
        for _step in range(sum(len(accounts) for accounts in self._accounts.values())):
            if not self._step(loads, by_cost=by_cost):
                return

    def _step(self, loads: Mapping[str, float], *, by_cost: bool) -> bool:
        for giver in sorted(loads, key=lambda name: (-loads[name], name)):
            takers = [name for name in self._takers(giver) if self._is_uneven(loads[giver], loads[name], by_cost)]
            for taker in sorted(takers, key=lambda name: (loads[name], name)):
                account = self._best(giver, taker, loads[giver] - loads[taker], by_cost=by_cost)
                if account is not None:
                    self._move(account, taker, by_cost=by_cost)
                    return True
        return False

    def _is_uneven(self, most: float, least: float, by_cost: bool) -> bool:
        return most - least > (COST_SPREAD * most if by_cost else COUNT_SPREAD)

    def _best(self, giver: str, taker: str, gap: float, *, by_cost: bool) -> Held | None:
        """Return the account whose move closes the gap best; none may open it the other way round."""
        able = [
            account
            for account in self._accounts[giver].values()
            if account.platform in self._seats[taker].platforms and (not by_cost or 0 < account.cost < gap)
        ]
        if not able:
            return None
        if by_cost:
            return min(able, key=lambda account: (abs(account.cost - gap / 2), account.account_id))
        return max(able, key=lambda account: rendezvous(account.account_id, taker))

    def _takers(self, giver: str) -> list[str]:
        return [name for name, seat in self._seats.items() if name != giver and self._counts[name] < seat.limit]

    def _first_able(self, account: Held, takers: Iterable[str]) -> str | None:
        able = [name for name in takers if account.platform in self._seats[name].platforms]
        return min(able, key=lambda name: (self._counts[name], name)) if able else None

    def _move(self, account: Held, taker: str, *, by_cost: bool = False, over_limit: bool = False) -> None:
        giver = account.worker_id
        del self._accounts[giver][account.account_id]
        for worker_id, sign in ((giver, -1), (taker, 1)):
            self._counts[worker_id] += sign
            self._costs[worker_id] += sign * account.cost
        shift = Shift(
            account_id=account.account_id, from_worker=giver, to_worker=taker, by_cost=by_cost, over_limit=over_limit
        )
        self.shifts.append(shift)

"""Which worker gets which account (pure: no clock, no chance, no state)."""

import hashlib
from collections.abc import Iterable, Sequence

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


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One account without an owner."""

    account_id: str
    platform: str
    avoid: str = ""
    """A worker that just failed to take it: not asked again for now."""
    failover: bool = False
    """Its worker is gone: it may go where up to twice the limit is held, so that the watch goes on."""


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one claim: a worker, or why none (``no_worker``, ``no_platform``, ``avoided``, ``full``)."""

    account_id: str
    worker_id: str | None
    obstacle: str = ""


FAILOVER_FACTOR = 2


def place(claims: Iterable[Claim], seats: Sequence[Seat]) -> list[Placement]:
    """Give each claim, in order, to the worker with the fewest accounts that has a free place and knows its platform.

    Ties go by rendezvous hash: the same account falls to the same worker whatever others there are.
    """
    held = {seat.worker_id: seat.held for seat in seats}
    return [_place_one(claim, seats, held) for claim in claims]


def _place_one(claim: Claim, seats: Sequence[Seat], held: dict[str, int]) -> Placement:
    if not seats:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="no_worker")
    able = [seat for seat in seats if claim.platform in seat.platforms]
    if not able:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="no_platform")
    willing = [seat for seat in able if seat.worker_id != claim.avoid]
    if not willing:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="avoided")
    free = [seat for seat in willing if held[seat.worker_id] < seat.limit]
    if not free and claim.failover:
        free = [seat for seat in willing if held[seat.worker_id] < seat.limit * FAILOVER_FACTOR]
    if not free:
        return Placement(account_id=claim.account_id, worker_id=None, obstacle="full")
    least = min(held[seat.worker_id] for seat in free)
    tied = [seat.worker_id for seat in free if held[seat.worker_id] == least]
    winner = tied[0] if len(tied) == 1 else max(tied, key=lambda worker_id: rendezvous(claim.account_id, worker_id))
    held[winner] += 1
    return Placement(account_id=claim.account_id, worker_id=winner)


def rendezvous(account_id: str, worker_id: str) -> bytes:
    """Return the weight of a worker for an account: even over workers, and independent of the others there are."""
    return hashlib.blake2b(f"{account_id}\x00{worker_id}".encode(), digest_size=8).digest()

"""What all sessions of a worker share."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

from worker.runtime.leases import Lease
from worker.runtime.ledger import Ledger
from worker.runtime.link import Master
from worker.runtime.outbox import Outbox
from worker.runtime.redactions import Redactor
from worker.runtime.renewals import Renewals
from worker.runtime.stats import Stats
from worker.runtime.tasks import Tasks
from worker.runtime.threads import Threads

CHECKS_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One of each for the whole process."""

    link: Master
    ledger: Ledger
    outbox: Outbox
    lease: Lease
    threads: Threads
    redactor: Redactor
    stats: Stats
    tasks: Tasks
    renewals: Renewals = field(default_factory=Renewals)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS_AT_ONCE))
    """So many checks run at once; the others wait for their turn."""
    rng: random.Random = field(default_factory=random.Random)

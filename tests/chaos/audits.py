"""What a run comes to: read from the database, the log of the feeds, the master's log and the recorder."""

import json
import sqlite3
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.figures import percentile
from tests.chaos.drivers import Happened
from tests.chaos.records import Recorder

MARGIN_MS = 100.0
"""So long after a grant a request of the owner before may still be on its way to us."""
IN_FLIGHT_MS = 1500.0
"""A check that a fault met under way goes on within that time after the fault."""
UNSEEN_MS = 1500.0
"""Grants so shortly before a master is killed may have been told to nobody."""
REFUSAL = "ERR_STALE_EPOCH"
PERCENTILES = {"p50": 50, "p99": 99, "max": 100}


@dataclass(frozen=True)
class Request:
    """A worker asked for a feed."""

    at: float
    worker_id: str
    pid: int


@dataclass
class Traffic:
    """The log of the feeds: numbers published and requests, by account, in the order of time."""

    published: dict[int, int] = field(default_factory=dict)
    requests: dict[int, list[Request]] = field(default_factory=lambda: defaultdict(list))


def read_traffic(path: Path) -> Traffic:
    """Read the log of the feeds."""
    traffic = Traffic()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["k"] == "p":
            traffic.published[row["n"]] = row["a"]
        else:
            traffic.requests[row["a"]].append(Request(row["t"], row["w"], row["p"]))
    return traffic


def audit_items(database: Path, published: dict[int, int], accounts: list[str]) -> dict[str, Any]:
    """Compare what was published with what is stored and told."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        stored = Counter(connection.execute("SELECT account_id, title FROM items").fetchall())
        told = connection.execute(
            "SELECT count(*) FROM (SELECT item_id FROM notifications WHERE item_id IS NOT NULL"
            " GROUP BY item_id HAVING count(*) > 1)"
        ).fetchone()[0]
    wanted = {(accounts[account], f"n{number}") for number, account in published.items()}
    return {
        "published": len(wanted),
        "lost": sorted(wanted - set(stored)),
        "stored twice": sorted(key for key, count in stored.items() if count > 1),
        "never published": sorted(set(stored) - wanted),
        "told twice": told,
    }


def audit_owners(
    traffic: Traffic, accounts: list[str], recorder: Recorder, happened: Sequence[Happened]
) -> dict[str, Any]:
    """Find requests that began while another worker owned the account.

    A check that a freeze met between its start and its request is not a second owner: one request a process and
    account, within ``IN_FLIGHT_MS`` after the end of a fault of that process, is counted apart as ``in flight``.
    """
    violations: list[dict[str, Any]] = []
    in_flight: set[tuple[int, str, float]] = set()
    unknown = unjudged = judged = 0
    for number, requests in traffic.requests.items():
        account = accounts[number]
        grants = [grant for grant in recorder.grants.get(account, []) if grant.worker_id is not None]
        starts = [grant.since for grant in grants]
        for request in requests:
            if request.worker_id == "?":
                unknown += 1
                continue
            place = bisect_right(starts, request.at - MARGIN_MS) - 1
            if place < 0:
                continue
            judged += 1
            current = bisect_right(starts, request.at + MARGIN_MS) - 1
            if request.worker_id in {grants[row].worker_id for row in range(place, current + 1)}:
                continue
            cause = _cause(request, happened)
            if cause is not None and (request.pid, account, cause) not in in_flight:
                in_flight.add((request.pid, account, cause))
            elif any(h.fault.kind == "master" and 0 <= h.began - request.at <= UNSEEN_MS for h in happened):
                unjudged += 1
            else:
                violations.append(
                    {
                        "account": account,
                        "at": request.at,
                        "by": request.worker_id,
                        "owner": grants[place].worker_id,
                        "late_ms": round(request.at - grants[place].since),
                        "fault": _nearest(request, happened),
                    }
                )
    return {
        "requests judged": judged,
        "two owners": violations,
        "in flight at a fault": len(in_flight),
        "unjudged": unjudged,
        "unknown asker": unknown,
    }


def _cause(request: Request, happened: Sequence[Happened]) -> float | None:
    for h in happened:
        hit = request.pid in h.pids or h.fault.kind == "starve"
        if hit and h.fault.kind in ("freeze", "starve") and h.began <= request.at <= h.ended + IN_FLIGHT_MS:
            return h.began
    return None


def _nearest(request: Request, happened: Sequence[Happened]) -> str:
    """Return the last fault before a request, and how long before it began."""
    before = [h for h in happened if h.began <= request.at]
    return f"{before[-1].fault.kind} of {before[-1].worker_id} {request.at - before[-1].began:.0f} ms" if before else ""


def audit_gaps(
    traffic: Traffic, accounts: list[str], recorder: Recorder, happened: Sequence[Happened]
) -> dict[str, dict[str, Any]]:
    """Return, by kind of fault, times (ms) from the fault to a new grant and to the first check by another process.

    ``kept``: accounts that their owner kept, as a fault shorter than its lease leaves them.
    """
    numbers = {account: number for number, account in enumerate(accounts)}
    owners: dict[str, list[float]] = defaultdict(list)
    checks: dict[str, list[float]] = defaultdict(list)
    kept: Counter[str] = Counter()
    for h in happened:
        back = h.began + (h.recovered_ms if h.recovered_ms is not None else float("inf"))
        for account in h.affected:
            kind = h.fault.kind
            granted = next((g.since for g in recorder.grants.get(account, []) if h.began < g.since <= back), None)
            if granted is None and kind in ("freeze", "blackhole"):
                kept[kind] += 1
                continue
            if granted is not None:
                owners[kind].append(granted - h.began)
            requests = traffic.requests[numbers[account]]
            first = next((r for r in requests if r.at > h.began and r.pid and r.pid not in h.pids), None)
            if first is not None:
                checks[kind].append(first.at - h.began)
    return {
        kind: {
            "faults": sum(h.fault.kind == kind for h in happened),
            "accounts": len(checks[kind]),
            "kept": kept[kind],
            "without owner": _shares(owners[kind]),
            "without check": _shares(checks[kind]),
        }
        for kind in sorted({*checks, *kept})
    }


def _shares(values: list[float]) -> dict[str, int]:
    return {name: round(percentile(values, percent)) for name, percent in PERCENTILES.items() if values}


def refused_claims(logs: Path, output: Path) -> int:
    """Count the late claims that the master's log says were refused."""
    files = [*logs.rglob("*.log*"), *logs.rglob("*.jsonl*"), output]
    return sum(path.read_text(encoding="utf-8", errors="replace").count(REFUSAL) for path in files if path.is_file())

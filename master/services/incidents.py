"""Faults that several accounts share: this machine's network is down, or one server is. Pure: no clock, no I/O.

A person is told of what happened once, not once an account. An account is *covered* while what it ran into is such a
shared fault, and from its end until the account was checked again: what is left of it then is the account's own.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from worker.protocol.manifest import Manifest
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import Text

NETWORK: Final = ""
"""The subject of the incident of this machine's own network."""
SHARED: Final = 2
"""So many accounts of one server make its trouble an incident; so many servers at once, the network's."""
ENOUGH: Final = 5
"""So many servers that were not reached need no half of all to say the same."""
UNREACHED: Final = frozenset(
    {
        "dns_failed",
        "network_unreachable",
        "connect_timeout",
        "connection_lost",
        "connect_refused",
        "check_timeout",
        "proxy_unresolved",
        "proxy_unreachable",
        "proxy_timeout",
    }
)
"""Reasons that may be the network's: nothing came back from the other side."""
SERVERS: Final = frozenset({CheckOutcome.TEMPORARY, CheckOutcome.TIMEOUT, CheckOutcome.PARSE})
"""Outcomes that may be the fault of a server, whoever asks it."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account's service is. ``remote``: behind this machine's network."""

    host: str
    remote: bool


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One account that fails now; ``since``: which check, of all that ended, was the first to fail."""

    host: str
    remote: bool
    unreached: bool
    since: int
    covered_by: str | None = None
    """The incident's subject, kept until the next check of the account."""


class Incidents:
    """All that fails now, by account. Belongs to one event loop."""

    def __init__(self) -> None:
        self.offline = False
        """No interface of this machine has a connection."""
        self._troubles: dict[str, Trouble] = {}
        self._count = 0
        """Checks that ended: their order is all that counts, and clocks are too coarse for it."""
        self._answered = 0
        """The last check that a remote server answered, whatever it was."""
        self._checked: dict[str, int] = {}
        """The last check of each remote host."""

    # ------------------------------------------------------------ what checks tell

    def answered(self, account_id: str, place: Place) -> set[str]:
        """A server answered (even to refuse). Return the accounts whose incident that ended: check them now."""
        before = self._active()
        self._troubles.pop(account_id, None)
        self._count += 1
        if place.remote:
            self._answered = self._checked[place.host] = self._count
        return self._ended(before)

    def failed(self, account_id: str, place: Place, reason: Text | None) -> bool:
        """A check failed. Return whether its trouble begins now, as what there was of it was an incident's."""
        host = place.host
        if reason is not None and (place.remote or not host):
            host = str(reason.params.get("host") or host).lower()
        unreached = reason is not None and reason.code in UNREACHED
        remote = place.remote and not is_local(host)
        before = self._troubles.get(account_id)
        stays = before is not None and (before.covered_by is None or before.covered_by in self._active())
        self._count += 1
        since = before.since if before is not None and stays else self._count
        self._troubles[account_id] = Trouble(host=host, remote=remote, unreached=unreached, since=since)
        if remote:
            self._checked[host] = self._count
            if not unreached:
                self._answered = self._count
        self._cover()
        return before is not None and not stays

    def forget(self, account_id: str) -> set[str]:
        """An account is paused, changed or gone. Return as :meth:`answered`."""
        before = self._active()
        self._troubles.pop(account_id, None)
        return self._ended(before)

    def set_offline(self, offline: bool) -> set[str]:
        """Note whether any interface has a connection. Return as :meth:`answered`."""
        before = self._active()
        self.offline = offline
        self._cover()
        return self._ended(before)

    # ------------------------------------------------------------ verdicts

    def covering(self, account_id: str) -> str | None:
        """Return the subject of the incident that covers an account: a host, "" for the network, None without one."""
        trouble = self._troubles.get(account_id)
        return None if trouble is None else trouble.covered_by

    def is_undecided(self, account_id: str) -> bool:
        """Tell whether it may still turn out to be the network's: no other server was tried since it began."""
        trouble = self._troubles.get(account_id)
        if trouble is None or not (trouble.remote and trouble.unreached):
            return False
        others = [at for host, at in self._checked.items() if host != trouble.host]
        return bool(others) and max(others) < trouble.since

    def troubled(self) -> list[str]:
        """Return the accounts that fail now."""
        return list(self._troubles)

    def accounts(self) -> dict[str, list[str]]:
        """Return the accounts that each incident covers now, by its subject."""
        active = self._active()
        found: dict[str, list[str]] = {}
        for account_id, trouble in self._troubles.items():
            subject = trouble.covered_by
            if subject is not None and subject in active:
                found.setdefault(subject, []).append(account_id)
        return found

    # ------------------------------------------------------------ inside

    def _active(self) -> set[str | None]:
        """Return the subjects of all incidents there are now."""
        active: set[str | None] = set()
        if self._network_down():
            active.add(NETWORK)
        hosts: dict[str, int] = {}
        for trouble in self._troubles.values():
            if trouble.host:
                hosts[trouble.host] = hosts.get(trouble.host, 0) + 1
        active.update(host for host, count in hosts.items() if count >= SHARED)
        return active

    def _network_down(self) -> bool:
        """Tell whether it is neither of the servers: many were not reached since the last that answered.

        One is enough while no interface is up.
        """
        lost = [trouble for trouble in self._troubles.values() if trouble.remote and trouble.unreached]
        if not lost:
            return False
        if self.offline:
            return True
        # An answer after a failure proves that the network works.
        hosts = {trouble.host for trouble in lost if self._checked[trouble.host] > self._answered}
        return len(hosts) >= max(SHARED, min(len(self._checked) // 2, ENOUGH))

    def _cover(self) -> None:
        active = self._active()
        for account_id, trouble in self._troubles.items():
            subject: str | None = None
            if NETWORK in active and trouble.remote and trouble.unreached:
                subject = NETWORK
            elif trouble.host in active and trouble.host:
                subject = trouble.host
            if subject is not None and subject != trouble.covered_by:
                self._troubles[account_id] = msgspec.structs.replace(trouble, covered_by=subject)

    def _ended(self, before: Iterable[str | None]) -> set[str]:
        over = set(before) - self._active()
        return {account_id for account_id, trouble in self._troubles.items() if trouble.covered_by in over}


def place_of(manifest: Manifest | None, settings: Mapping[str, Any]) -> Place:
    """Return where a service is, as far as its settings say: the host of an address, else its platform's own."""
    if manifest is None or manifest.capabilities.local:
        return Place(host="", remote=False)
    for field in manifest.fields:
        value = str(settings.get(field.name) or "").strip()
        if field.secret or not value:
            continue
        host, port = "", None
        if field.type == "url":
            parts = urlsplit(value if "://" in value else f"//{value}")
            host, port = parts.hostname or "", _port(parts)
        elif field.name in ("host", "server"):
            host, port = value, settings.get("port")
        elif field.name in ("jid", "address", "username") and "@" in value:
            host = value.rpartition("@")[2]
        if host and is_local(host.lower()):
            # Many servers share this machine; only their ports tell them apart.
            return Place(host=f"{host.lower()}:{port}" if port else host.lower(), remote=False)
        if host:
            return Place(host=host.lower(), remote=True)
    return Place(host=manifest.id, remote=True)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None  # no number: the check says what is wrong with it


def is_local(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

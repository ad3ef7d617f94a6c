"""Whether this machine has a connection at all: what its interfaces say, and whether servers are found."""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

import psutil

LINK_LOCAL: Final = ("169.254.", "fe80:")
"""Addresses that an interface gives itself when nobody answered."""


def connected_addresses() -> frozenset[str]:
    """Return the addresses by which this machine may reach others; empty: it is offline. Raises ``OSError``."""
    stats = psutil.net_if_stats()
    found: set[str] = set()
    for name, addresses in psutil.net_if_addrs().items():
        if name in stats and not stats[name].isup:
            continue
        found.update(address.address for address in addresses if _is_usable(address.address))
    return frozenset(found)


def _is_usable(address: str) -> bool:
    if address.lower().startswith(LINK_LOCAL):
        return False
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False  # the address of the card itself


def has_way(host: str) -> bool:
    """Tell whether ``host`` has an address and this machine a way to it. Sends nothing to it; names may take long."""
    try:
        found = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return False
    for family, kind, number, _name, address in found:
        try:
            with socket.socket(family, kind, number) as probe:
                probe.connect(address)
        except OSError:
            continue
        return True
    return False


class Ways:
    """Asks for the way to several servers at once, on threads that the end of the process does not wait for."""

    def __init__(
        self,
        probe: Callable[[str], bool] = has_way,
        addresses: Callable[[], frozenset[str]] = connected_addresses,
    ) -> None:
        self._probe = probe
        self._addresses = addresses
        self._asked: set[str] = set()
        """Of which the answer is not there yet."""

    async def any(self, hosts: Sequence[str], seconds: float) -> bool:
        """Tell whether the network is there: within ``seconds`` one of ``hosts`` was found.

        Without hosts an address of this machine's own is enough.
        """
        try:
            if not await asyncio.to_thread(self._addresses):
                return False
        except OSError:
            pass  # what the interfaces do not say, the servers do
        if not hosts:
            return True
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[None] = loop.create_future()
        left = [host for host in hosts if host not in self._asked]

        def heard(host: str, found: bool) -> None:
            self._asked.discard(host)
            left.remove(host)
            if not answered.done() and (found or not left):
                answered.set_result(None) if found else answered.cancel()

        def ask(host: str) -> None:
            found = self._probe(host)
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(heard, host, found)

        for host in list(left):
            self._asked.add(host)
            threading.Thread(target=ask, args=(host,), name=f"way to {host}", daemon=True).start()
        done, _ = await asyncio.wait([answered], timeout=seconds)
        return bool(done) and not answered.cancelled()

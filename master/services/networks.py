"""Whether this machine has a connection at all: what its interfaces say."""

import ipaddress
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

"""From a domain to sockets: SRV records (RFC 6120 §3.2), addresses, the first that answers."""

import asyncio
import contextlib
import random
import socket
from typing import Any, Final

from worker.sdk.sockets import Address, first_connected

from .servers import PORTS, Server

Place = tuple[str, int]
"""Host and port."""

SRV_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 10.0
ATTEMPT_SECONDS: Final = 4.0
"""After so long the next address is tried, while there is one."""
MAX_PLACES: Final = 5
_SPREAD: Final = random.SystemRandom()


async def places(server: Server, nameservers: tuple[str, int] | None = None) -> list[Place]:
    """Return where the server may be, best first: what was typed, else the domain's records, else the domain itself."""
    if not server.host and not server.port:
        found = await _records(server, nameservers)
        if found:
            return found[:MAX_PLACES]
    return [fixed_place(server)]


def fixed_place(server: Server) -> Place:
    """Return where the server is without asking anybody: what was typed, else the domain itself."""
    return server.host or server.domain, server.port or PORTS[server.security]


def addresses(place: Place) -> list[Address]:
    """Return the addresses of a place. Blocks. Raises ``socket.gaierror``, and ``UnicodeError`` for no name at all."""
    found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


async def reach(found: list[Address]) -> socket.socket:
    """Return a connected socket. Raises the last ``OSError``, ``TimeoutError`` after ``CONNECT_SECONDS``."""
    async with asyncio.timeout(CONNECT_SECONDS):
        return await first_connected(found, ATTEMPT_SECONDS)


async def _records(server: Server, nameservers: tuple[str, int] | None) -> list[Place]:
    """Return the places of the domain's SRV records; none where there are none, or no name server answers."""
    import aiodns

    service = "xmpps-client" if server.security == "tls" else "xmpp-client"
    more: dict[str, Any] = {}
    if nameservers is not None:
        more = {"nameservers": [nameservers[0]], "udp_port": nameservers[1]}
    resolver = aiodns.DNSResolver(timeout=SRV_SECONDS / 2, tries=2, **more)
    try:
        with contextlib.suppress(aiodns.error.DNSError, TimeoutError, UnicodeError):
            async with asyncio.timeout(SRV_SECONDS):
                answer = await resolver.query_dns(f"_{service}._tcp.{server.domain}", "SRV")
            return ordered([record.data for record in answer.answer if hasattr(record.data, "target")])
        return []
    finally:
        await resolver.close()


def ordered(records: list[Any]) -> list[Place]:
    """Return the places of records: by priority, then at random by weight. A target "." means none."""
    chosen: list[Place] = []
    for priority in sorted({record.priority for record in records}):
        left = [record for record in records if record.priority == priority]
        while left:
            record = _SPREAD.choices(left, [record.weight + 0.01 for record in left])[0]
            left.remove(record)
            host = str(record.target).rstrip(".")
            if host:
                chosen.append((host, int(record.port)))
    return chosen

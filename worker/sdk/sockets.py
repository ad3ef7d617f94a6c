"""Connections to one of several addresses."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import Any

Address = tuple[socket.AddressFamily, Any]
"""Family and socket address."""


async def first_connected(addresses: Sequence[Address], attempt_seconds: float) -> socket.socket:
    """Return a non-blocking socket that is connected to the first that answers. Raises the last ``OSError``.

    After ``attempt_seconds`` the next one is tried, while there is one.
    """
    loop = asyncio.get_running_loop()
    last: OSError = OSError("no address")
    for number, (family, address) in enumerate(addresses, 1):
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setblocking(False)
        try:
            with contextlib.suppress(OSError):
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(attempt_seconds if number < len(addresses) else None):
                await loop.sock_connect(opened, address)
        except OSError as error:
            opened.close()
            last = error
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise last

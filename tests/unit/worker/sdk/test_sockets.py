"""The first address that answers is taken, and the last fault is told when none does."""

import asyncio
import contextlib
import socket

import pytest

from tests.helpers.ports import free_port
from worker.sdk.sockets import Address, first_connected


def address(port: int) -> Address:
    return socket.AF_INET, ("127.0.0.1", port)


async def test_an_address_that_refuses_is_passed_by():
    ended = asyncio.Event()

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        ended.set()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with contextlib.closing(await first_connected([address(free_port()), address(port)], 30.0)) as opened:
            assert opened.getpeername() == ("127.0.0.1", port)
            assert not opened.getblocking()
            await asyncio.wait_for(ended.wait(), 60)


async def test_the_last_fault_is_told():
    with pytest.raises(ConnectionRefusedError):
        await first_connected([address(free_port()), address(free_port())], 30.0)


async def test_no_address_is_a_fault_too():
    with pytest.raises(OSError, match="no address"):
        await first_connected([], 30.0)

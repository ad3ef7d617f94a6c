"""Whether the network is there: an address of one's own, and a way to one of the servers."""

import asyncio
import threading
import time

import pytest

from master.services.networks import Ways, connected_addresses, has_way

HERE = frozenset({"192.0.2.7"})


def test_a_server_with_an_address_and_a_way_is_found() -> None:
    assert has_way("127.0.0.1")
    assert has_way("localhost")
    assert not has_way("no such host.invalid")
    assert not has_way("x" * 300)
    assert all(address != "127.0.0.1" for address in connected_addresses())


async def test_one_that_is_found_is_enough_however_long_the_others_take() -> None:
    gate = threading.Event()

    def probe(host: str) -> bool:
        if host == "slow.example":
            gate.wait(30)
        return host == "good.example"

    ways = Ways(probe, lambda: HERE)
    began = time.monotonic()
    assert await ways.any(["slow.example", "bad.example", "good.example"], 30)
    assert not await ways.any(["slow.example"], 0.05), "who is asked already is not asked again"
    assert time.monotonic() - began < 25
    gate.set()
    assert not await ways.any(["bad.example"], 5)


async def test_without_an_address_nobody_is_asked() -> None:
    asked: list[str] = []
    ways = Ways(lambda host: asked.append(host) is None, lambda: frozenset())
    assert not await ways.any(["mail.example"], 1)
    assert asked == []


async def test_without_servers_an_address_is_enough() -> None:
    assert await Ways(lambda _host: False, lambda: HERE).any([], 1)


async def test_interfaces_that_cannot_be_read_do_not_matter() -> None:
    def broken() -> frozenset[str]:
        raise OSError("no")

    assert await Ways(lambda _host: True, broken).any(["mail.example"], 1)


async def test_names_are_asked_at_the_same_time() -> None:
    met = threading.Barrier(3, timeout=60)

    def probe(_host: str) -> bool:
        met.wait()
        return True

    assert await Ways(probe, lambda: HERE).any(["a.example", "b.example", "c.example"], 60)
    await asyncio.sleep(0)


@pytest.mark.parametrize("host", ["[::1]", "", "\x00", "ünï.example.invalid"])
def test_odd_names_are_no_way(host: str) -> None:
    assert has_way(host) in (True, False)

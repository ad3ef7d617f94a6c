"""Ports: the default one moves on, an explicit one does not, and the answer must be our own."""

import asyncio
import logging
import socket
from collections.abc import Iterator

import pytest

from master.errors import StartError
from master.ports import bind, check, url_of


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.expects_log(r"WARNING master.ports port \d+ is taken")
def test_a_taken_default_port_moves_on_and_says_so(taken: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), bind("127.0.0.1", taken, explicit=False) as bound:
        port = bound.getsockname()[1]
        assert port != taken
        assert str(taken) in caplog.text
        assert url_of("127.0.0.1", bound) == f"http://127.0.0.1:{port}"


def test_an_explicit_port_that_is_taken_is_an_error(taken: int) -> None:
    with pytest.raises(StartError) as caught:
        bind("127.0.0.1", taken, explicit=True)
    assert caught.value.exit_code == 3
    assert str(taken) in caught.value.text.message


def test_zero_is_any_port() -> None:
    with bind("127.0.0.1", 0, explicit=True) as bound:
        assert bound.getsockname()[1] > 0


def test_a_bound_port_is_taken_for_others_at_once() -> None:
    with bind("127.0.0.1", 0, explicit=True) as bound, pytest.raises(StartError):
        bind("127.0.0.1", bound.getsockname()[1], explicit=True)


def test_ipv6_has_brackets() -> None:
    with bind("::1", 0, explicit=True) as bound:
        assert url_of("::1", bound).startswith("http://[::1]:")


async def test_the_self_check_wants_its_own_answer() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"mine"')
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await check("127.0.0.1", port, "mine")
        with pytest.raises(StartError) as caught:
            await check("127.0.0.1", port, "other")
    assert caught.value.exit_code == 3


async def test_the_self_check_fails_when_nobody_answers(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("master.ports.CHECK_SECONDS", 0.05)
    with pytest.raises(StartError):
        await check("127.0.0.1", taken, "x")

"""Servers that are none, refuse, or mean harm: the right error each, and bounded memory."""

import asyncio
import contextlib

import pytest

from tests.helpers.deadlines import until
from worker.platforms.xmpp import connections, streams
from worker.platforms.xmpp.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, TemporaryFailure
from worker.sdk.testing import TestContext, check_text, read_manifest

STREAM = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'"
HEAD = f"<?xml version='1.0'?><stream:stream {STREAM}>"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
OFFER = f"{HEAD}<stream:features><mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
STARTTLS = f"{HEAD}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
BOUND = f"{HEAD}<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"


@contextlib.asynccontextmanager
async def scripted(*answers):
    """Give one answer to each thing that is said, then be silent. Yields the port, and what was heard."""
    heard = []

    async def serve(reader, writer):
        try:
            for answer in answers:
                heard.append(await reader.read(65536))
                if callable(answer):
                    answer = answer(heard[-1].decode())
                writer.write(answer if isinstance(answer, bytes) else answer.encode())
                await writer.drain()
            while await reader.read(65536):
                pass
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        await asyncio.sleep(0.01)


async def failed(kind, *answers, security="none"):
    async with scripted(*answers) as (port, heard):
        settings = {"jid": "me@localhost", "host": "127.0.0.1", "port": port, "security": security}
        adapter = Adapter(TestContext(read_manifest("worker.platforms.xmpp"), settings, {"password": "canary"}))
        with pytest.raises(kind) as caught:
            async with asyncio.timeout(60):
                await adapter.probe()
        await adapter.close()
        assert type(caught.value) is kind
        check_text(caught.value.reason)
        assert "canary" not in str(caught.value)
        return caught.value, heard


def refusal(condition):
    return f"<failure xmlns='{SASL}'><{condition}/><text>Because.</text></failure>"


@pytest.mark.parametrize("garbage", [bytes(range(256)), b"HTTP/1.1 400 Bad Request\r\n\r\n", b"</a>", b"<a><b></a>"])
async def test_a_server_that_speaks_something_else(garbage):
    error, _ = await failed(ParseFailure, garbage)
    assert error.reason.code == "protocol_garbage"


async def test_a_stanza_without_end_is_not_kept():
    endless = HEAD.encode() + b"<message>" + b"x" * (streams.MAX_STANZA + 100_000)
    error, _ = await failed(ParseFailure, endless)
    assert error.reason.code == "protocol_garbage"


async def test_entities_do_not_explode():
    lines = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'x' * 100}'>" for n in range(9))
    bomb = f"<?xml version='1.0'?><!DOCTYPE s [{lines}]>{HEAD.split('?>')[1]}<message>&e8;</message>"
    error, _ = await failed(ParseFailure, bomb)
    assert error.reason.code == "protocol_garbage"


@pytest.mark.parametrize(
    ("condition", "kind", "code"),
    [
        ("not-authorized", AuthFailed, "auth_refused"),
        ("account-disabled", AuthFailed, "auth_refused_detail"),
        ("credentials-expired", AuthFailed, "auth_refused_detail"),
        ("temporary-auth-failure", TemporaryFailure, "server_unavailable"),
        ("encryption-required", InvalidConfig, "login_disabled"),
    ],
)
async def test_refusals_of_a_sign_in(condition, kind, code):
    error, heard = await failed(kind, OFFER, refusal(condition))
    assert error.reason.code == code
    assert len(heard) == 2, "the password was tried again"


async def test_no_password_is_said_in_the_clear():
    error, heard = await failed(InvalidConfig, OFFER, security="starttls")
    assert error.fields["security"].code == "starttls_missing"
    assert b"auth" not in b"".join(heard)
    failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    error, _ = await failed(InvalidConfig, STARTTLS, failure, security="starttls")
    assert error.fields["security"].code == "starttls_missing"


async def test_what_is_said_before_encryption_is_not_believed():
    proceed = f"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>{OFFER[len(HEAD) :]}"
    _, heard = await failed(InvalidConfig, STARTTLS, proceed, security="starttls")
    assert b"<auth" not in b"".join(heard)


async def test_no_way_to_sign_in():
    error, _ = await failed(InvalidConfig, OFFER.replace("PLAIN", "X-UNKNOWN"))
    assert error.fields["security"].code == "login_disabled"
    error, _ = await failed(InvalidConfig, OFFER.replace("PLAIN", "ANONYMOUS"))
    assert error.fields["security"].code == "login_disabled"


@pytest.mark.parametrize(
    ("condition", "kind", "code"),
    [
        ("host-unknown", InvalidConfig, "xmpp_host_unknown"),
        ("system-shutdown", TemporaryFailure, "connection_lost"),
        ("conflict", TemporaryFailure, "connection_lost"),
    ],
)
async def test_streams_that_end_with_a_reason(condition, kind, code):
    space = "urn:ietf:params:xml:ns:xmpp-streams"
    error, _ = await failed(kind, f"{HEAD}<stream:error><{condition} xmlns='{space}'/></stream:error></stream:stream>")
    assert error.reason.code == code


async def test_silence_after_the_sign_in_is_no_refusal(monkeypatch):
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.1)
    error, _ = await failed(TemporaryFailure, OFFER, f"<success xmlns='{SASL}'/>", BOUND)
    assert error.reason.code == "connection_lost"


async def test_cancelled_while_it_shakes_hands_it_leaves_nothing_behind():
    proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    async with scripted(STARTTLS, proceed, b"") as (port, heard):
        settings = {"jid": "me@localhost", "host": "127.0.0.1", "port": port, "security": "starttls"}
        adapter = Adapter(TestContext(read_manifest("worker.platforms.xmpp"), settings, {"password": "canary"}))
        task = asyncio.create_task(adapter.probe())
        await until(lambda: len(heard) == 3)
        before = asyncio.all_tasks() - {asyncio.current_task(), task}
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=10)
        assert done
        assert task.cancelled()
        await until(lambda: not [one for one in before if not one.done() and "slixmpp" in repr(one.get_coro())])

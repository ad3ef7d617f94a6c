"""What goes wrong with a mail server is said as what it is, beside the field that mends it."""

import asyncio
import gc
import threading

import psutil
import pytest

from tests.helpers.deadlines import until
from tests.helpers.platforms import Watched, imap_settings
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import RawServer, garbage_server, silent_server
from tests.helpers.scripted_imap import ScriptedImap
from worker.platforms.imap import connections
from worker.platforms.imap.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, TemporaryFailure
from worker.sdk.testing import TestContext, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.imap")


def _adapter(password="a password", **settings):
    defaults = {"host": "127.0.0.1", "security": "none", "username": "somebody"}
    return Adapter(TestContext(MANIFEST, defaults | settings, {"password": password} if password else {}))


async def _faults(expected, code, *fields, password="a password", **settings):
    adapter = _adapter(password, **settings)
    try:
        error = await raises(expected, adapter, *fields)
    finally:
        await adapter.close()
    assert error.reason.code == code
    return error


def _codes(context):
    return [(step.name.code, step.error.code if step.error else "") for step in context.steps]


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_every_security_works_and_the_probe_names_its_steps(dovecot, mailbox, security):
    async with Watched(dovecot, mailbox, security) as watched:
        probe = await watched.adapter.probe()
        assert probe.identity == f"{mailbox.user}@127.0.0.1"
        steps = ["step_resolve", "step_connect", "step_tls", "step_sign_in", "step_first_check"]
        assert _codes(watched.context) == [(step, "") for step in steps if security != "none" or step != "step_tls"]
        await watched.first()
        mailbox.deliver("Over the wire")
        assert await watched.new() == ["Over the wire"]


async def test_a_wrong_password(dovecot, mailbox):
    settings = imap_settings(dovecot, mailbox)
    adapter = Adapter(context := TestContext(MANIFEST, settings, {"password": "wrong"}))
    error = await raises(AuthFailed, adapter, "password")
    assert error.reason.params == {"username": mailbox.user}
    assert ("step_sign_in", "auth_refused") in _codes(context)
    await adapter.close()


@pytest.mark.parametrize("password", ["pä ssword", 'quo"ted\\', "密码"])
async def test_unusual_passwords_are_sent_as_they_are(dovecot, mailbox, password):
    dovecot.change_password(mailbox.user, password)
    adapter = Adapter(TestContext(MANIFEST, imap_settings(dovecot, mailbox), {"password": password}))
    await adapter.poll(None)
    await adapter.close()


async def test_a_password_changed_meanwhile(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        dovecot.change_password(mailbox.user, "another")
        dovecot.drop_connections(mailbox.user)
        with pytest.raises(AuthFailed):
            await watched.new()


async def test_no_password_is_never_sent(dovecot, mailbox):
    await _faults(AuthFailed, "state_credentials_missing", "password", password="", port=dovecot.plain_port)


async def test_certificates(dovecot, mailbox):
    trusting = imap_settings(dovecot, mailbox, "tls")
    await _faults(TemporaryFailure, "tls_untrusted", "host", **trusting | {"port": dovecot.untrusted_tls_port})
    upgraded = trusting | {"security": "starttls", "port": dovecot.untrusted_starttls_port}
    await _faults(TemporaryFailure, "tls_untrusted", "host", **upgraded)
    await _faults(TemporaryFailure, "tls_untrusted", "host", **trusting | {"ca_file": ""})
    missing = trusting | {"ca_file": str(dovecot.root / "none.pem")}
    await _faults(InvalidConfig, "ca_file_unusable", "ca_file", **missing)
    broken = dovecot.root / "broken.pem"
    broken.write_text("no certificate")
    await _faults(InvalidConfig, "ca_file_unusable", "ca_file", **trusting | {"ca_file": str(broken)})


async def test_encryption_that_the_server_does_not_speak(dovecot, mailbox):
    await _faults(TemporaryFailure, "tls_not_spoken", "security", port=dovecot.plain_port, security="tls")
    await _faults(InvalidConfig, "starttls_missing", "security", port=dovecot.plain_port, security="starttls")


async def test_without_encryption_only_on_this_machine():
    await _faults(InvalidConfig, "plain_not_loopback", "security", host="192.0.2.1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", " "),
        ("host", "imap.example.org:993"),
        ("host", "https://imap.example.org"),
        ("port", 0.5),
        ("port", 70000),
        ("username", " "),
        ("username", "me\r\nA2 LOGOUT"),
        ("folders", ["INBOX\r\nA2 LOGOUT"]),
        ("folders", [str(number) for number in range(51)]),
    ],
)
async def test_settings_that_cannot_work(field, value):
    adapter = _adapter(**{field: value})
    await raises(InvalidConfig, adapter, field)
    await adapter.close()


async def test_a_missing_folder(dovecot, mailbox):
    settings = imap_settings(dovecot, mailbox, folders=["INBOX", "Nowhere"])
    error = await _faults(InvalidConfig, "folder_missing", "folders", password=mailbox.password, **settings)
    assert error.reason.params == {"folder": "Nowhere"}


async def test_servers_that_are_none(monkeypatch):
    await _faults(TemporaryFailure, "connect_refused", "port", port=free_port())
    await _faults(TemporaryFailure, "dns_failed", "host", host="nowhere.invalid", security="tls")
    with garbage_server() as server:
        await _faults(ParseFailure, "protocol_garbage", "port", port=server.port)
    with RawServer(b"", hang_up=True) as server:
        await _faults(TemporaryFailure, "connection_lost", port=server.port)
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 0.1)
    for security in ("none", "tls"):
        with silent_server() as server:
            await _faults(TemporaryFailure, "connect_timeout", "host", port=server.port, security=security)


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        (b"* BYE [UNAVAILABLE] Down for maintenance\r\n", "server_unavailable"),
        (b"* BYE [LIMIT] Too many connections\r\n", "server_limit"),
        (b"* BYE Go away\r\n", "server_unavailable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "protocol_garbage"),
        (b"* OK hello\r\n* CAPABILITY IMAP4rev1\r\n* BAD {99999999}\r\n", "protocol_garbage"),
        (b"* OK " + b"x" * 9_000_000, "protocol_garbage"),
    ],
)
async def test_greetings(greeting, code):
    with RawServer(greeting, hang_up=False) as server:
        kind = ParseFailure if code == "protocol_garbage" else TemporaryFailure
        await _faults(kind, code, port=server.port)


REFUSALS = [
    ("LOGIN", "NO [AUTHENTICATIONFAILED] No.", AuthFailed, "auth_refused"),
    ("LOGIN", "NO Invalid credentials", AuthFailed, "auth_refused"),
    ("LOGIN", "NO [EXPIRED] Choose a new password", AuthFailed, "auth_refused_detail"),
    ("LOGIN", "NO [ALERT] Too many simultaneous connections. (Failure)", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [UNAVAILABLE] The database is away", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [INUSE] Locked by POP", TemporaryFailure, "mailbox_in_use"),
    ("LOGIN", "NO [LIMIT] Come back later", TemporaryFailure, "server_limit"),
    ("LOGIN", "NO [PRIVACYREQUIRED] Encrypt first", InvalidConfig, "login_disabled"),
    ("LOGIN", "NO [OVERQUOTA] Account exceeded command or bandwidth limits.", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [ALERT] Account exceeded command or bandwidth limits", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [THROTTLED] Request is throttled", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO Server Unavailable. 15", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [CONTACTADMIN] db down", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO Internal error occurred", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO authentication service timed out", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO User is authenticated but not connected.", TemporaryFailure, "server_unavailable"),
    ("LOGIN", "NO [AUTHENTICATIONFAILED] Internal error: wrong password", AuthFailed, "auth_refused"),
    ("LOGIN", "NO LOGIN failed.", AuthFailed, "auth_refused"),
    ("LOGIN", "", TemporaryFailure, "connection_lost"),
    ("EXAMINE", "NO [INUSE] Locked", TemporaryFailure, "mailbox_in_use"),
    ("EXAMINE", "NO Server Unavailable. 15", TemporaryFailure, "server_unavailable"),
    ("EXAMINE", "NO Mailbox is locked, try again later", TemporaryFailure, "server_unavailable"),
    ("EXAMINE", "NO Failure", TemporaryFailure, "server_unavailable"),
    ("EXAMINE", "NO [NONEXISTENT] None", InvalidConfig, "folder_missing"),
    ("EXAMINE", "NO [NOPERM] Not yours", InvalidConfig, "folder_refused"),
    ("EXAMINE", "", TemporaryFailure, "connection_lost"),
]


@pytest.mark.parametrize(("command", "answer", "expected", "code"), REFUSALS)
async def test_refusals(command, answer, expected, code):
    with ScriptedImap({command: answer}) as server:
        await _faults(expected, code, port=server.port)


async def test_only_the_inbox_is_never_missing():
    with ScriptedImap({"EXAMINE": "NO Failure"}) as server:
        await _faults(InvalidConfig, "folder_missing", "folders", port=server.port, folders=["Archive"])
        await _faults(TemporaryFailure, "server_unavailable", port=server.port, folders=["Inbox"])


async def test_a_server_that_takes_no_password_is_sent_none():
    with ScriptedImap(capabilities="LOGINDISABLED AUTH=PLAIN") as server:
        await _faults(InvalidConfig, "login_disabled", "security", port=server.port)
    assert "LOGIN" not in server.commands
    assert "AUTHENTICATE" not in server.commands


async def test_a_server_without_push_is_polled():
    with ScriptedImap() as server:
        adapter = _adapter(port=server.port)
        await adapter.poll(None)
        assert not adapter.can_listen()
        await adapter.close()


async def test_a_server_that_refuses_to_push_is_polled():
    with ScriptedImap({"IDLE": "NO [LIMIT] Too many of you"}, capabilities="IDLE") as server:
        adapter = _adapter(port=server.port)
        await adapter.poll(None)
        assert adapter.can_listen()
        with pytest.raises(TemporaryFailure) as caught:
            await adapter.listen()
        assert caught.value.reason.code == "idle_refused"
        await adapter.poll(None)
        assert not adapter.can_listen()
        await adapter.close()


async def test_a_stopped_server_is_reached_again(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        dovecot.stop()
        with pytest.raises(TemporaryFailure) as caught:
            await watched.new()
        assert caught.value.reason.code == "connect_refused"
        mailbox.deliver("Meanwhile")
        dovecot.start()
        assert await watched.new() == ["Meanwhile"]


async def test_a_lost_connection_is_replaced_within_the_poll(dovecot, mailbox):
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        dovecot.drop_connections(mailbox.user)
        mailbox.deliver("After the loss")
        assert await watched.new() == ["After the loss"]


async def test_a_frozen_server_fails_in_time(dovecot, mailbox, monkeypatch):
    monkeypatch.setattr(connections, "CALL_SECONDS", 0.1)
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 0.1)
    async with Watched(dovecot, mailbox) as watched:
        await watched.first()
        dovecot.pause()
        with pytest.raises(TemporaryFailure):
            await watched.new()
        dovecot.resume()
        monkeypatch.undo()
        mailbox.deliver("Thawed")
        assert await watched.new() == ["Thawed"]


def _sockets():
    gc.collect()
    return {one.fd for one in psutil.Process().net_connections("tcp") if one.status != psutil.CONN_NONE}


@pytest.mark.parametrize("security", ["none", "tls"])
@pytest.mark.parametrize("work", ["poll", "probe"])
async def test_a_cancelled_call_leaves_nothing_behind(work, security):
    with silent_server() as server:
        before = _sockets()
        adapter = _adapter(port=server.port, security=security)
        task = asyncio.create_task(adapter.probe() if work == "probe" else adapter.poll(None))
        await until(lambda: server.accepted)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adapter.close()
        await adapter.close()
        busy = "test-blocking"
        await until(lambda: not [one for one in threading.enumerate() if one.name.startswith(busy)], what="its thread")
        await until(lambda: len(_sockets() - before) <= server.accepted, what="its socket")


@pytest.mark.parametrize("answer", ["OK done", "NO not now", "BAD what?"])
async def test_a_server_is_told_who_we_are_and_need_not_care(answer):
    with ScriptedImap({"ID": answer}, "ID") as server:
        adapter = _adapter(port=server.port)
        await adapter.probe()
        await adapter.close()
    assert server.commands.index("LOGIN") < server.commands.index("ID") < server.commands.index("EXAMINE")

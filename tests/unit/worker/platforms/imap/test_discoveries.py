"""From a mail address to settings: presets, what a domain publishes, what its name servers say."""

from types import SimpleNamespace

import pytest

from tests.helpers.ports import free_port
from worker.platforms.imap import discoveries
from worker.platforms.imap.adapter import Adapter
from worker.platforms.imap.autoconfigs import parse
from worker.sdk import testing
from worker.sdk.errors import InvalidConfig

MANIFEST = testing.read_manifest("worker.platforms.imap")

SERVER = """
<incomingServer type="{type}">
  <hostname>{host}</hostname><port>{port}</port><socketType>{security}</socketType>
  <username>{username}</username><authentication>{authentication}</authentication>
</incomingServer>"""


def published(*servers):
    usual = {
        "type": "imap", "port": 993, "security": "SSL", "username": "%EMAILADDRESS%", "authentication": "plain"
    }  # fmt: skip
    parts = "".join(SERVER.format(**(usual | server)) for server in servers)
    return f'<?xml version="1.0"?><clientConfig><emailProvider id="x">{parts}</emailProvider></clientConfig>'.encode()


@pytest.fixture
def quiet(monkeypatch):
    """No network: nobody publishes, no name server answers, nobody is reached."""
    records = {}

    async def query(name, kind):
        return records.get((name, kind), [])

    monkeypatch.setattr(discoveries, "_query", query)
    monkeypatch.setattr(discoveries, "places", lambda address, domain: [])
    return records


async def proposals(address, **settings):
    async with testing.adapter_of(Adapter, MANIFEST, {"username": address, **settings}) as adapter:
        found = await adapter.propose()
    for one in found:
        testing.check_text(one.source)
    return found


@pytest.mark.parametrize(
    ("address", "preset", "login", "host"),
    [
        ("me@gmail.com", "gmail", "app_password", "imap.gmail.com"),
        ("Me@Outlook.COM", "microsoft", "device_code", "outlook.office365.com"),
        ("a@hotmail.co.uk", "microsoft", "device_code", "outlook.office365.com"),
        ("a@yahoo.fr", "yahoo", "app_password", "imap.mail.yahoo.com"),
        ("a@icloud.com", "icloud", "app_password", "imap.mail.me.com"),
        ("a@b.fastmail.com", "fastmail", "app_password", "imap.fastmail.com"),
        ("a@gmx.de", "gmx", "password", "imap.gmx.net"),
        ("a@web.de", "web-de", "password", "imap.web.de"),
        ("1@qq.com", "qq", "authorization_code", "imap.qq.com"),
        ("1@163.com", "netease-163", "authorization_code", "imap.163.com"),
        ("a@zoho.eu", "zoho-eu", "password", "imap.zoho.eu"),
    ],
)
async def test_a_well_known_provider_needs_no_network(address, preset, login, host):
    (found,) = await proposals(address)
    assert (found.preset, found.settings["host"]) == (preset, host)
    known = MANIFEST.preset_of(address)
    assert known.id == preset
    assert known.login == login


def test_a_neighbour_of_a_provider_is_none():
    for address in ("me@notgmail.com", "me@gmail.com.example.org", "me@fastmail.com.evil.example", "", "gmail"):
        assert MANIFEST.preset_of(address) is None


def test_who_wants_another_password_says_where_it_is_made():
    for preset in MANIFEST.presets:
        if preset.login != "password":
            assert preset.link.startswith("https://"), preset.id
            assert set(preset.note) == {"en", "zh_CN"}, preset.id
        if preset.login in ("app_password", "authorization_code"):
            assert preset.secret["en"], preset.id


async def test_what_a_domain_publishes(quiet, monkeypatch, feed_server):
    there = feed_server.feed("mail-config")
    there.serve(
        published(
            {"host": "pop.example.org", "type": "pop3"},
            {"host": "plain.example.org", "security": "plain", "port": 143},
            {"host": "imap2.example.org", "security": "STARTTLS", "port": 143},
            {"host": "imap.example.org", "username": "%EMAILLOCALPART%"},
        )
    )
    monkeypatch.setattr(discoveries, "places", lambda address, domain: [there.url, there.url + "-missing"])
    found = await proposals("ada@example.org")
    assert [one.settings for one in found] == [
        {"host": "imap.example.org", "security": "tls", "username": "ada"},
        {"host": "imap2.example.org", "security": "starttls"},
    ]
    assert "127.0.0.1" in found[0].source.message


async def test_a_server_of_a_provider_brings_its_sign_in_along(quiet, monkeypatch, feed_server):
    there = feed_server.feed("mail-config")
    there.serve(published({"host": "outlook.office365.com"}))
    monkeypatch.setattr(discoveries, "places", lambda address, domain: [there.url])
    (found,) = await proposals("ada@company.example")
    assert found.preset == "microsoft"


async def test_a_company_at_a_big_provider_is_found_by_its_exchange(quiet):
    quiet[("company.example", "MX")] = [SimpleNamespace(exchange="company-example.mail.protection.outlook.com.")]
    (found,) = await proposals("ada@company.example")
    assert found.preset == "microsoft"
    quiet[("company.example", "MX")] = [SimpleNamespace(exchange="ASPMX.L.GOOGLE.COM")]
    (found,) = await proposals("ada@company.example")
    assert (found.preset, found.settings["host"]) == ("gmail", "imap.gmail.com")


async def test_service_records_count_only_within_their_domain(quiet, monkeypatch):
    quiet[("_imaps._tcp.example.org", "SRV")] = [
        SimpleNamespace(target="mx.evil.example.", port=993),
        SimpleNamespace(target="mail.example.org.", port=9993),
    ]
    (found,) = await proposals("ada@example.org")
    assert found.settings == {"host": "mail.example.org", "security": "tls", "port": 9993}


async def test_nobody_knows(quiet, monkeypatch):
    async def nobody(context, domain, address):
        return []

    monkeypatch.setattr(discoveries, "_reached", nobody)
    monkeypatch.setattr(discoveries, "places", lambda address, domain: [f"http://127.0.0.1:{free_port()}/"])
    assert await proposals("ada@example.invalid") == []


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "@example.org", "ada@exa mple.org", "ada@localhost", "a\nb@c.de"]
)
async def test_no_address_is_said_at_its_field(quiet, address):
    with pytest.raises(InvalidConfig) as caught:
        await proposals(address)
    assert list(caught.value.fields) == ["username"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html><body>404</body></html>",
        b"\x00\xff" * 1000,
        b"<clientConfig><incomingServer type='imap'>" * 500,
        b"<!DOCTYPE x [<!ENTITY a 'imap.evil.example'>]>" + published({"host": "&a;"}).partition(b"?>")[2],
        published({"host": "-oProxyCommand"}),
        published({"host": "a/b"}),
        published({"host": "imap.example.org", "port": 99999}),
        published({"host": "imap.example.org", "port": "x"}),
        published({"host": "imap.example.org", "security": "plain"}),
        published({"host": "imap.example.org", "username": "a&#10;b"}),
    ],
)
def test_what_is_no_such_document_says_nothing(document):
    assert parse(document, "ada@example.org") == []


def test_a_server_that_takes_no_password_is_known_as_such():
    (found,) = parse(published({"host": "imap.example.org", "authentication": "OAuth2"}), "ada@example.org")
    assert found.oauth

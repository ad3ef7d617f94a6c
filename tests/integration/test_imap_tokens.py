"""Signing in to a mailbox with OAuth 2, against dovecot, which has each token checked by a local OAuth server."""

import asyncio

import aiohttp
import pytest

from tests.helpers.dovecot import dovecot_or_skip
from tests.helpers.dovecot_tokens import MailIssuer, TokenDovecot
from worker.platforms.imap.adapter import Adapter
from worker.sdk import testing
from worker.sdk.errors import AuthFailed, InvalidConfig

pytestmark = pytest.mark.real_server
MANIFEST = testing.read_manifest("worker.platforms.imap")


@pytest.fixture(scope="module")
def issuer():
    dovecot_or_skip()
    with MailIssuer() as issuer:
        yield issuer


@pytest.fixture(scope="module", params=["xoauth2", "oauthbearer"])
def server(request, issuer):
    with TokenDovecot(issuer, request.param) as server:
        yield server


def account(server, issuer, credentials=None, **settings):
    settings = {
        "host": server.host,
        "port": getattr(server, "port", 0),
        "security": "none",
        "username": "ada",
        "client_id": issuer.client_id,
        "oauth_issuer": issuer.url,
        **settings,
    }
    return testing.adapter_of(Adapter, MANIFEST, settings, credentials)


class Person(testing.TestTalk):
    """Types the code on the provider's page, or follows the page back."""

    def __init__(self, issuer):
        super().__init__()
        self.issuer = issuer

    async def device_code(self, code, url, *, seconds=None):
        await super().device_code(code, url, seconds=seconds)
        self.issuer.approve(code)

    async def open_url(self, url, *, seconds=None, paste=False):
        await super().open_url(url, seconds=seconds, paste=paste)
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("method", ["device_code", "browser"])
async def test_whoever_signs_in_on_the_page_is_let_in(server, issuer, method):
    async with account(server, issuer) as adapter:
        signed = await adapter.login(method, Person(issuer))
    assert "Bearer" not in repr(signed)
    async with account(server, issuer, signed.document) as adapter:
        probe = await adapter.probe()
        assert probe.identity == f"ada@{server.host}"
        await testing.poll_all(adapter, None)


async def test_a_token_that_ended_is_renewed_once_and_the_new_one_kept(server, issuer):
    async with account(server, issuer) as adapter:
        document = (await adapter.login("device_code", Person(issuer))).document
    issuer.end_access()
    async with account(server, issuer, document) as adapter:
        await adapter.poll(None)
        assert adapter.context.renewals == 1
        kept = adapter.context.credentials
        assert kept["refresh_token"] != document["refresh_token"]
        assert kept["token_url"] == f"{issuer.url}/token"
        await adapter.poll(None)
        assert adapter.context.renewals == 1


async def test_a_revoked_sign_in_is_a_refused_one(server, issuer):
    async with account(server, issuer) as adapter:
        document = (await adapter.login("device_code", Person(issuer))).document
    async with account(server, issuer, document) as adapter:
        assert await adapter.log_out() is True
    async with account(server, issuer, document) as adapter:
        await testing.raises(AuthFailed, adapter)


async def test_somebody_elses_token_opens_no_mailbox(server, issuer):
    async with account(server, issuer) as adapter:
        document = (await adapter.login("device_code", Person(issuer))).document
    async with account(server, issuer, document, username="bob") as adapter:
        with pytest.raises(AuthFailed) as caught:
            await asyncio.wait_for(adapter.probe(), 60)
    assert caught.value.reason.code == "auth_refused_detail"
    assert "password for" not in caught.value.reason.message


async def test_a_server_that_knows_no_tokens_is_said_as_such(dovecot, mailbox, issuer):
    settings = {"port": dovecot.plain_port, "username": mailbox.user}
    async with account(dovecot, issuer, {"access_token": "a"}, **settings) as adapter:
        error = await testing.raises(InvalidConfig, adapter, "host")
    assert error.reason.code == "token_refused"


@pytest.mark.parametrize(
    ("field", "value"), [("client_id", ""), ("oauth_issuer", ""), ("oauth_issuer", "http://192.0.2.1/")]
)
async def test_what_the_page_needs_is_asked_for_by_field(server, issuer, field, value):
    async with account(server, issuer, **{field: value}) as adapter:
        with pytest.raises(InvalidConfig) as caught:
            await adapter.login("device_code", Person(issuer))
    assert set(caught.value.fields) == {field}


async def test_a_page_that_publishes_nothing_is_said_at_its_field(server, issuer):
    async with account(server, issuer, oauth_issuer=f"{issuer.url}/nothing") as adapter:
        with pytest.raises(InvalidConfig) as caught:
            await adapter.login("device_code", Person(issuer))
    assert set(caught.value.fields) == {"oauth_issuer"}

"""What a homeserver's refusals mean, and where a password does not go."""

import pytest
from aiohttp import web

from tests.helpers.api_servers import ApiServer
from worker.platforms.matrix import calls
from worker.platforms.matrix.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.testing import TestContext, check_text, read_manifest


class Homeserver(ApiServer):
    """Takes passwords, and answers the sign-in with ``login``."""

    def __init__(self):
        super().__init__()
        self.flows = [{"type": "m.login.sso"}, {"type": "m.login.password"}]
        self.login = (200, {"user_id": "@me:localhost", "access_token": "secret-token"})

    async def answer(self, request):
        if request.path.endswith("/login") and request.method == "GET":
            return web.json_response({"flows": self.flows})
        status, body = self.login
        return web.json_response(body, status=status)


@pytest.fixture
def server():
    with Homeserver() as made:
        yield made


async def failed(server, kind):
    settings = {"homeserver": server.url, "user": "me"}
    adapter = Adapter(TestContext(read_manifest("worker.platforms.matrix"), settings, {"password": "canary"}))
    with pytest.raises(kind) as caught:
        await adapter.poll(None)
    await adapter.close()
    assert type(caught.value) is kind
    check_text(caught.value.reason)
    assert "canary" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (403, {"errcode": "M_FORBIDDEN"}, AuthFailed, "auth_refused"),
        (403, {"errcode": "M_USER_DEACTIVATED", "error": "Gone."}, AuthFailed, "auth_refused_detail"),
        (429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 7000}, RateLimited, "rate_limited"),
        (500, {"errcode": "M_UNKNOWN", "error": "Oops."}, TemporaryFailure, "server_unavailable"),
        (502, {}, TemporaryFailure, "server_unavailable"),
        (302, {}, ParseFailure, "protocol_garbage"),
        (200, {"access_token": "x"}, ParseFailure, "protocol_garbage"),
    ],
)
async def test_refusals_of_a_sign_in(server, status, body, kind, code):
    server.login = (status, body)
    error = await failed(server, kind)
    assert error.reason.code == code
    if kind is RateLimited:
        assert error.retry_after == 7
    if kind is AuthFailed:
        assert "password" in error.fields


async def test_a_server_that_signs_in_elsewhere_only(server):
    server.flows = [{"type": "m.login.sso"}]
    error = await failed(server, InvalidConfig)
    assert error.fields["homeserver"].code == "matrix_no_password"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"flows":5}', b"{" * 100_000])
async def test_garbage(server, body):
    server.fail_with(200, {}, body)
    assert (await failed(server, ParseFailure)).reason.code == "protocol_garbage"


async def test_an_answer_that_is_too_large_is_not_read(server, monkeypatch):
    monkeypatch.setattr(calls.Calls._ask, "__defaults__", (1000, calls.CALL_SECONDS))
    server.fail_with(200, {}, b" " * 5000)
    assert (await failed(server, TemporaryFailure)).reason.code == "too_large"


async def test_a_token_that_is_revoked(server):
    server.fail_with(401, {}, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unknown token"})
    settings = {"homeserver": server.url, "user": "me"}
    adapter = Adapter(TestContext(read_manifest("worker.platforms.matrix"), settings, {"access_token": "old"}))
    with pytest.raises(AuthFailed) as caught:
        await adapter.poll(None)
    await adapter.close()
    assert "access_token" in caught.value.fields

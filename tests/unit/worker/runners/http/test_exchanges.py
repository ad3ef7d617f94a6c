"""Requests to a real server on loopback."""

import asyncio
import base64
import json
import ssl

import pytest
import trustme
from aiohttp import web

from tests.helpers.executions import FakeExecution, request, runner
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import silent_server
from worker.runners.http.exchanges import Exchange
from worker.runners.http.redactions import MARK
from worker.sdk.runner import JobReason, RunnerError

HTTP = runner("http")
TOKEN = 'tok-3f/9a"x'
LONG = "Zq7-very-secret-token-0123456789"


class Server:
    """Answers on loopback and remembers what it was asked."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.url = ""
        self.other = ""
        """The same under another origin."""
        self.hold = asyncio.Event()

    async def handle(self, asked: web.Request) -> web.StreamResponse:
        self.seen.append(asked)
        self.bodies.append(await asked.read())
        name = asked.match_info["name"]
        answer: web.StreamResponse = await getattr(self, f"on_{name}")(asked)
        return answer

    async def on_echo(self, asked):
        headers = {"X-Echo": asked.headers.get("X-Key", ""), "Set-Cookie": "session=very-private"}
        seen = {"method": asked.method, "headers": dict(asked.headers), "query": dict(asked.query)}
        return web.json_response(seen | {"body": self.bodies[-1].decode()}, headers=headers)

    async def on_status(self, asked):
        return web.Response(status=int(asked.query["code"]), text="said")

    async def on_away(self, asked):
        return web.Response(status=int(asked.query["code"]), headers={"Location": asked.query["to"]})

    async def on_slow(self, asked):
        answer = web.StreamResponse()
        await answer.prepare(asked)
        await answer.write(b"begun ")
        await self.hold.wait()
        return answer

    async def on_large(self, asked):
        answer = web.StreamResponse()
        await answer.prepare(asked)
        for _ in range(64):
            await answer.write(b"x" * 65_536)
        return answer

    async def on_half(self, asked):
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(asked)
        await answer.write(b"x" * 100 + asked.headers["X-Key"][:-1].encode())
        if asked.query["then"] == "wait":
            await self.hold.wait()
        else:
            asked.transport.close()
        return answer

    async def on_cut(self, asked):
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(asked)
        await answer.write(b"half")
        asked.transport.close()
        return answer


@pytest.fixture
async def server():
    made = Server()
    application = web.Application()
    application.router.add_route("*", "/{name}", made.handle)
    serving = web.AppRunner(application, shutdown_timeout=0.1)
    await serving.setup()
    for _ in range(2):
        await web.TCPSite(serving, "127.0.0.1", 0).start()
    made.url, made.other = (f"http://127.0.0.1:{address[1]}" for address in serving.addresses)
    yield made
    made.hold.set()
    await serving.cleanup()


@pytest.fixture
def run(tmp_path):
    async def ran(spec, secret=None):
        execution = FakeExecution(request(HTTP, spec), tmp_path, secret)
        return await HTTP.execute(execution), execution

    return ran


async def test_all_that_was_typed_is_sent(server, run):
    spec = {
        "url": f"{server.url}/echo?a=1",
        "method": "POST",
        "query": {"b": "x y&z"},
        "headers": {"X-Key": "k", "User-Agent": "me"},
        "body": '{"n": "é"}',
        "json_path": "$.method",
        "json_value": "POST",
    }
    outcome, execution = await run(spec)
    assert outcome.success
    assert outcome.error is None
    seen = json.loads(execution.stdout)
    assert seen["query"] == {"a": "1", "b": "x y&z"}
    assert seen["body"] == '{"n": "é"}'
    assert seen["headers"]["Content-Type"] == "application/json"
    assert (seen["headers"]["X-Key"], seen["headers"]["User-Agent"]) == ("k", "me")
    said = execution.stderr.decode()
    assert said.startswith("HTTP/1.1 200 OK\n")
    assert "X-Echo: k\n" in said
    assert "Set-Cookie: …\n" in said
    assert "very-private" not in execution.printed
    assert outcome.result["status"] == 200
    assert outcome.result["bytes"] == len(execution.stdout)
    assert outcome.result["url"].startswith(f"{server.url}/echo?")
    assert 0 <= outcome.result["duration_ms"] < 30_000


async def test_a_text_is_sent_as_such(server, run):
    _, execution = await run({"url": f"{server.url}/echo", "method": "PUT", "body": "{no json"})
    assert json.loads(execution.stdout)["headers"]["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("code", "expected", "success"),
    [(204, None, True), (301, None, False), (404, None, False), (404, 404, True), (200, 201, False)],
)
async def test_the_status_decides(server, run, code, expected, success):
    spec = {"url": f"{server.url}/status?code={code}"}
    outcome, execution = await run(spec if expected is None else spec | {"expected_status": expected})
    assert outcome.success is success
    assert outcome.result["status"] == code
    assert execution.stdout == (b"" if code == 204 else b"said")
    if not success:
        assert (outcome.reason, outcome.error.code) == (JobReason.SCRIPT_ERROR, "http_status_unexpected")
        assert str(code) in outcome.error.message
        assert outcome.exit_code is None


async def test_a_head_has_no_body(server, run):
    outcome, execution = await run({"url": f"{server.url}/status?code=200", "method": "HEAD"})
    assert outcome.success
    assert execution.stdout == b""


async def test_a_check_that_fails(server, run):
    outcome, _ = await run({"url": f"{server.url}/echo", "json_path": "$.method", "json_value": "PUT"})
    assert (outcome.success, outcome.reason, outcome.error.code) == (False, JobReason.SCRIPT_ERROR, "http_json_differs")
    assert outcome.error.message == "$.method is GET; PUT was expected."


# ---------------------------------------------------------------- secrets


async def test_secret_headers_are_sent_and_never_shown(server, run):
    secret = {"Authorization": f"Bearer {TOKEN}", "X-Key": "echoed-secret"}
    spec = {"url": f"{server.url}/echo", "headers": {"x-key": "open"}, "json_path": "$.method", "json_value": "no"}
    outcome, execution = await run(spec, secret)
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert server.seen[0].headers.getall("X-Key") == ["echoed-secret"]
    shown = execution.printed + repr(outcome)
    for form in (TOKEN, json.dumps(TOKEN)[1:-1], "echoed-secret"):
        assert form not in shown
    assert "‹secret›" in execution.stderr.decode()
    assert "‹secret›" in execution.stdout.decode()


async def test_a_name_and_a_password_are_basic_authentication(server, run):
    outcome, execution = await run({"url": f"{server.url}/echo"}, {"username": "me", "password": "pass wörd"})
    sent = server.seen[0].headers["Authorization"]
    assert sent == f"Basic {base64.b64encode('me:pass wörd'.encode()).decode()}"
    assert outcome.success
    assert sent.removeprefix("Basic ") not in execution.printed


async def test_a_check_never_shows_a_secret(server, run):
    spec = {"url": f"{server.url}/echo", "json_path": "$.headers['X-Key']", "json_value": "x"}
    outcome, _ = await run(spec, {"X-Key": "echoed-secret"})
    assert outcome.error.code == "http_json_differs"
    assert "echoed-secret" not in repr(outcome)


async def test_a_check_shows_no_part_of_a_secret(server, run):
    async def on_long(asked):
        return web.json_response({"v": "x" * 185 + asked.headers["X-Key"]})

    server.on_long = on_long
    spec = {"url": f"{server.url}/long", "json_path": "$.v", "json_value": "x"}
    outcome, _ = await run(spec, {"X-Key": LONG})
    assert outcome.error.code == "http_json_differs"
    assert LONG[:4] not in repr(outcome)


async def test_an_answer_cut_within_a_secret_shows_nothing_of_it(server, run):
    async def on_long(asked):
        return web.Response(text="x" * 1000 + asked.headers["X-Key"] + "y" * 5000)

    server.on_long = on_long
    size = (1000 + len(LONG) - 1) / 1024 / 1024
    outcome, execution = await run({"url": f"{server.url}/long", "max_response_mb": size}, {"X-Key": LONG})
    assert outcome.error.code == "too_large"
    assert execution.stdout.decode() == "x" * 1000 + MARK


@pytest.mark.parametrize(("then", "code"), [("close", "connection_lost"), ("wait", "http_slow")])
async def test_an_answer_that_breaks_within_a_secret_shows_nothing_of_it(server, run, then, code):
    spec = {"url": f"{server.url}/half?then={then}", "timeout_seconds": 0.5 if then == "wait" else 30}
    outcome, execution = await run(spec, {"X-Key": LONG})
    assert outcome.error.code == code
    assert execution.stdout.decode() == "x" * 100 + MARK


async def test_a_fault_of_the_runner_shows_no_secret(server, run, monkeypatch, tmp_path):
    secret = {"X-Key": LONG, "username": "me", "password": "pass wörd"}
    pair = base64.b64encode("me:pass wörd".encode()).decode()

    async def faulty(exchange):
        raise ValueError(f"no {LONG!r}, {pair} {'pass wörd'.encode()!r}{'.' * 480}{LONG}")

    monkeypatch.setattr(Exchange, "run", faulty)
    execution = FakeExecution(request(HTTP, {"url": server.url}), tmp_path, secret)
    with pytest.raises(RunnerError) as caught:
        await HTTP.execute(execution)
    error = caught.value
    assert (error.reason, error.text.code) == (JobReason.SCRIPT_ERROR, "runner_failed")
    assert error.text.params["detail"].startswith(f"ValueError: no '{MARK}', {MARK} b'{MARK}'")
    assert error.__cause__ is error.__context__ is None
    said = execution.stderr.decode()
    assert said.startswith("Traceback (most recent call last):\n")
    assert "in faulty\n" in said
    for one in (LONG[:4], pair, "pass w"):
        assert one not in said + error.text.message


@pytest.mark.parametrize(
    "secret",
    [
        {"X-A": "b\r\nX-Evil: hush"},
        {"a b": "hush-secret"},
        {"hush-secret\n": "x"},
        {"X-A": 3},
        {"Content-Length": "1"},
        {"username": "a:b", "password": "x"},
    ],
)
async def test_a_credential_that_cannot_be_sent(server, run, secret):
    with pytest.raises(RunnerError) as caught:
        await run({"url": f"{server.url}/echo"}, secret)
    assert caught.value.reason is JobReason.CREDENTIAL
    assert "hush" not in caught.value.text.message
    assert server.seen == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_secrets_stay_with_their_origin(server, run, code):
    secret = {"Authorization": "Bearer abcdef", "X-Key": "echoed-secret"}
    spec = {"method": "POST", "body": "sent", "headers": {"Cookie": "mine", "X-Open": "o"}}
    there = f"{server.url}/away?code={code}&to={server.url}/echo"
    outcome, _ = await run(spec | {"url": there}, secret)
    assert outcome.success
    assert server.seen[-1].headers["Authorization"] == "Bearer abcdef"
    back = f"{server.url}/echo"
    away = f"{server.url}/away?code={code}&to={server.other}/away?code={code}%26to={back}"
    outcome, execution = await run(spec | {"url": away}, secret)
    assert outcome.success
    assert outcome.result["url"] == back
    for asked in server.seen[-2:]:
        assert not {"Authorization", "X-Key", "Cookie"} & set(asked.headers)
        assert asked.headers["X-Open"] == "o"
    # 307 and 308 ask for the same again.
    kept = code in (307, 308)
    assert server.seen[-1].method == ("POST" if kept else "GET")
    assert server.bodies[-1] == (b"sent" if kept else b"")
    assert execution.stderr.decode().count("HTTP/1.1 ") == 3


async def test_what_is_said_to_one_server_is_said_to_no_other(server, run):
    bound = {
        "Host": "intern.example",
        "origin": "http://intern.example",
        "Referer": "http://intern.example/private",
        "Cookie": "mine",
        "authorization": "Basic eDp5",
        "Proxy-Authorization": "Basic eDp5",
    }
    spec = {"headers": bound | {"X-Open": "o"}}
    outcome, _ = await run(spec | {"url": f"{server.url}/away?code=307&to=/echo"})
    assert outcome.success
    for asked in server.seen:
        assert {name: asked.headers.get(name) for name in bound} == bound
    server.seen.clear()
    outcome, _ = await run(spec | {"url": f"{server.url}/away?code=307&to={server.other}/echo"})
    assert outcome.success
    assert server.seen[0].headers["Host"] == "intern.example"
    other = server.seen[1].headers
    assert other["Host"] == server.other.removeprefix("http://")
    assert not (set(bound) - {"Host"}) & set(other)
    assert other["X-Open"] == "o"


async def test_redirects_that_are_not_followed(server, run):
    spec = {"url": f"{server.url}/away?code=302&to=/echo", "follow_redirects": False}
    outcome, _ = await run(spec | {"expected_status": 302})
    assert outcome.success
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://me:pw@127.0.0.1/", "http://[", "gopher:x"]
)
async def test_redirects_that_lead_out_of_the_web(server, run, to):
    outcome, _ = await run({"url": f"{server.url}/away?code=302&to={to}"})
    assert not outcome.success
    assert (outcome.reason, outcome.error.code) == (JobReason.SCRIPT_ERROR, "http_redirect_wrong")


async def test_redirects_in_a_circle(server, run):
    circle = f"{server.url}/circle"

    async def on_circle(_):
        return web.Response(status=302, headers={"Location": circle})

    server.on_circle = on_circle
    outcome, _ = await run({"url": circle})
    assert outcome.error.code == "http_redirects"


# ---------------------------------------------------------------- what goes wrong


async def test_what_is_larger_than_allowed_is_cut(server, run):
    outcome, execution = await run({"url": f"{server.url}/large", "max_response_mb": 1})
    assert (outcome.success, outcome.error.code) == (False, "too_large")
    assert len(execution.stdout) == 1024 * 1024
    assert outcome.result["bytes"] == 1024 * 1024


async def test_half_an_answer_is_none(server, run):
    outcome, execution = await run({"url": f"{server.url}/cut"})
    assert (outcome.success, outcome.reason, outcome.error.code) == (False, JobReason.UNAVAILABLE, "connection_lost")
    assert execution.stdout == b"half"


async def test_an_answer_that_does_not_end(server, run):
    outcome, execution = await run({"url": f"{server.url}/slow", "timeout_seconds": 0.3})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "http_slow")
    assert execution.stdout == b"begun "


async def test_a_server_that_says_nothing(run):
    with silent_server() as silent:
        outcome, _ = await run({"url": f"http://127.0.0.1:{silent.port}/", "timeout_seconds": 0.3})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "connect_timeout")
    assert outcome.error.params["seconds"] == 0.3


async def test_nobody_there(run):
    outcome, _ = await run({"url": f"http://127.0.0.1:{free_port()}/"})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "connect_refused")
    assert outcome.result["status"] is None


async def test_a_name_that_does_not_resolve(run):
    outcome, _ = await run({"url": "http://no-such-name.invalid/"})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "dns_failed")


async def test_it_ends_when_it_is_told_to(server, tmp_path):
    execution = FakeExecution(request(HTTP, {"url": f"{server.url}/slow"}), tmp_path)
    running = asyncio.create_task(HTTP.execute(execution))
    async with asyncio.timeout(60):
        while not execution.stdout:
            await asyncio.sleep(0.01)
    execution.stopping.set()
    outcome = await asyncio.wait_for(running, 60)
    assert (outcome.success, outcome.reason) == (False, JobReason.CANCELLED)


# ---------------------------------------------------------------- TLS


@pytest.fixture
async def encrypted(tmp_path):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    application = web.Application()

    async def handle(_):
        return web.Response(text="encrypted")

    application.router.add_get("/", handle)
    serving = web.AppRunner(application)
    await serving.setup()
    await web.TCPSite(serving, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{serving.addresses[0][1]}/"
    await serving.cleanup()


async def test_a_certificate_is_checked(encrypted, run, tmp_path):
    outcome, _ = await run({"url": encrypted})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "tls_untrusted")
    for more in ({"ca_file": str(tmp_path / "ca.pem")}, {"verify_tls": False}):
        outcome, execution = await run({"url": encrypted} | more)
        assert outcome.success
        assert execution.stdout == b"encrypted"


async def test_authorities_that_cannot_be_read(encrypted, run):
    with pytest.raises(RunnerError) as caught:
        await run({"url": encrypted, "ca_file": "/nowhere.pem"})
    assert (caught.value.reason, list(caught.value.fields)) == (JobReason.BAD_SPEC, ["ca_file"])


async def test_no_tls_there(server, run):
    outcome, _ = await run({"url": server.url.replace("http:", "https:") + "/echo"})
    assert (outcome.reason, outcome.error.code) == (JobReason.UNAVAILABLE, "tls_failed")

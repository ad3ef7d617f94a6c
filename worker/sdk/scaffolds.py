"""A new plug-in that works, with its tests: a list of things at an address, as a beginning to be changed.

``watchkeeper plugin new ID [--folder DIR]``. What it makes is a project of its own, installed beside Watchkeeper.
"""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Final

_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")

PYPROJECT: Final = """\
[build-system]
requires = ["hatchling>=1.27,<2"]
build-backend = "hatchling.build"

[project]
name = "watchkeeper-$dashed"
version = "0.1.0"
description = "Lets Watchkeeper watch $title."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["watchkeeper"]

[project.entry-points."watchkeeper.platforms"]
$id = "$package"

[tool.hatch.build.targets.wheel]
packages = ["$package"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""

README: Final = """\
# $title for Watchkeeper

Watches a list of things that a server gives as JSON, such as `[{"id": 1, "title": "New"}]`.

    pip install -e .             # beside Watchkeeper; it is offered after the next start
    python -m pytest             # with pytest and Watchkeeper installed

- `$package/manifest.toml`: what the form asks for, in every language, and what the platform says of its quality.
- `$package/adapter.py`: `probe` (a test connection), `poll` (what is new), and what else the service can do.
- `tests/`: the contract that every platform keeps, against a server on this machine.
"""

MANIFEST: Final = """\
id = "$id"
title = { en = "$title", zh_CN = "$title" }
summary = { en = "A list of things at an address.", zh_CN = "某个地址上的条目列表。" }
icon = "$letter"
color = "#33557a"
item_kinds = ["entry"]
libraries = []
name_from = "url"

[capabilities]
credentials = "optional"

[[fields]]
name = "url"
type = "url"
required = true
placeholder = "https://example.org/things.json"
title = { en = "Address", zh_CN = "地址" }
help = { en = "Of a list in JSON.", zh_CN = "JSON 列表的地址。" }

[[fields]]
name = "token"
type = "password"
secret = true
title = { en = "Token", zh_CN = "令牌" }
help = { en = "Only where the server asks for one.", zh_CN = "仅当服务器要求时填写。" }

[quality]
server = "yes: a server on this machine"
probe = "yes"
identity = "yes"
push = "no: asked at its interval"
mark_read = "no: not yet"
sign_in = "no: a token is typed"
reauth = "yes"
rate_limits = "yes"
bounded = "yes"
certificates = "yes"
silence = "yes"
garbage = "yes"
clock = "yes"
languages = "yes"
"""

ADAPTER: Final = '''\
"""$title: a list of things at an address."""

from typing import Any

from worker.sdk.apis import Answer, Api, Site
from worker.sdk.errors import AuthFailed, RateLimited
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe, make_item, text


class Adapter(Platform):
    """One account. It raises only what stands in ``worker.sdk.errors``; the core reacts."""

    kinds = (ItemKind.ENTRY,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._api: Api | None = None

    async def probe(self) -> Probe:
        api = self._ready()
        async with self.context.step("step_resolve"):
            await api.resolve()
        async with self.context.step("step_first_check"):
            await self._things()
        return Probe(identity=api.site.url)

    async def poll(self, cursor: str | None) -> Poll:
        # Keys that were reported before may be in it: Watchkeeper drops them.
        things = [thing for thing in await self._things() if "id" in thing]
        return Poll(
            items=[
                make_item(ItemKind.ENTRY, str(thing["id"])[:500] or "-", str(thing.get("title") or thing["id"]))
                for thing in things
            ]
        )

    async def close(self) -> None:
        api, self._api = self._api, None
        if api is not None:
            await api.close()

    def _ready(self) -> Api:
        if self._api is None:
            self._api = Api(self.context, Site.of(str(self.context.settings.get("url") or ""), "url"), {})
        return self._api

    async def _things(self) -> list[dict[str, Any]]:
        token = (await self.context.secret()).get("token")
        answer = await self._ready().get("", token=token)
        self._check(answer)
        return answer.read(list[dict[str, Any]])

    def _check(self, answer: Answer) -> None:
        status, site = answer.status, answer.site
        if status in (401, 403):
            reason = text("http_auth", host=site.host, status=status)
            raise AuthFailed(reason, {"token": reason})
        if status == 429 or (status == 503 and answer.patience() is not None):
            raise RateLimited(answer.patience(), text("http_rate_limited", host=site.host))
        if status != 200:
            raise site.temporary(text("http_status", host=site.host, status=status))
'''

TESTS: Final = '''\
"""$title against a server on this machine: the contract of every platform, and what is its own."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from $package.adapter import Adapter

from worker.sdk import qualities, testing
from worker.sdk.errors import AuthFailed, ParseFailure, RateLimited, TemporaryFailure

MANIFEST = testing.read_manifest("$package")


class Service:
    """A list of things that wants a token. ``broken``: a status or bytes to be answered instead."""

    def __init__(self):
        self.things = [{"id": 1, "title": "There at first"}]
        self.broken = None
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = 200, json.dumps(service.things).encode()
                if self.headers.get("Authorization") != "Bearer right":
                    status, body = 401, b"{}"
                if isinstance(service.broken, int):
                    status = service.broken
                elif service.broken is not None:
                    body = service.broken
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/things"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@pytest.fixture
def service():
    with Service() as service:
        yield service


def watching(service, token="right"):
    return testing.adapter_of(Adapter, MANIFEST, {"url": service.url}, {"token": token})


def test_the_manifest_keeps_the_contract():
    testing.check_manifest(MANIFEST, Adapter.kinds)
    qualities.check_quality(MANIFEST, Adapter)


def test_what_is_new_is_found_once(service):
    async def story():
        async with watching(service) as adapter:
            assert (await adapter.probe()).identity
            cursor = await testing.keeps_quiet(adapter)
            known = {item.key for item in (await testing.poll_all(adapter, None))[0]}
            service.things.append({"id": 2, "title": "New"})
            found, _ = await testing.poll_all(adapter, cursor)
            assert [item.title for item in found if item.key not in known] == ["New"]
            await testing.survives_cursor(adapter, "not its own")
        async with watching(service) as first, watching(service) as second:
            await testing.goes_on(first, second)
        async with watching(service) as adapter:
            await testing.closes_twice(adapter)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("broken", "kind"), [(500, TemporaryFailure), (429, RateLimited), (b"<html>", ParseFailure)]
)
def test_what_goes_wrong_is_said_as_what_it_is(service, broken, kind):
    service.broken = broken

    async def story():
        async with watching(service) as adapter:
            await testing.raises(kind, adapter)

    asyncio.run(story())


def test_a_refused_token_is_named(service):
    async def story():
        async with watching(service, "wrong") as adapter:
            await testing.raises(AuthFailed, adapter, "token")

    asyncio.run(story())
'''


class ScaffoldError(Exception):
    """What keeps a plug-in from being made, as a sentence."""


def make_platform(plugin_id: str, folder: Path | None = None) -> Path:
    """Make the project of a platform called ``plugin_id`` in ``folder`` (default: ``watchkeeper-ID`` here); return it.

    Raises :class:`ScaffoldError`; nothing that is there is overwritten.
    """
    if not _ID.fullmatch(plugin_id) or keyword.iskeyword(plugin_id):
        raise ScaffoldError(f"an id has 2 to 31 small letters, digits and underscores, not {plugin_id!r}")
    dashed = plugin_id.replace("_", "-")
    target = folder if folder is not None else Path.cwd() / f"watchkeeper-{dashed}"
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ScaffoldError(f"{target} is there already")
    package = f"watchkeeper_{plugin_id}"
    title = plugin_id.replace("_", " ").title()
    names = {"id": plugin_id, "dashed": dashed, "package": package, "title": title, "letter": title[0]}
    parts = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        f"{package}/__init__.py": "",
        f"{package}/manifest.toml": MANIFEST,
        f"{package}/adapter.py": ADAPTER,
        f"tests/test_{plugin_id}.py": TESTS,
    }
    try:
        for name, words in parts.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(words).substitute(names), encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"{target} cannot be written: {error.strerror or error}") from error
    return target

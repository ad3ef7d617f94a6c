"""Whatever stands in a body or a query, no route of a real master fails of it."""

import random
import re
from typing import Any

import aiohttp
import msgspec

from master.api.schema import AccountCreate, GroupCreate, RuleCreate
from master.rest.calls import PREFIX, Route
from master.rest.routes import make_routes
from tests.helpers.masters import running_master

VALUES: list[Any] = [
    None, "", "x" * 70_000, "a\x00b", "\u202e", "none", "0", "../..", "*", "(", "(a+)+$", -1, 0, 1, 2**53, 2**70, 1e308,
    0.5, True, [], ["x"], [None], [1] * 2000, {}, {"a": 1}, {"a": {"b": [{}]}}, [{"start": "22:00", "end": "22:00"}],
]  # fmt: skip
WORDS = [
    "",
    "x" * 3000,
    "a\x00b",
    "-1",
    "0",
    "1e99",
    "9" * 30,
    "none",
    '"',
    '"a',
    "*",
    "author:",
    "-",
    "天 -",
    "NEAR(",
    "(",
]
IDS = ["1", "nobody", "%00", "9" * 30]
EACH = 3
"""So many values of each field."""
LEFT = re.compile(r"shutdown|janitor|moves|backups|/test$|propose|restore|restart|/start|/stop|batch")
"""What ends or connects something."""
BASES: dict[str, dict[str, Any]] = {
    "/accounts": {"platform": "feed", "name": "x"},
    "/groups": {"name": "g"},
    "/rules": {"name": "r"},
    "/searches": {"name": "s", "filter": {}},
    "/snoozes": {"scope": "all"},
    "/credentials": {"name": "c", "values": {"a": "b"}},
    "/worker-configs": {"worker_id": "w", "name": "w", "auto_start": False},
    "/proxies": {"name": "p", "kind": "http", "host": "h", "port": 1},
    "/login-sessions": {"platform": "github"},
    "/tokens": {"name": "t", "scope": "client"},
}
"""What is right, beside which one field is odd."""


def asked(route: Route, known: dict[str, str], chance: random.Random) -> list[dict[str, Any]]:
    """Return odd requests for a route."""
    path = route.path
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    paths = [re.sub(r"\{[^}]+\}", one, path) for one in IDS] if "{" in path else [path]
    made: list[dict[str, Any]] = []
    for one in paths:
        for field in msgspec.structs.fields(route.query) if route.query is not None else ():
            made += [{"path": one, "params": {field.encode_name: word}} for word in chance.sample(WORDS, EACH)]
        for field in msgspec.structs.fields(route.body) if route.body is not None else ():
            base = BASES.get(route.path, {})
            made += [{"path": one, "json": {**base, field.encode_name: odd}} for odd in chance.sample(VALUES, EACH)]
    return made


async def test_no_route_fails_of_what_it_is_given(profile):
    chance = random.Random(5)
    failed, count = [], 0
    routes = [route for route in make_routes(lambda: None) if not route.stream and not LEFT.search(route.path)]
    async with running_master(profile, workers=False) as (master, client):
        account = await client.create_account(
            AccountCreate(platform="feed", name="a", settings={"url": "http://127.0.0.1:9/"})
        )
        known = {
            "account_id": account.id,
            "group_id": (await client.create_group(GroupCreate(name="g0"))).id,
            "rule_id": (await client.create_rule(RuleCreate(name="r0"))).id,
        }
        head = {"Authorization": f"Bearer {master.token}"}
        async with aiohttp.ClientSession(headers=head) as http:
            for route in routes:
                for given in asked(route, known, chance):
                    url = master.url + PREFIX + given.pop("path")
                    count += 1
                    async with http.request(route.method, url, **given) as answer:
                        if answer.status >= 500 and answer.status != 503:
                            failed.append((route.method, route.path, given, (await answer.text())[:200]))
    assert count > 500
    assert failed == []

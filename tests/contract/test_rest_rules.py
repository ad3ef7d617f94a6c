"""Rules, quiet hours, snoozes and notifications by REST, as an outside program uses them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = r"(a|aa)+$"


class Wire:
    """Plain requests with a token."""

    def __init__(self, url: str, token: str, client_token: str, session: aiohttp.ClientSession) -> None:
        self._url, self._token, self._client_token = url, token, client_token
        self._session = session

    async def send(
        self, method: str, path: str, body: Any = None, *, client: bool = False, status: int | None = None
    ) -> Any:
        """Send a request; return its data, or (with ``status``) its refusal."""
        token = self._client_token if client else self._token
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self._url}/api/v1{path}"
        async with self._session.request(method, url, json=body, headers=headers) as response:
            answer = await response.json()
            if status is not None:
                assert response.status == status, answer
                return answer["error"]
            assert answer["success"], answer
            return answer["data"]

    async def knows_platforms(self) -> bool:
        """Tell whether the catalogue was read."""
        return bool((await self.send("GET", "/catalog"))["platforms"])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def wire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    profile = tmp_path_factory.mktemp("rules") / "profile"
    async with running_master(profile, workers=False) as (master, _), aiohttp.ClientSession() as session:
        made = Wire(master.url, master.token, master.client_token, session)
        await asyncio.gather(*(made.send("GET", "/items") for _ in range(16)))
        # What is started for the catalogue has ended before the first test.
        await until(made.knows_platforms, what="the catalogue")
        yield made


async def test_a_rule_from_its_first_to_its_last_day(wire: Wire) -> None:
    made = await wire.send(
        "POST", "/rules", {"name": "Bills", "action": "urgent", "conditions": {"include": ["invoice"], "match": "all"}}
    )
    assert (made["position"], made["enabled"], made["hits"], made["version"]) == (0, True, 0, 1)
    other = await wire.send("POST", "/rules", {"name": "Other", "position": 0})
    assert [row["name"] for row in (await wire.send("GET", "/rules", client=True))["rows"]] == ["Other", "Bills"]
    ordered = await wire.send("PUT", "/rules/order", {"rule_ids": [made["id"], other["id"]]})
    assert [(row["name"], row["position"]) for row in ordered] == [("Bills", 0), ("Other", 1)]
    changed = await wire.send("PATCH", f"/rules/{made['id']}", {"enabled": False, "version": 1})
    assert (changed["enabled"], changed["version"]) == (False, 2)
    assert (await wire.send("PATCH", f"/rules/{made['id']}", {"version": 1}, status=409))["code"] == "ERR_CONFLICT"
    await wire.send("DELETE", f"/rules/{made['id']}")
    assert (await wire.send("GET", f"/rules/{made['id']}", status=404))["message"].startswith("There is no rule")
    await wire.send("DELETE", f"/rules/{other['id']}")


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/rules", {}, "name"),
        ("POST", "/rules", {"name": ""}, "name"),
        ("POST", "/rules", {"name": "x", "action": "shout"}, "action"),
        ("POST", "/rules", {"name": "x", "colour": 1}, "colour"),
        ("POST", "/rules", {"name": "x", "position": -1}, "position"),
        ("POST", "/rules", {"name": "x", "conditions": {"regex": "("}}, "conditions.regex"),
        ("POST", "/rules", {"name": "x", "conditions": {"regex": "x" * 501}}, "conditions.regex"),
        ("POST", "/rules", {"name": "x", "conditions": {"include": [""]}}, "conditions.include"),
        ("POST", "/rules", {"name": "x", "conditions": {"include": ["w"] * 51}}, "conditions.include"),
        ("POST", "/rules", {"name": "x", "conditions": {"kinds": ["letter"]}}, "conditions.kinds"),
        ("PUT", "/rules/order", {"rule_ids": ["x"]}, "rule_ids"),
        ("POST", "/rules/test", {}, "sample"),
        ("POST", "/rules/test", {"history": 501}, "history"),
        ("POST", "/rules/test", {"sample": {"account_id": "x"}}, "sample.account_id"),
        ("POST", "/rules/test", {"sample": {}, "rule": {"name": "x", "conditions": {"regex": "["}}},
         "rule.conditions.regex"),
        ("PATCH", "/quiet-hours", {"windows": [{"start": "24:00", "end": "07:00"}]}, "windows.start"),
        ("PATCH", "/quiet-hours", {"windows": [{"start": "22:00"}]}, "windows.end"),
        ("PATCH", "/quiet-hours", {"windows": [{"start": "22:00", "end": "7:00"}]}, "windows.end"),
        ("PATCH", "/quiet-hours", {"windows": [{"start": "22:00", "end": "07:00", "days": []}]}, "windows.days"),
        ("PATCH", "/quiet-hours", {"windows": [{"start": "22:00", "end": "07:00", "days": ["xmas"]}]}, "windows.days"),
        ("PATCH", "/quiet-hours", {"time_zone": "Mars/Olympus"}, "time_zone"),
        ("POST", "/snoozes", {}, "scope"),
        ("POST", "/snoozes", {"scope": "account"}, "target_id"),
        ("POST", "/snoozes", {"scope": "all", "target_id": "x"}, "target_id"),
        ("POST", "/snoozes", {"scope": "all", "seconds": 1}, "seconds"),
        ("POST", "/snoozes", {"scope": "all", "until_at": 1000}, "until_at"),
        ("POST", "/snoozes", {"scope": "all", "preset": "1h", "seconds": 60}, "preset"),
        ("GET", "/notifications?state=lost", None, "state"),
        ("GET", "/notifications?kind=lost", None, "kind"),
        ("GET", "/notifications?since=x", None, "since"),
        ("GET", "/notifications?cursor=x", None, "cursor"),
        ("GET", "/notifications?limit=501", None, "limit"),
        ("POST", "/notifications/read", {"state": "lost"}, "state"),
        ("POST", "/notifications/clear", {"ids": [1]}, "ids"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_by_field(wire: Wire, method: str, path: str, body: Any, field: str) -> None:
    error = await wire.send(method, path, body, status=400)
    assert list(error["fields"]) == [field]
    assert error["fields"][field]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/rules/x", None),
        ("PATCH", "/rules/x", {}),
        ("DELETE", "/rules/x", None),
        ("POST", "/rules/test", {"sample": {}, "rule_id": "x"}),
        ("POST", "/snoozes", {"scope": "account", "target_id": "x"}),
        ("POST", "/snoozes", {"scope": "group", "target_id": "x"}),
        ("POST", "/snoozes", {"scope": "notification", "target_id": "77"}),
        ("DELETE", "/snoozes/all", None),
        ("DELETE", "/snoozes/account:x", None),
        ("DELETE", "/snoozes/notification:77", None),
        ("POST", "/notifications/77/snooze", {"preset": "1h"}),
    ],
)
async def test_what_is_not_there(wire: Wire, method: str, path: str, body: Any) -> None:
    assert (await wire.send(method, path, body, status=404))["code"] == "ERR_NOT_FOUND"


async def test_a_catastrophic_expression_is_tried_without_harm(wire: Wire) -> None:
    body = {
        "sample": {"text": "a" * 200 + "!"},
        "rule": {"name": "slow", "conditions": {"regex": SLOW}},
    }
    began = asyncio.get_running_loop().time()
    report, *others = await asyncio.gather(
        wire.send("POST", "/rules/test", body, client=True), *(wire.send("GET", "/status") for _ in range(20))
    )
    assert len(others) == 20
    assert asyncio.get_running_loop().time() - began < 2.0
    (row,) = report["rows"]
    assert [verdict["reason"]["code"] for verdict in row["verdicts"]] == ["rule_too_slow"]
    assert (row["action"], row["decided"]) == ("notify", False)


async def test_quiet_hours_and_snoozes(wire: Wire) -> None:
    before = await wire.send("GET", "/quiet-hours", client=True)
    assert (before["enabled"], before["windows"], before["active"]) == (False, [], False)
    windows = [{"days": ["sat", "sun"], "start": "00:00", "end": "10:00"}, {"start": "22:00", "end": "07:00"}]
    changed = await wire.send("PATCH", "/quiet-hours", {"enabled": True, "windows": windows, "time_zone": "UTC"})
    assert len(changed["windows"][1]["days"]) == 7
    assert changed["active"] is (changed["until_at"] is not None)
    assert changed["active"] is (changed["next_at"] is None)
    await wire.send("PATCH", "/quiet-hours", {"enabled": True, "version": changed["version"] - 1}, status=409)
    await wire.send("PATCH", "/quiet-hours", {"enabled": False, "windows": []})
    snooze = await wire.send("POST", "/snoozes", {"scope": "all", "preset": "15min"}, client=True)
    assert snooze["id"] == "all"
    assert (await wire.send("GET", "/settings"))["muted_until_at"] == snooze["until_at"]
    (row,) = (await wire.send("GET", "/snoozes", client=True))["rows"]
    assert row["until_at"] == snooze["until_at"]
    await wire.send("DELETE", "/snoozes/all", client=True)
    assert (await wire.send("GET", "/settings"))["muted_until_at"] is None
    assert (await wire.send("GET", "/snoozes"))["rows"] == []


async def test_the_history_of_notifications(wire: Wire) -> None:
    counts = await wire.send("GET", "/notifications/counts", client=True)
    assert set(counts["states"]) == {"pending", "held", "suppressed", "dismissed", "snoozed", "read"}
    page = await wire.send("GET", "/notifications?state=held&kind=item&account_id=a&since=1&until=2", client=True)
    assert page == {"rows": [], "next_cursor": None}
    for path in ("read", "clear"):
        assert await wire.send("POST", f"/notifications/{path}", {"account_id": "a"}, client=True) == {"count": 0}
        assert await wire.send("POST", f"/notifications/{path}", client=True) == {"count": 0}


async def test_a_rule_for_what_does_not_exist_is_refused_by_field(wire: Wire) -> None:
    conditions = {"account_ids": ["nobody"], "group_ids": ["nowhere"]}
    refused = await wire.send("POST", "/rules", {"name": "Lost", "conditions": conditions}, status=400)
    assert refused["fields"] == {
        "conditions.account_ids": "There is no account nobody.",
        "conditions.group_ids": "There is no group nowhere.",
    }
    body = {"platform": "feed", "name": "Named", "settings": {"url": "http://127.0.0.1:9/named"}}
    account = await wire.send("POST", "/accounts", body)
    kept = {"account_ids": [account["id"]]}
    rule = await wire.send("POST", "/rules", {"name": "Kept", "conditions": kept})
    await wire.send("PATCH", f"/rules/{rule['id']}", {"conditions": conditions}, status=400)
    await wire.send("DELETE", f"/accounts/{account['id']}?now=true")
    again = await wire.send("PATCH", f"/rules/{rule['id']}", {"conditions": kept | {"include": ["x"]}})
    assert again["conditions"]["account_ids"] == [account["id"]], "what it named before may be gone"
    await wire.send("DELETE", f"/rules/{rule['id']}")

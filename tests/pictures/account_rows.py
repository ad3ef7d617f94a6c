"""Accounts, their groups, states and proxies."""

from typing import Any

from master.api.account_statistics import AccountStateRow
from master.api.inheritance import Inheritable
from master.api.schema import (
    Page,
    Proxy,
    ProxyRate,
)
from tests.pictures.moments import DAY, HOUR, MINUTE, Say
from tests.unit.desktop import inbox_fakes
from tests.unit.desktop.fakes import NOW, make_account
from worker.protocol.states import AccountState
from worker.protocol.texts import text


def account_answers(say: Say) -> dict[str, Any]:
    """Return accounts and what belongs to them."""
    refused = text("auth_refused", username="sales@northwind.example")
    rows = [
        make_account("a1", name="support@northwind.example", group_id="g1", unread=4, worker_id="local-1"),
        make_account("a2", name="sales@northwind.example", group_id="g1", state=AccountState.LOGIN_NEEDED,
                     state_reason=refused, state_since_at=NOW - 17 * MINUTE, worker_id=None, next_check_at=None),
        make_account("a3", name=say("Ada's mailbox", "李雷的邮箱"), unread=1, worker_id="local-2", listening=True),
        make_account("a4", name=say("Release notes", "发布说明"), platform="feed", unread=5, worker_id="local-2",
                     settings={"url": "https://news.northwind.example/feed"}, has_credentials=False),
        make_account("a5", name=say("Price list", "价目表"), platform="webpage", worker_id="local-1", checking=True),
        make_account("a6", name="northwind/shop", platform="github", unread=2, worker_id="local-1"),
        make_account("a7", name=say("Team room", "团队聊天室"), platform="matrix", state=AccountState.UNREACHABLE,
                     state_reason=text("alert_server_down", name="matrix.northwind.example", count=1),
                     state_since_at=NOW - 4 * MINUTE, worker_id="local-2", last_ok_at=NOW - 5 * MINUTE),
        make_account("a8", name=say("Old blog", "旧博客"), platform="feed", state=AccountState.PAUSED,
                     state_reason=None, worker_id=None, next_check_at=None, last_checked_at=NOW - 3 * DAY),
        make_account("a9", name=say("New shop", "新店铺"), platform="json", state=AccountState.PENDING,
                     worker_id="local-1", last_checked_at=None, last_ok_at=None),
    ]  # fmt: skip
    groups = [
        inbox_fakes.make_group("g1", name=say("Work", "工作"), accounts=2, settings=Inheritable(interval_seconds=60)),
        inbox_fakes.make_group("g2", name=say("Reading", "阅读"), accounts=0),
    ]
    states = [
        AccountStateRow(id=2, state=AccountState.OK, reason=None, since_at=NOW - HOUR, until_at=None),
        AccountStateRow(id=1, state=AccountState.UNREACHABLE, since_at=NOW - DAY, until_at=NOW - HOUR,
                        reason=text("alert_server_down", name="imap.northwind.example", count=1)),
    ]  # fmt: skip
    return {
        "all_accounts": rows,
        "account_states": Page(rows=states),
        "groups": groups,
        "proxies": [_proxy("p1", say("Office", "办公室")), _proxy("p2", say("Home", "家"))],
    }


def _proxy(proxy_id: str, name: str) -> Proxy:
    return Proxy(
        id=proxy_id, name=name, kind="socks5", host="proxy.northwind.example", port=1080, username="",
        has_password=True, accounts=2, day=ProxyRate(total=0, ok=0, rate=None),
        week=ProxyRate(total=200, ok=199, rate=0.995), last_test=None, created_at=NOW, version=3,
    )  # fmt: skip

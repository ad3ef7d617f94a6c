"""What was found, what was told of it, and the rules that decide that."""

from typing import Any

from master.api.rules import QuietHours, QuietWindow, Rule, RuleConditions, SnoozeRow
from master.api.schema import (
    Page,
)
from tests.pictures.moments import DAY, HOUR, Say
from tests.unit.desktop import inbox_fakes
from tests.unit.desktop.fakes import NOW, make_item
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text, text


def inbox_answers(say: Say) -> dict[str, Any]:
    """Return items and notifications."""
    rows = [
        make_item(9, account_id="a1", title=say("Invoice 2291: wrong address", "发票 2291：地址有误"),
                  author=say("Grace Lindqvist", "林静"), text=say(
                      "Hello,\n\nthe invoice you sent on Monday still shows our old address. Could you send a new one?",
                      "您好：\n\n周一寄来的发票仍是旧地址，能重开一张吗？")),
        make_item(8, account_id="a4", kind=ItemKind.ENTRY, title=say("Version 4.2 is out", "4.2 版已发布"),
                  author=say("Release team", "发布团队"), created_at=NOW - HOUR, detected_at=NOW - HOUR,
                  text=say("Faster start, and a calmer window.", "启动更快，窗口更清爽。")),
        make_item(7, account_id="a6", kind=ItemKind.MENTION, title=say("Import stops at 40 %", "导入停在 40%"),
                  author="jun", created_at=NOW - 2 * HOUR, detected_at=NOW - 2 * HOUR,
                  text=say("Could you look at the log?", "能看一下日志吗？")),
        make_item(6, account_id="a3", title=say("Photos from the workshop", "工作坊的照片"), read=True,
                  author=say("Tomás Rivera", "王芳"), created_at=NOW - DAY, detected_at=NOW - DAY,
                  text=say("I put the pictures of Saturday into the shared folder.", "周六的照片放在共享文件夹里了。")),
    ]  # fmt: skip
    told = [
        inbox_fakes.make_notification(2, account_id="a1", title=Text(code="", message=rows[0].title),
                                      text=rows[0].text, created_at=NOW, reason=text("told_new_item")),
        inbox_fakes.make_notification(1, account_id="a4", title=Text(code="", message=rows[1].title), state="held",
                                      text=rows[1].text, created_at=NOW - HOUR, reason=text("held_quiet")),
    ]  # fmt: skip
    return {
        "items": Page(rows=rows),
        "notifications": Page(rows=told),
        "notification_counts": inbox_fakes.make_totals(pending=1, held=1),
        "searches": [inbox_fakes.make_search(1, name=say("Invoices", "发票"))],
        "item": rows[0],
        "item_context": inbox_fakes.make_around(rows[0]),
    }


def _rule(position: int, name: str, action: str, **conditions: Any) -> Rule:
    return Rule(
        id=f"r{position}", name=name, enabled=position != 2, position=position, conditions=RuleConditions(**conditions),
        action=action, disabled_reason=None, hits=position * 37, last_hit_at=NOW - (position + 1) * HOUR,  # type: ignore[arg-type]
        created_at=NOW, version=1,
    )  # fmt: skip


def rule_answers(say: Say) -> dict[str, Any]:
    """Return rules and quiet hours."""
    return {
        "rules": [
            _rule(0, say("Invoices", "发票"), "urgent", include=[say("invoice", "发票"), say("bill", "账单")]),
            _rule(1, say("Build noise", "构建消息"), "silent", account_ids=["a6"], kinds=["comment"]),
            _rule(2, say("Offers", "促销"), "ignore", include=[say("discount", "折扣")]),
        ],
        "quiet_hours": QuietHours(
            enabled=True,
            windows=[
                QuietWindow(start="22:00", end="07:00"),
                QuietWindow(days=["sat", "sun"], start="09:00", end="18:00"),
            ],
            time_zone="local", active=False, until_at=None, next_at=NOW + 3 * HOUR, held=1, version=3,
        ),
        "snoozes": [
            SnoozeRow(id="account:a4", scope="account", target_id="a4", name=say("Release notes", "发布说明"),
                      until_at=NOW + 2 * HOUR, held=1)
        ],
    }  # fmt: skip

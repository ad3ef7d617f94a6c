"""What the demo's people say. Everybody here is made up."""

from typing import NamedTuple

from worker.sdk.platform import ItemKind


class Line(NamedTuple):
    """One message of the demo."""

    kind: ItemKind
    author: str
    title: str
    body: str


LINES: tuple[Line, ...] = (
    Line(
        ItemKind.COMMENT,
        "Mara (demo)",
        "Which lens did you use for the third picture?",
        "The light in it is wonderful. Is it the 35 mm again?",
    ),
    Line(
        ItemKind.DIRECT_MESSAGE,
        "Jun (demo)",
        "Could you look at the import?",
        "It stops at 40 % since this morning. The log is attached.",
    ),
    Line(
        ItemKind.MAIL,
        "Ada Fischer (demo)",
        "Invoice 2291: wrong address",
        "Hello,\n\nthe invoice you sent on Monday still shows our old address. Could you send a corrected one?\n\nAda",
    ),
    Line(ItemKind.COMMENT, "小林（演示）", "这个版本太好用了！", "深色主题正是我想要的，谢谢团队的努力。"),
    Line(
        ItemKind.COMMENT,
        "Ravi (demo)",
        "Typo in the second paragraph",
        "“recieve” should be “receive”. Otherwise a great read.",
    ),
    Line(ItemKind.DIRECT_MESSAGE, "陈雨（演示）", "明天的会议改到十点", "会议室也换了，在三楼。请转告其他人。"),
    Line(
        ItemKind.MAIL,
        "Northwind Support (demo)",
        "Your request was answered",
        "The replacement has left our warehouse and should reach you on Thursday.",
    ),
    Line(
        ItemKind.COMMENT,
        "Lea (demo)",
        "Love the new release ♥",
        "The heartbeat bars tell me at a glance that everything is fine.",
    ),
)

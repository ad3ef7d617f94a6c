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
    Line(
        ItemKind.MAIL,
        "Tomás Rivera (demo)",
        "Photos from the workshop",
        "Hi all,\n\nI put the pictures of Saturday into the shared folder. Take what you like!\n\nTomás",
    ),
    Line(
        ItemKind.DIRECT_MESSAGE,
        "Priya (demo)",
        "The build is green again",
        "It was the clock of the second runner. I have set it right.",
    ),
    Line(ItemKind.COMMENT, "老王（演示）", "请问有离线版吗？", "出差时网络不好，希望能下载下来看。"),
    Line(
        ItemKind.MAIL,
        "Stadtbibliothek (demo)",
        "Your reservation is ready",
        "“The Design of Everyday Things” waits for you at the desk until Friday.",
    ),
    Line(
        ItemKind.COMMENT,
        "Noor (demo)",
        "Could you show how you solder the connector?",
        "I always burn the plastic. A close-up would help a lot.",
    ),
    Line(ItemKind.DIRECT_MESSAGE, "Emil (demo)", "Lunch at half past twelve?", "The place with the dumplings."),
    Line(
        ItemKind.MAIL,
        "李娜（演示）",
        "合同修改意见",
        "您好：\n\n第三条的付款日期请改为每月十五日，其余没有问题。\n\n李娜",
    ),
    Line(
        ItemKind.COMMENT,
        "Grace (demo)",
        "This fixed it for me, thank you",
        "For everybody who finds this later: restart the service after step 4.",
    ),
)

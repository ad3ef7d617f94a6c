"""What is heard stays small, and what was read is named."""

from datetime import UTC, datetime

import pytest
from telethon.tl import types

from worker.platforms.telegram.ears import MAX_HEARD, Ear
from worker.platforms.telegram.unread import MAX_MESSAGES, MAX_PEERS, Unread

NOW = datetime.fromtimestamp(1_714_557_600, UTC)
BIG = types.PeerChannel(4)


def _mention(number, mentioned=True):
    message = types.Message(id=number, peer_id=BIG, date=NOW, message="@me", mentioned=mentioned)
    return types.UpdateShort(types.UpdateNewChannelMessage(message, 1, 1), NOW)


@pytest.mark.parametrize(
    ("update", "is_news"),
    [
        (types.UpdateShortMessage(1, 2, "Hi", 3, 1, NOW), True),
        (types.UpdatesTooLong(), True),
        (types.UpdateShort(types.UpdateUserStatus(1, types.UserStatusOnline(NOW)), NOW), False),
        (types.UpdateShort(types.UpdatePtsChanged(), NOW), True),
        (types.UpdateShort(types.UpdateLoginToken(), NOW), False),
        (_mention(1), True),
        (_mention(1, mentioned=False), False),
        (types.Updates([types.UpdateChannelTooLong(4)], [], [], NOW, 1), True),
        (types.UpdateShort(types.UpdateReadChannelInbox(4, 9, 0, 1), NOW), True),
        (object(), False),
    ],
)
def test_what_is_news(update, is_news):
    ear = Ear()
    ear.put_nowait(update)
    assert ear.news.is_set() == is_news
    ear.take()
    assert not ear.news.is_set()


def test_what_was_heard_is_taken_once():
    ear = Ear()
    ear.put_nowait(_mention(1))
    ear.put_nowait(types.UpdateShort(types.UpdateReadChannelInbox(4, 9, 0, 1), NOW))
    ear.put_nowait(types.UpdateShort(types.UpdateChannelReadMessagesContents(4, [5, 6]), NOW))
    heard = ear.take()
    assert [message.id for message, _, _ in heard.messages] == [1]
    assert (heard.read_up_to, heard.read, heard.all_groups) == ({4: 9}, [(4, 5), (4, 6)], False)
    again = ear.take()
    assert (again.messages, again.read_up_to, again.read) == ([], {}, [])


def test_too_much_to_keep_is_looked_for():
    ear = Ear()
    for number in range(MAX_HEARD + 1):
        ear.put_nowait(_mention(number + 1))
    heard = ear.take()
    assert len(heard.messages) == MAX_HEARD
    assert heard.all_groups


def test_unread_messages_are_named_when_they_are_read():
    unread = Unread()
    for key in ("user7/1", "user7/2", "user7/5", "chat3/4", "channel4/4"):
        unread.add(key)
    read = types.UpdateReadHistoryInbox(types.PeerUser(7), 2, 0, 1, 1)
    assert unread.of_update(read) == ["user7/1", "user7/2"]
    assert unread.of_update(read) == []
    assert unread.of_update(types.UpdateReadMessagesContents([4, 5], 1, 1)) == ["user7/5", "chat3/4"]
    assert unread.up_to("channel4", 9) == ["channel4/4"]
    assert unread.up_to("channel99", 9) == []
    assert unread.of_update(types.UpdatePtsChanged()) == []


def test_unread_messages_are_bounded():
    unread = Unread()
    for number in range(MAX_MESSAGES + 10):
        unread.add(f"user7/{number + 1}")
    for number in range(MAX_PEERS - 1):
        unread.add(f"chat{number}/1")
    assert len(unread.up_to("user7", 10_000)) == MAX_MESSAGES
    unread.add("user7/1")
    unread.add("user8/1")
    unread.add("user9/1")
    assert unread.up_to("chat0", 1) == []

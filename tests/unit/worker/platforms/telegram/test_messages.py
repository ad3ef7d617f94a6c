"""Messages as items, whatever they carry."""

from datetime import UTC, datetime

import pytest
from telethon.tl import types

from worker.platforms.telegram.messages import People, item_of, peer_name
from worker.sdk.platform import ItemKind

NOW = datetime.fromtimestamp(1_714_557_600, UTC)
PHOTO = types.ChatPhotoEmpty()
ADA = types.User(7, access_hash=70, first_name="Ada", last_name="L.", username="ada")
ME = types.User(1, is_self=True, first_name="Me")
GROUP = types.Chat(3, "Family", PHOTO, 3, NOW, 1)
BIG = types.Channel(4, "Garden", PHOTO, NOW, megagroup=True, access_hash=40)
PEOPLE = People([ADA, ME], [GROUP, BIG])
FILE = types.Document(1, 2, b"", NOW, "application/pdf", 3, 2, [types.DocumentAttributeFilename("bill.pdf")])
STICKER = types.Document(
    1, 2, b"", NOW, "image/webp", 3, 2, [types.DocumentAttributeSticker("🙂", types.InputStickerSetEmpty())]
)


def _message(said="Hello", peer=None, **more):
    return types.Message(id=5, peer_id=peer or types.PeerUser(7), date=NOW, message=said, **more)


def test_a_private_message():
    item = item_of(_message("Hello\nyou"), PEOPLE, True)
    assert (item.kind, item.key, item.title, item.text) == (ItemKind.DIRECT_MESSAGE, "user7/5", "Hello", "Hello\nyou")
    assert (item.author, item.thread, item.url) == ("Ada L. (@ada)", "user7", "https://t.me/ada")
    assert item.created_at == 1_714_557_600_000


@pytest.mark.parametrize(
    "message",
    [
        _message(out=True),
        _message(peer=types.PeerUser(1)),
        _message(peer=types.PeerChat(3)),
        _message(peer=types.PeerChannel(4)),
        _message(peer=types.PeerChat(3), mentioned=True, from_id=types.PeerUser(1)),
        types.MessageService(id=5, peer_id=types.PeerUser(7), date=NOW, action=types.MessageActionContactSignUp()),
        types.MessageEmpty(id=5, peer_id=types.PeerUser(7)),
        None,
    ],
)
def test_what_is_not_told(message):
    assert item_of(message, PEOPLE, True) is None


def test_groups():
    named = [types.MessageEntityMentionName(0, 2, 1)]
    answer = types.MessageReplyHeader(reply_to_msg_id=2)
    group, big = types.PeerChat(3), types.PeerChannel(4)
    ada = types.PeerUser(7)
    told = [
        item_of(_message("Me?", group, mentioned=True, from_id=ada, entities=named, reply_to=answer), PEOPLE, True),
        item_of(_message("Yes", big, mentioned=True, from_id=ada, reply_to=answer), PEOPLE, True),
        item_of(_message("@all", big, mentioned=True, from_id=big), PEOPLE, True),
    ]
    assert [(item.kind, item.title, item.author) for item in told] == [
        (ItemKind.MENTION, "Family: Me?", "Ada L. (@ada)"),
        (ItemKind.COMMENT, "Garden: Yes", "Ada L. (@ada)"),
        (ItemKind.MENTION, "Garden: @all", "Garden"),
    ]
    assert [item.url for item in told] == ["", "https://t.me/c/4/5", "https://t.me/c/4/5"]
    assert item_of(_message("Me?", group, mentioned=True, from_id=ada), PEOPLE, False) is None


@pytest.mark.parametrize(
    ("media", "said", "words"),
    [
        (types.MessageMediaPhoto(), "Look", "[photo]\nLook"),
        (types.MessageMediaDocument(document=FILE), "", "[file bill.pdf]"),
        (types.MessageMediaDocument(document=STICKER), "", "[sticker 🙂]"),
        (types.MessageMediaDocument(voice=True), "", "[voice message]"),
        (types.MessageMediaDocument(round=True), "", "[video]"),
        (types.MessageMediaDocument(), "", "[file]"),
        (types.MessageMediaUnsupported(), "", "[message that this program cannot show]"),
        (types.MessageMediaWebPage(types.WebPageEmpty(1)), "https://example.org", "https://example.org"),
        (types.MessageMediaEmpty(), "Hm", "Hm"),
        (None, "", ""),
    ],
)
def test_what_is_attached_is_named(media, said, words):
    item = item_of(_message(said, media=media), PEOPLE, True)
    assert item.text == words
    assert item.title == (words.partition("\n")[0] or "Ada L. (@ada)")


def test_links_behind_words_are_written_out():
    links = [types.MessageEntityTextUrl(0, 4, "https://example.org"), types.MessageEntityTextUrl(0, 4, "https://b.org")]
    item = item_of(_message("here or https://b.org", entities=links), PEOPLE, True)
    assert item.text == "here or https://b.org\nhttps://example.org"


def test_people():
    bare = types.User(9, usernames=[types.Username("old"), types.Username("new", active=True)])
    people = People([bare, types.User(10, min=True, access_hash=1)], [types.ChannelForbidden(5, 6, "Closed")])
    assert [people.name(peer) for peer in ("user9", "user10", "channel5", "chat8")] == [
        "@new",
        "user10",
        "Closed",
        "chat8",
    ]
    assert people.hashes() == {"channel5": 6}
    assert [peer_name(peer) for peer in (types.PeerUser(1), types.PeerChat(2), types.PeerChannel(3), None)] == [
        "user1",
        "chat2",
        "channel3",
        "",
    ]

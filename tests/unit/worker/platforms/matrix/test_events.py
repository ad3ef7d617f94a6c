"""Which events are told, and as what; nothing that a stranger writes is a fault."""

import pytest

from worker.platforms.matrix.events import Invited, InviteState, Me, direct_rooms, invitation_of, is_told, item_of
from worker.sdk.platform import ItemKind

ME = "@me:example.org"


def event(body="hello", **more):
    content = {"msgtype": "m.text", "body": body} | more.pop("content", {})
    return {
        "type": "m.room.message",
        "event_id": "$1",
        "sender": "@you:example.org",
        "origin_server_ts": 1714557600000,
        "content": content,
    } | more


def test_a_message_as_an_item():
    item = item_of(event("hello\nthere"), "!room:example.org", ItemKind.DIRECT_MESSAGE)
    assert (item.key, item.title, item.text, item.author) == ("$1", "hello", "hello\nthere", "@you:example.org")
    assert (item.created_at, item.thread) == (1714557600000, "!room:example.org")
    assert item.url == "https://matrix.to/#/%21room%3Aexample.org/%241"


@pytest.mark.parametrize("made", [None, "x", -1, 10**30, [], 1.5])
def test_a_wrong_time_is_no_fault(made):
    item = item_of(event(origin_server_ts=made), "!r", ItemKind.MENTION)
    assert item.created_at <= item.detected_at


@pytest.mark.parametrize(
    "one",
    [
        {},
        event(sender=ME),
        event(sender=5),
        event(event_id=""),
        event(event_id="$" * 600),
        event(event_id=None),
        event(type="m.reaction"),
        event(" \n"),
        event(content={"body": 7}),
        event(content={"m.relates_to": {"rel_type": "m.replace"}}),
        event(content={}) | {"content": "text"},
        event(state_key=""),
        event(type="m.room.encrypted") | {"content": {}},
    ],
)
def test_what_is_not_told(one):
    assert not is_told(one, ME)


@pytest.mark.parametrize("relation", [None, "x", {}, {"rel_type": "m.thread"}])
def test_answers_are_told(relation):
    assert is_told(event(content={"m.relates_to": relation}), ME)


@pytest.mark.parametrize("body", ["me: hi", "hi ME!", "hello Robin Hood", "@me:example.org?", "你好，me"])
def test_mentions_by_name(body):
    assert Me(ME, "Robin Hood").is_mentioned(event(body))


@pytest.mark.parametrize("body", ["home", "Robin", "some", ""])
def test_other_words_are_no_mention(body):
    assert not Me(ME, "Robin Hood").is_mentioned(event(body))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"user_ids": [ME]}, True),
        ({"room": True}, True),
        ({"user_ids": ["@you:example.org"]}, False),
        ({"user_ids": "me", "room": "yes"}, False),
        ({}, False),
        ("nothing", True),
    ],
)
def test_who_is_meant_is_what_the_message_says(said, meant):
    assert Me(ME, "").is_mentioned(event("me", content={"m.mentions": said})) is meant


def test_an_invitation_names_who_sent_it():
    member = {"type": "m.room.member", "state_key": ME, "sender": "@you:example.org"}
    name = {"type": "m.room.name", "content": {"name": "Garden"}}
    made = invitation_of("!r", Invited(invite_state=InviteState(events=[name, member])), ME)
    assert (made.title, made.author, made.key) == (
        "Invitation: Garden",
        "@you:example.org",
        "invite|!r|@you:example.org",
    )
    assert invitation_of("!r", Invited(invite_state=InviteState(events=[name, {}])), ME) is None


@pytest.mark.parametrize(
    ("content", "rooms"),
    [({"@a:b": ["!1", "!2"], "@c:d": ["!1"]}, {"!1", "!2"}), ({"@a:b": "!1", "@c:d": [5]}, set()), ("x", set())],
)
def test_direct_rooms(content, rooms):
    assert direct_rooms([{"type": "m.push_rules"}, {"type": "m.direct", "content": content}]) == rooms
    assert direct_rooms([]) is None

"""Which messages are told, and as what."""

from xml.etree import ElementTree as ET

import pytest

from worker.platforms.xmpp.messages import Place, archived, fingerprint, item_of, key_of, stanza_id, unwrapped

ME = Place("me@example.org")
ROOM = Place("me@example.org", "talk@rooms.example.org", "Robin", "Robin_")


def message(body="hello", sender="you@example.org/phone", kind="chat", more="", name="1"):
    words = f"<body>{body}</body>" if body else ""
    return ET.fromstring(
        f"<message xmlns='jabber:client' from='{sender}' type='{kind}' id='{name}'>{words}{more}</message>"
    )


def said(body, sender="talk@rooms.example.org/Kim", **more):
    return item_of(message(body, sender, "groupchat", **more), ROOM, "key")


def test_a_message_of_somebody_is_told():
    item = item_of(message("hello\nthere"), ME, "key", "2024-05-01T10:00:00Z")
    assert (item.title, item.text, item.author, item.thread) == ("hello", "hello\nthere", *["you@example.org"] * 2)
    assert (item.key, item.created_at, item.url) == ("key", 1714557600000, "xmpp:you@example.org?message")


@pytest.mark.parametrize("stamp", ["", "yesterday", "9999-99-99T00:00:00Z", "2999-01-01T00:00:00Z", "-5"])
def test_a_wrong_time_is_no_fault(stamp):
    item = item_of(message(), ME, "key", stamp)
    assert item.created_at <= item.detected_at


def test_a_subject_is_the_title():
    item = item_of(message("text", more="<subject>Lunch</subject>", kind="normal"), ME, "key")
    assert (item.title, item.text) == ("Lunch", "text")


def test_a_private_message_in_a_room_names_who_said_it():
    more = "<x xmlns='http://jabber.org/protocol/muc#user'/>"
    item = item_of(message(sender="talk@rooms.example.org/Kim", more=more), ME, "key")
    assert item.author == "talk@rooms.example.org/Kim"


@pytest.mark.parametrize(
    "one",
    [
        message(sender="me@example.org/phone"),
        message(sender="ME@example.org/phone"),
        message(body=""),
        message(body=" \n "),
        message(kind="error"),
        message(kind="headline"),
        message(kind="groupchat"),
        message(sender=""),
    ],
)
def test_what_is_not_told(one):
    assert item_of(one, ME, "key") is None


@pytest.mark.parametrize("body", ["Robin?", "hi robin", "(ROBIN)", "罗宾 Robin，你好", "@robin: look"])
def test_a_mention_by_name(body):
    assert said(body).title == body


@pytest.mark.parametrize("body", ["Robinson", "my_robin", "nothing", "Robin_"])
def test_another_name_is_no_mention(body):
    assert said(body) is None


def test_a_mention_by_address():
    more = "<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:me@example.org'/>"
    assert said("you there", more=more).author == "Kim"


def test_our_own_words_in_a_room_are_no_mention():
    assert said("I am Robin", "talk@rooms.example.org/Robin_") is None
    more = "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='me@example.org/phone'/></x>"
    assert said("I am Robin", more=more) is None
    assert said("Topic for Robin", "talk@rooms.example.org") is None


@pytest.mark.parametrize("space", ["urn:xmpp:omemo:2|encrypted", "urn:xmpp:openpgp:0|openpgp", "jabber:x:encrypted|x"])
def test_an_encrypted_message_has_no_text(space):
    space, name = space.split("|")
    item = item_of(message("fallback", more=f"<{name} xmlns='{space}'/>"), ME, "key")
    assert (item.title, item.text) == ("Encrypted message", "")


def wrapped(sender, inner="", result=False):
    forwarded = (
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z'/>"
        "<message xmlns='jabber:client' from='you@example.org'><body>x</body></message></forwarded>"
    )
    around = "result xmlns='urn:xmpp:mam:2' id='7' queryid='q'" if result else "received xmlns='urn:xmpp:carbons:2'"
    name = around.split()[0]
    return ET.fromstring(f"<message xmlns='jabber:client' from='{sender}'><{around}>{forwarded}</{name}></message>")


def test_a_copy_is_believed_from_our_own_server_alone():
    assert unwrapped(wrapped("me@example.org"), "me@example.org").get("from") == "you@example.org"
    assert unwrapped(wrapped("evil@example.org"), "me@example.org") is None


def test_a_result_names_its_archive():
    assert archived(wrapped("me@example.org", result=True), "me@example.org").archive == ""
    found = archived(wrapped("evil@example.org", result=True), "me@example.org")
    assert (found.archive, found.id, found.stamp) == ("evil@example.org", "7", "2024-05-01T10:00:00Z")
    assert archived(message(), "me@example.org") is None


def test_ids_are_believed_of_their_archive_alone():
    one = message(more="<stanza-id xmlns='urn:xmpp:sid:0' by='evil@example.org' id='5'/>")
    assert stanza_id(one, "me@example.org") == ""
    assert stanza_id(one, "evil@example.org") == "5"


def test_fingerprints_and_keys():
    assert fingerprint(message("a")) == fingerprint(message("b"))
    assert fingerprint(message("a", name="")) != fingerprint(message("b", name=""))
    assert fingerprint(message(sender="a@b")) != fingerprint(message(sender="c@b"))
    assert len(key_of("r" * 400, "i" * 400)) <= 512

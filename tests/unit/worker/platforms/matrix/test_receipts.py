"""How far a room has been read."""

from worker.platforms.matrix.receipts import MAX_EVENTS, MAX_ROOMS, Told, read_up_to

ME = "@me:example.org"


def receipt(event, user=ME, kind="m.read"):
    return {"type": "m.receipt", "content": {event: {kind: {user: {"ts": 1}}}}}


def test_our_own_receipts_and_marker_count_and_nobody_elses():
    ephemeral = [receipt("$a"), receipt("$b", "@ann:example.org"), receipt("$c", kind="m.read.private")]
    marker = {"type": "m.fully_read", "content": {"event_id": "$d"}}
    assert read_up_to(ME, ephemeral, [marker]) == ["$a", "$c", "$d"]


def test_what_is_odd_is_none():
    odd = [
        {"type": "m.receipt"},
        {"type": "m.receipt", "content": {"$a": None, "$b": {"m.read": []}}},
        {"type": "m.typing", "content": {"$a": {"m.read": {ME: {}}}}},
    ]
    assert read_up_to(ME, odd, [{"type": "m.fully_read", "content": {"event_id": 7}}, {"type": "m.fully_read"}]) == []


def test_all_up_to_a_time_are_read_once():
    told = Told()
    for number, moment in enumerate((10, 20, 30)):
        told.note("!r", f"${number}", moment)
    assert told.place("$1") == ("!r", 20)
    assert told.place("$9") is None
    assert told.take_until("!r", 20) == ["$0", "$1"]
    assert told.take_until("!r", 20) == []
    assert told.knows("!r")
    assert not told.knows("!other")


def test_no_more_is_remembered_than_fits():
    told = Told()
    for number in range(MAX_EVENTS + 1):
        told.note("!r", f"${number}", number)
    assert told.place("$0") is None
    for number in range(MAX_ROOMS):
        told.note(f"!{number}", "$x", 1)
    assert not told.knows("!r")

"""Every message survives the wire; whatever is wrong with one is said."""

import json
import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.protocol import codec
from worker.protocol.account_messages import TestAccount
from worker.protocol.bases import Done, Message
from worker.protocol.item_messages import CursorReport, Item, ItemsDetected, Report
from worker.protocol.names import ANSWERS, NAMES, TYPES
from worker.protocol.states import ErrorCode, ItemKind
from worker.protocol.worker_messages import Pulse

ITEM = Item(kind=ItemKind.MAIL, key="k", title="t", created_at=1, detected_at=2)

MESSAGES = sorted({*TYPES.values(), *ANSWERS.values()}, key=lambda kind: kind.__name__)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)


def _value(kind: Any) -> st.SearchStrategy[Any]:
    if kind is Any:
        return _JSON
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind)
    if origin is typing.Annotated:
        least = max((limit.min_length or 0 for limit in arguments[1:] if isinstance(limit, msgspec.Meta)), default=0)
        return _value(arguments[0]).filter(lambda value: len(value) >= least) if least else _value(arguments[0])
    if kind is str:
        return _TEXTS
    if kind is int:
        return st.integers(0, 2**40)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is list:
        return st.lists(_value(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(_TEXTS, _value(arguments[1]), max_size=3)
    if arguments:
        return st.one_of(*(_value(argument) for argument in arguments))
    return st.from_type(kind)


def _struct(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{name: _value(hints[name]) for name in kind.__struct_fields__})


def _over_the_wire(data: Any) -> Any:
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("kind", sorted(TYPES.values(), key=lambda kind: kind.__name__))
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_every_message_survives_the_wire(kind, data):
    message = data.draw(_struct(kind))
    envelope, back = codec.decode(_over_the_wire(codec.encode(message, "r1")))
    assert back == message
    assert (envelope.type, envelope.version, envelope.request_id) == (NAMES[kind], "v1", "r1")
    assert abs(envelope.timestamp - codec.now_ms()) < 60_000


@pytest.mark.parametrize("kind", sorted(set(ANSWERS.values()), key=lambda kind: kind.__name__))
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_every_answer_survives_the_wire(kind, data):
    message = data.draw(_struct(kind))
    assert codec.read_answer(_over_the_wire(codec.answer(message)), kind) == message


def test_the_tables_are_whole():
    assert set(ANSWERS) == set(TYPES.values())
    assert len(NAMES) == len(TYPES)
    assert all(issubclass(kind, Message) for kind in MESSAGES)


@pytest.mark.parametrize("kind", MESSAGES)
def test_messages_are_frozen_and_take_keywords_only(kind):
    assert kind.__struct_config__.frozen
    if kind.__struct_fields__:
        with pytest.raises(TypeError):
            kind("positional")


@pytest.mark.parametrize("kind", MESSAGES)
def test_unknown_fields_of_a_newer_peer_are_ignored(kind):
    assert not kind.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"type": 1, "version": "v1", "payload": {}, "timestamp": 1},
        {"type": "worker:pulse", "version": "v1", "payload": [], "timestamp": 1},
        {"type": "worker:pulse", "version": "v1", "payload": {}, "timestamp": "now"},
        {"type": "worker:pulse", "version": "v1", "payload": {}, "timestamp": 1},
        {"type": "worker:pulse", "version": "v1", "payload": {"sequence": "1"}, "timestamp": 1},
        {"type": "worker:pulse", "version": "v1", "payload": {"sequence": 1.5}, "timestamp": 1},
        {"type": "worker:pulse", "version": "v1", "payload": {"sequence": True}, "timestamp": 1},
        {"type": "worker:unheard:of", "version": "v1", "payload": {}, "timestamp": 1},
    ],
)
def test_nonsense_is_refused(data):
    with pytest.raises(codec.ProtocolError) as caught:
        codec.decode(data)
    assert caught.value.code is ErrorCode.INVALID_PAYLOAD
    assert caught.value.message


def test_another_version_is_refused_with_its_request_id():
    envelope = codec.encode(Pulse(sequence=1), "r9") | {"version": "v2"}
    with pytest.raises(codec.ProtocolError) as caught:
        codec.decode(envelope)
    assert (caught.value.code, caught.value.request_id) == (ErrorCode.UNSUPPORTED_VERSION, "r9")


def test_too_large_is_refused_both_ways():
    message = TestAccount(
        ticket="t", platform="p", settings={"x": "y" * codec.MAX_MESSAGE_BYTES}, has_credentials=False
    )
    with pytest.raises(codec.ProtocolError) as caught:
        codec.encode(message)
    assert caught.value.code is ErrorCode.TOO_LARGE
    envelope = codec.encode(Pulse(sequence=1)) | {"payload": {"sequence": 1, "more": "y" * codec.MAX_MESSAGE_BYTES}}
    with pytest.raises(codec.ProtocolError) as caught:
        codec.decode(envelope)
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_refusal_is_raised_with_its_code():
    with pytest.raises(codec.ProtocolError) as caught:
        codec.read_answer(codec.refuse(ErrorCode.STALE_EPOCH, "not yours"), Done)
    assert (caught.value.code, caught.value.message) == (ErrorCode.STALE_EPOCH, "not yours")


@pytest.mark.parametrize("data", [None, [], {}, "ok", {"success": True}, {"success": True, "data": {"lease_ms": "x"}}])
def test_an_answer_that_is_none_is_refused(data):
    from worker.protocol.worker_messages import PulseAcknowledged

    with pytest.raises(codec.ProtocolError):
        codec.read_answer(data, PulseAcknowledged)


def test_a_refusal_with_an_unknown_code_is_an_internal_error():
    with pytest.raises(codec.ProtocolError) as caught:
        codec.read_answer({"success": False, "error": {"code": "ERR_NEW"}}, Done)
    assert caught.value.code is ErrorCode.INTERNAL


@given(
    sizes=st.lists(st.integers(0, 64 * 1024), max_size=150),
    cursor=st.none() | st.integers(0, 100_000),
)
@settings(max_examples=25, deadline=None)
def test_split_batches_keep_order_and_limits_and_the_last_has_the_cursor(sizes, cursor):
    reports = [
        Report(seq=seq, item=msgspec.structs.replace(ITEM, key=f"k{seq}", text="x" * size))
        for seq, size in enumerate(sizes, 1)
    ]
    report = CursorReport(seq=len(reports), value="c" * cursor) if cursor is not None else None
    parts = list(codec.split_items(ItemsDetected(account_id="a", epoch=3, reports=reports, cursor=report)))
    assert [one for part in parts for one in part.reports] == reports
    assert [part.cursor for part in parts] == [None] * (len(parts) - 1) + [report]
    for part in parts:
        assert len(part.reports) <= codec.MAX_BATCH
        codec.encode(part)


@given(value=st.text(max_size=50), limit=st.integers(0, 60))
def test_cut_text_cuts_at_a_character(value, limit):
    cut, was_cut = codec.cut_text(value, limit)
    assert len(cut.encode()) <= limit
    if was_cut:
        assert value.encode("utf-8", "replace").decode().startswith(cut)
    else:
        assert cut == value.encode("utf-8", "replace").decode()

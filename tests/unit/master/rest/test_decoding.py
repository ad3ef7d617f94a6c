"""What is wrong with a request, field by field."""

from typing import Annotated, Literal

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from master.api.groups import GroupCreate, GroupPatch
from master.api.proxies import ProxyCreate
from master.api.rows import Body, Tags, WorkerId
from master.api.rules import QuietHoursPatch
from master.errors import Invalid
from master.rest.decoding import decode_body, decode_query
from worker.protocol.states import ItemKind


class Part(Body, frozen=True, kw_only=True):
    port: Annotated[int, Meta(ge=1, le=10)] = 1


class Whole(Body, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)]
    worker_id: WorkerId = "w"
    ratio: Annotated[float, Meta(ge=0, le=1)] | None = None
    kind: ItemKind | UnsetType = UNSET
    color: Literal["red", "blue"] = "red"
    tags: Tags = []
    env: dict[str, str] = {}
    part: Part = Part()
    parts: Annotated[list[Part], Meta(max_length=2)] = []
    flag: bool = False


def faults(raw: bytes) -> dict[str, tuple[str, dict[str, object]]]:
    with pytest.raises(Invalid) as refused:
        decode_body(raw, Whole)
    return {name: (text.code, dict(text.params)) for name, text in refused.value.fields.items()}


@pytest.mark.parametrize(
    ("raw", "field", "code", "params"),
    [
        (b"{}", "name", "field_required", {}),
        (b'{"name":"x","nonsense":1}', "nonsense", "field_unknown", {}),
        (b'{"name":"x","part":{"nonsense":1}}', "part.nonsense", "field_unknown", {}),
        (b'{"name":7}', "name", "field_type", {"expected": "string"}),
        (b'{"name":"x","flag":1}', "flag", "field_type", {"expected": "boolean"}),
        (b'{"name":"x","ratio":"1"}', "ratio", "field_type", {"expected": "number | null"}),
        (b'{"name":"x","ratio":2}', "ratio", "field_range", {"minimum": 0, "maximum": 1}),
        (b'{"name":"x","part":{"port":11}}', "part.port", "field_range", {"minimum": 1, "maximum": 10}),
        (b'{"name":"x","parts":[{"port":0}]}', "parts.port", "field_range", {"minimum": 1, "maximum": 10}),
        (b'{"name":"x","parts":[{},{},{}]}', "parts", "field_entries", {"minimum": 0, "maximum": 2}),
        (b'{"name":""}', "name", "field_length", {"minimum": 1, "maximum": 5}),
        (b'{"name":"123456"}', "name", "field_length", {"minimum": 1, "maximum": 5}),
        (b'{"name":"x","tags":[""]}', "tags", "field_length", {"minimum": 1, "maximum": 50}),
        (b'{"name":"x","env":{"A":1}}', "env", "field_type", {"expected": "string"}),
        (b'{"name":"x","color":"green"}', "color", "field_choice", {"choices": "blue, red"}),
        (b"[]", "body", "field_type", {"expected": "object"}),
        (b'"x"', "body", "field_type", {"expected": "object"}),
    ],
)
def test_the_field_and_the_fault_are_named(raw: bytes, field: str, code: str, params: dict[str, object]) -> None:
    assert faults(raw) == {field: (code, params)}


def test_choices_and_patterns_say_what_is_allowed() -> None:
    assert "direct_message" in str(faults(b'{"name":"x","kind":"moon"}')["kind"][1]["choices"])
    assert faults(b'{"name":"x","worker_id":"../x"}')["worker_id"] == ("field_example", {"example": "worker-1"})


@pytest.mark.parametrize(
    ("kind", "raw", "field", "example"),
    [
        (QuietHoursPatch, b'{"windows":[{"start":"25:00","end":"07:00"}]}', "windows.start", "22:00"),
        (QuietHoursPatch, b'{"windows":[{"start":"22:00","end":"7"}]}', "windows.end", "22:00"),
        (GroupCreate, b'{"name":"x","color":"red"}', "color", "#1f6feb"),
        (GroupPatch, b'{"color":"red"}', "color", "#1f6feb"),
        (ProxyCreate, b'{"name":"x","kind":"http","host":"http://p","port":1}', "host", "proxy.example.org"),
    ],
)
def test_people_are_shown_an_example_instead_of_an_expression(
    kind: type[Body], raw: bytes, field: str, example: str
) -> None:
    with pytest.raises(Invalid) as refused:
        decode_body(raw, kind)
    found = {name: (fault.code, fault.params) for name, fault in refused.value.fields.items()}
    assert found == {field: ("field_example", {"example": example})}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"name":"\xff"}', b"NaN", b'{"name":"\\ud800"}', b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        decode_body(raw, Whole)
    assert refused.value.text.code in ("request_not_json", "invalid_fields")


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*msgspec.structs.asdict(Whole(name="x")), "x", "a`b", "$.c", ""]), inner, max_size=3
            )
        ),
        max_leaves=6,
    ).map(msgspec.json.encode)
)
def test_whatever_comes_is_decoded_or_refused(raw: bytes) -> None:
    try:
        decode_body(raw, Whole)
        return
    except Invalid as error:
        refused = error
    assert refused.text.code == "request_not_json" or refused.fields
    for name, problem in refused.fields.items():
        assert name
        assert problem.message


class Query(Body, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=5)] = 1
    ids: list[int] | UnsetType = UNSET
    unread: bool | UnsetType = UNSET


def query(text: str) -> Query:
    return decode_query(make_mocked_request("GET", f"/?{text}"), Query)


def test_parameters_become_numbers_lists_and_flags() -> None:
    assert query("limit=3&ids=1&ids=2&unread=true") == Query(limit=3, ids=[1, 2], unread=True)
    assert query("") == Query()


@pytest.mark.parametrize(
    ("text", "field"),
    [("limit=6", "limit"), ("limit=x", "limit"), ("limit=1&limit=2", "limit"), ("x=1", "x"), ("ids=x", "ids")],
)
def test_wrong_parameters_are_named(text: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        query(text)
    assert list(refused.value.fields) == [field]

"""Jobs as they are typed at a shell."""

import io

import click
import pytest

from master.cli.job_specs import pairs, parse_spec
from worker.protocol.manifest import Field, Manifest

MANIFEST = Manifest(
    id="x",
    kind="runner",
    title={"en": "X"},
    summary={"en": "X"},
    icon="X",
    color="#000000",
    fields=[
        Field(name="url", type="url", title={"en": "Address"}),
        Field(name="count", type="number", title={"en": "Count"}),
        Field(name="on", type="boolean", title={"en": "On"}),
        Field(name="args", type="list", title={"en": "Arguments"}),
        Field(name="headers", type="map", title={"en": "Headers"}),
        Field(name="code", type="multiline", title={"en": "Code"}),
    ],
)


def parse(*settings, files=(), document=None):
    return parse_spec(MANIFEST, settings, files, None if document is None else io.StringIO(document))


def test_values_get_the_types_of_their_fields():
    assert parse("url=http://x/?a=b", "count=3", "on=yes") == {"url": "http://x/?a=b", "count": 3, "on": True}


def test_lists_and_maps_are_given_entry_by_entry_or_whole():
    assert parse("args=a,b", "args=", "args=c d") == {"args": ["a,b", "", "c d"]}
    assert parse('args=["a", "b"]', "args=c") == {"args": ["a", "b", "c"]}
    assert parse("headers=A=b=c", "headers=D=") == {"headers": {"A": "b=c", "D": ""}}
    assert parse('headers={"A": "b"}') == {"headers": {"A": "b"}}


def test_the_later_wins(tmp_path):
    (tmp_path / "code").write_text("echo é\n", "utf-8")
    made = parse(
        "count=2", "args=z", files=[f"code={tmp_path}/code"], document='{"count": 1, "args": ["x"], "on": true}'
    )
    assert made == {"count": 2, "args": ["z"], "on": True, "code": "echo é\n"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"settings": ["url"]}, "NAME=VALUE"),
        ({"settings": ["=x"]}, "NAME=VALUE"),
        ({"settings": ["nope=1"]}, "There are: url, count"),
        ({"settings": ["count=many"]}, "number"),
        ({"settings": ["args=[1"]}, "not JSON"),
        ({"settings": ["headers=A"]}, "NAME=VALUE"),
        ({"files": ["code=/no/such"]}, "/no/such"),
        ({"document": "{"}, "not JSON"),
        ({"document": "[]"}, "object"),
    ],
)
def test_what_is_wrong_is_named(given, said):
    with pytest.raises(click.UsageError, match=said):
        parse(*given.pop("settings", []), **given)


def test_pairs():
    assert pairs("--env", ["A=b", "C=d=e"]) == {"A": "b", "C": "d=e"}
    with pytest.raises(click.UsageError, match="--env A"):
        pairs("--env", ["A"])

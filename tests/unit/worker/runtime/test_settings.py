"""Settings of an account against the manifest."""

import pytest

from worker.protocol.manifest import Choice, Field, Manifest
from worker.runtime.settings import complete
from worker.sdk.errors import InvalidConfig


def manifest(*fields):
    return Manifest(id="x", title={}, summary={}, icon="X", color="#335577", fields=list(fields))


def field(kind="text", **more):
    return Field(name="f", type=kind, title={"en": "F"}, **more)


CHOICES = [Choice(value=value, title={"en": value}) for value in ("a", "b")]


def test_defaults_fill_what_is_absent_and_only_that():
    it = manifest(
        field(default="d"), Field(name="g", type="text", title={}), Field(name="s", type="password", title={})
    )
    assert complete(it, {}) == {"f": "d"}
    assert complete(it, {"f": "", "g": "x", "unknown": 1}) == {"f": "", "g": "x"}


def test_secret_fields_are_no_settings():
    assert complete(manifest(field("password", secret=True, required=True)), {}) == {}


@pytest.mark.parametrize(
    ("it", "value", "code"),
    [
        (field(required=True), None, "field_required"),
        (field(required=True), "", "field_required"),
        (field("list", required=True), [], "field_required"),
        (field(), 3, "field_type"),
        (field("number"), "3", "field_type"),
        (field("number"), True, "field_type"),
        (field("boolean"), 1, "field_type"),
        (field("list"), ["a", 1], "field_type"),
        (field("number", minimum=1), 0, "field_range"),
        (field("number", maximum=9.5), 10, "field_range"),
        (field("choice", choices=CHOICES), "c", "field_choice"),
    ],
)
def test_faults_are_named_by_field(it, value, code):
    with pytest.raises(InvalidConfig) as caught:
        complete(manifest(it), {"f": value})
    assert {name: words.code for name, words in caught.value.fields.items()} == {"f": code}


@pytest.mark.parametrize(
    ("it", "value"),
    [
        (field("number", minimum=1, maximum=9), 9),
        (field("number"), 1.5),
        (field("boolean"), False),
        (field("list"), ["a"]),
        (field("choice", choices=CHOICES), "b"),
        (field("url"), "https://example.org"),
    ],
)
def test_what_fits_passes(it, value):
    assert complete(manifest(it), {"f": value}) == {"f": value}

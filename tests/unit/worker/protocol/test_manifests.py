"""Manifests and texts."""

import msgspec
import pytest

from worker.protocol.manifest import decode_manifest
from worker.protocol.texts import text

DOCUMENT = {
    "id": "x",
    "icon": "X",
    "color": "#335577",
    "title": {"en": "X"},
    "summary": {"en": "x"},
    "fields": [{"name": "url", "type": "url", "title": {"en": "Address"}, "required": True}],
}


def test_a_manifest_is_made_of_its_document():
    manifest = decode_manifest(DOCUMENT)
    assert manifest.field("url").required
    assert manifest.field("none") is None
    assert not manifest.capabilities.push


@pytest.mark.parametrize("change", [{"colour": "red"}, {"id": 3}, {"fields": [{"name": "x", "type": "wide"}]}])
def test_a_wrong_manifest_is_refused(change):
    with pytest.raises(msgspec.ValidationError):
        decode_manifest(DOCUMENT | change)


def test_a_text_carries_code_parameters_and_sentence():
    words = text("rate_limited", seconds=5)
    assert (words.code, words.params, str(words)) == ("rate_limited", {"seconds": 5}, words.message)
    assert "5 s" in words.message


@pytest.mark.parametrize(("code", "params"), [("no_such_code", {}), ("rate_limited", {})])
def test_a_text_that_is_a_fault_of_ours_is_raised(code, params):
    with pytest.raises(KeyError):
        text(code, **params)

"""Items are made to fit, texts are redacted."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.protocol.codec import MAX_ITEM_TEXT_BYTES, encode
from worker.protocol.item_messages import Item, ItemsDetected, Report
from worker.protocol.states import ItemKind
from worker.protocol.texts import text
from worker.runtime.redactions import Redactor
from worker.runtime.watches import fit, redacted

ITEM = Item(kind=ItemKind.MAIL, key="k", title="t", created_at=1, detected_at=2)


def test_a_good_item_is_left_as_it_is():
    assert fit(ITEM) == ITEM


@pytest.mark.expects_log("is left out")
@pytest.mark.parametrize("key", ["", "x" * 513])
def test_an_unusable_key_leaves_the_item_out(key):
    assert fit(msgspec.structs.replace(ITEM, key=key)) is None


def test_long_text_is_cut_and_flagged():
    cut = fit(msgspec.structs.replace(ITEM, text="ä" * MAX_ITEM_TEXT_BYTES))
    assert cut.truncated
    assert len(cut.text.encode()) <= MAX_ITEM_TEXT_BYTES


def test_impossible_times_are_mended():
    it = fit(msgspec.structs.replace(ITEM, created_at=-5, detected_at=10**18))
    assert it.created_at == 0
    assert 1_700_000_000_000 < it.detected_at < 10**14
    assert fit(msgspec.structs.replace(ITEM, created_at=9, detected_at=5)).created_at == 5


@given(parts=st.lists(st.text(max_size=2000), min_size=6, max_size=6))
def test_whatever_a_plug_in_makes_can_be_sent(parts):
    key, title, body, author, url, thread = parts
    item = fit(
        msgspec.structs.replace(
            ITEM, key=f"k{key[:100]}", title=title, text=body, author=author, url=url, thread=thread
        )
    )
    encode(ItemsDetected(account_id="a", epoch=1, reports=[Report(seq=1, item=item)]))


def test_lone_surrogates_can_be_sent():
    item = fit(msgspec.structs.replace(ITEM, title="a\ud800b", key="k\udfff"))
    assert msgspec.json.encode(item)


def test_texts_are_redacted_whole():
    redactor = Redactor()
    redactor.hold({"password": "hunter22"})
    words = redacted(text("auth_refused_detail", detail="not hunter22"), redactor)
    assert "hunter22" not in repr(words)
    assert words.code == "auth_refused_detail"

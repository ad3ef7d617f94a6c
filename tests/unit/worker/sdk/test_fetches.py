"""Compressed answers are read to their end, and are known to have one."""

import gzip
import zlib

import pytest

from worker.sdk import fetches
from worker.sdk.fetches import _Inflater

MEMBERS = gzip.compress(b"one, ") + gzip.compress(b"") + gzip.compress(b"two") + b"\x00" * 8
BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
BARE_BODY = BARE.compress(b"bare " * 50) + BARE.flush()


def _inflate(body, size, room=1000):
    inflater, grown = _Inflater(), b""
    for at in range(0, len(body), size):
        grown += inflater.add(body[at : at + size], room - len(grown))
    return grown, inflater.ended


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("body", "whole"),
    [(MEMBERS, b"one, two"), (zlib.compress(b"with a header"), b"with a header"), (BARE_BODY, b"bare " * 50)],
    ids=["members", "with a header", "bare"],  # not the bytes: they tell the time
)
def test_all_of_it_is_read_however_it_comes(body, whole, size):
    assert _inflate(body, size) == (whole, True)


@pytest.mark.parametrize("cut", [1, 8, 9, 15])
def test_what_is_cut_off_has_no_end(cut):
    body = gzip.compress(b"one") + gzip.compress(b"x" * 100 + b"END")
    assert not _inflate(body[:-cut], 1000)[1]


def test_members_grow_no_further_than_they_may(monkeypatch):
    bomb = gzip.compress(b"x" * 600) * 5
    assert len(_inflate(bomb, len(bomb))[0]) == 1000
    monkeypatch.setattr(fetches, "MAX_MEMBERS", 3)
    with pytest.raises(ValueError, match="members"):
        _inflate(gzip.compress(b"") * 5, 1000)

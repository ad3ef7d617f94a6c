"""The identifier in a Windows shortcut: what is written is what is read, and what is no shortcut is refused."""

import struct
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers.shortcuts import property_block, read_identifier

CLASS = uuid.UUID("00021401-0000-0000-c000-000000000046").bytes_le


def shortcut(flags: int = 0, parts: bytes = b"", blocks: bytes = bytes(4)) -> bytes:
    return (struct.pack("<I", 0x4C) + CLASS + struct.pack("<I", flags)).ljust(0x4C, b"\0") + parts + blocks


def test_the_block_is_as_the_format_has_it() -> None:
    block = property_block("a.b")
    size, signature = struct.unpack_from("<II", block)
    assert (size, signature) == (len(block) - 4, 0xA0000009)
    store, version = struct.unpack_from("<I4s", block, 8)
    assert (store, version) == (size - 12, b"1SPS")
    assert block[16:32] == bytes.fromhex("55284c9f799f394ba8d0e1d42de1d5f3")  # as programs that dump shortcuts show it
    length, number, _, kind, _, count = struct.unpack_from("<IIBHHI", block, 32)
    assert (length, number, kind, count) == (9 + 8 + 8, 5, 31, 4)
    assert block[49:57] == "a.b\0".encode("utf-16-le")
    assert block[57:] == bytes(12)  # of values, of stores, of blocks


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=128))
def test_what_is_written_is_read(identifier: str) -> None:
    assert read_identifier(shortcut(blocks=property_block(identifier))) == identifier


def test_everything_before_the_block_is_passed_over() -> None:
    items = struct.pack("<H", 6) + b"items!"
    place = struct.pack("<I", 8) + b"here"
    texts = b"".join(struct.pack("<H", 2) + "ab".encode("utf-16-le") for _ in range(5))
    other = struct.pack("<II", 12, 0xA0000002) + b"more"
    parts = items + place + texts + other
    assert read_identifier(shortcut(0xFF, parts, property_block("x.y"))) == "x.y"
    assert read_identifier(shortcut(0xFF, parts)) is None


@pytest.mark.parametrize("content", [b"", b"MZ" + bytes(200), shortcut()[:-4], shortcut(1, b"\xff")])
def test_what_is_no_shortcut(content: bytes) -> None:
    with pytest.raises(ValueError, match="shortcut"):
        read_identifier(content)

"""Looks at a PNG without any library."""

import struct
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Final

from makers.contexts import PackagingError

MARK: Final = b"\x89PNG\r\n\x1a\n"
CHANNELS: Final = {2: 3, 6: 4}
"""Colour type → bytes a pixel, at eight bits a channel."""


def colours(path: Path, most: int = 200) -> int:
    """Return how many different colours are in the first ``most`` lines of a picture.

    Raises :class:`PackagingError` for what is no such picture.
    """
    content = path.read_bytes() if path.is_file() else b""
    if not content.startswith(MARK):
        raise PackagingError(f"{path.name} is no picture.")
    packed, width, size = b"", 0, 0
    place = len(MARK)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, _, depth, colour = struct.unpack(">IIBB", body[:10])
            if depth != 8 or colour not in CHANNELS or body[12]:
                raise PackagingError(f"{path.name} is a picture of another kind.")
            size = CHANNELS[colour]
        elif kind == b"IDAT":
            packed += body
        place += length + 12
    found: set[bytes] = set()
    for line in _lines(zlib.decompress(packed)[: most * (width * size + 1)], width * size, size):
        found.update(line[start:end] for start, end in pairwise(range(0, len(line) + size, size)))
    return len(found)


def _lines(raw: bytes, length: int, size: int) -> list[bytes]:
    """Return the lines of pixels, each with its filter undone."""
    before = bytearray(length)
    lines = []
    for start in range(0, len(raw), length + 1):
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        for index in range(length):
            left = line[index - size] if index >= size else 0
            up = before[index]
            corner = before[index - size] if index >= size else 0
            line[index] = (line[index] + _guess(kind, left, up, corner)) & 0xFF
        lines.append(bytes(line))
        before = line
    return lines


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    """Return what a filter of PNG takes a byte for, by those around it."""
    if kind == 4:
        distances = [(abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner)]
        return min(distances)[2]
    return (0, left, up, (left + up) // 2)[kind]

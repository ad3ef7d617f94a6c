"""Where programs of Linux look for their libraries: folders of the machine that built them are taken out."""

import struct
from pathlib import Path
from typing import Final

from makers.elfs import elf_files

MAGIC: Final = b"\x7fELF\x02\x01"
"""64 bits, the lower byte first: all that is built here."""
_DYNAMIC: Final = 2
_NULL, _STRTAB, _RPATH, _RUNPATH = 0, 5, 15, 29
_LOAD: Final = 1
_ENTRY: Final = struct.Struct("<qQ")
_SEGMENT: Final = struct.Struct("<IIQQQQQQ")


def forget_paths(folder: Path) -> list[Path]:
    """Have no program below ``folder`` look for libraries in folders of the builder's machine; return those changed.

    Another person could put libraries there on a machine where that path is free. Paths relative to the file stay.
    """
    changed = []
    for path in elf_files(folder):
        before = path.read_bytes()
        if before[: len(MAGIC)] != MAGIC:
            continue
        after = without_paths(before)
        if after != before:
            path.write_bytes(after)
            changed.append(path)
    return changed


def search_paths(content: bytes) -> list[str]:
    """Return the lists of folders that a file has its libraries looked for in."""
    entries, strings = _dynamic(content)[1:]
    return [_text(content, strings + value) for tag, value in entries if tag in (_RPATH, _RUNPATH)]


def without_paths(content: bytes) -> bytes:
    """Return a file without the lists that name a folder by its whole path; the entries after them move up."""
    place, entries, strings = _dynamic(content)
    kept = [
        (tag, value)
        for tag, value in entries
        if tag not in (_RPATH, _RUNPATH) or _text(content, strings + value)[:1] != "/"
    ]
    if len(kept) == len(entries):
        return content
    kept += [(_NULL, 0)] * (len(entries) - len(kept))
    changed = bytearray(content)
    for number, entry in enumerate(kept):
        _ENTRY.pack_into(changed, place + number * _ENTRY.size, *entry)
    return bytes(changed)


def _dynamic(content: bytes) -> tuple[int, list[tuple[int, int]], int]:
    """Return where the table for the loader is, its entries, and where its texts are; nothing for one without."""
    start, count = struct.unpack_from("<Q", content, 32)[0], struct.unpack_from("<H", content, 56)[0]
    segments = [_SEGMENT.unpack_from(content, start + number * _SEGMENT.size) for number in range(count)]
    for kind, _flags, place, _address, _physical, size, *_rest in segments:
        if kind == _DYNAMIC:
            entries = [_ENTRY.unpack_from(content, at) for at in range(place, place + size, _ENTRY.size)]
            address = next((value for tag, value in entries if tag == _STRTAB), 0)
            return place, entries, _offset(segments, address)
    return 0, [], 0


def _offset(segments: list[tuple[int, ...]], address: int) -> int:
    """Return where in the file an address is loaded from."""
    for kind, _flags, place, begin, _physical, size, *_rest in segments:
        if kind == _LOAD and begin <= address < begin + size:
            return place + address - begin
    return 0


def _text(content: bytes, place: int) -> str:
    return content[place : content.index(b"\0", place)].decode("utf-8", errors="replace")

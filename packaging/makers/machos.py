"""What a Mach-O file says of itself: read without a Mac, so that a bundle can be judged anywhere."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_THIN: Final = {b"\xcf\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">"}
_FAT: Final = {b"\xca\xfe\xba\xbe": 20, b"\xca\xfe\xba\xbf": 32}
"""Magic number → bytes of one entry of the table of architectures."""
_MACHINES: Final = {0x01000007: "x86_64", 0x0100000C: "arm64"}
_VERSION_MIN, _SIGNATURE, _BUILD_VERSION = 0x24, 0x1D, 0x32
_KINDS: Final = {2: "executable", 6: "library", 8: "bundle"}
_FAT_LIMIT: Final = 8
"""A file of Java classes begins like a fat file; it would have dozens of architectures."""
_COMMANDS_LIMIT: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Slice:
    """The code for one processor. ``minimum`` is the oldest macOS it is made for, "" when it does not say."""

    machine: str
    kind: str
    minimum: str
    signed: bool


def read_slices(path: Path) -> list[Slice]:
    """Return what is in a Mach-O file; nothing for a file of another kind.

    Raises ``ValueError`` for one that is cut off.
    """
    with path.open("rb") as file:
        return [_slice(file, offset) for offset in _offsets(file)]


def _offsets(file: BinaryIO) -> Iterator[int]:
    magic = file.read(4)
    if magic in _THIN:
        yield 0
    elif magic in _FAT:
        (count,) = struct.unpack(">I", _exactly(file, 4))
        if count > _FAT_LIMIT:
            return
        size = _FAT[magic]
        table = _exactly(file, size * count)
        for entry in struct.iter_unpack(">IIIII" if size == 20 else ">IIQQII", table):
            yield entry[2]


def _slice(file: BinaryIO, offset: int) -> Slice:
    file.seek(offset)
    order = _THIN.get(_exactly(file, 4))
    if order is None:
        raise ValueError(f"{file.name} has no 64-bit code at {offset}")
    machine, _sub, kind, _count, length, _flags, _reserved = struct.unpack(f"{order}7I", _exactly(file, 28))
    if length > _COMMANDS_LIMIT:
        raise ValueError(f"{file.name} has {length} bytes of load commands")
    commands = _exactly(file, length)
    minimum, signed, at = "", False, 0
    while at + 16 <= length:
        command, size, first, second = struct.unpack_from(f"{order}4I", commands, at)
        if size < 8:
            raise ValueError(f"{file.name} has a load command of {size} bytes")
        if command == _BUILD_VERSION:
            minimum = _version(second)
        elif command == _VERSION_MIN:
            minimum = _version(first)
        elif command == _SIGNATURE:
            signed = True
        at += size
    return Slice(
        machine=_MACHINES.get(machine, hex(machine)), kind=_KINDS.get(kind, "other"), minimum=minimum, signed=signed
    )


def _version(packed: int) -> str:
    """X.Y of X.Y.Z, packed into nibbles as xxxx.yy.zz."""
    return f"{packed >> 16}.{packed >> 8 & 0xFF}"


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise ValueError(f"{file.name} is cut off")
    return data

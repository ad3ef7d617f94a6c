"""The part of a Windows shortcut that names its program for the taskbar: System.AppUserModel.ID.

Source: [MS-SHLLINK] 2.5.7 (PropertyStoreDataBlock) and [MS-PROPSTORE] 2.2 (the serialized property store).
"""

import struct
import uuid
from typing import Final

SIGNATURE: Final = 0xA0000009
VERSION: Final = 0x53505331
APP_USER_MODEL: Final = uuid.UUID("9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3")
ID: Final = 5
TEXT: Final = 31
"""VT_LPWSTR."""


def property_block(identifier: str) -> bytes:
    """Return the block with the property, and the four zeros that end a shortcut."""
    characters = f"{identifier}\0".encode("utf-16-le")
    text = struct.pack("<HHI", TEXT, 0, len(characters) // 2) + characters + bytes(-len(characters) % 4)
    value = struct.pack("<IIB", 9 + len(text), ID, 0) + text
    storage = struct.pack("<I", VERSION) + APP_USER_MODEL.bytes_le + value + bytes(4)
    store = struct.pack("<I", 4 + len(storage)) + storage + bytes(4)
    return struct.pack("<II", 8 + len(store), SIGNATURE) + store + bytes(4)


def read_identifier(shortcut: bytes) -> str | None:
    """Return what a shortcut names, None where it has no such property. Raises ``ValueError`` for no shortcut."""
    try:
        if shortcut[:20] != struct.pack("<I", 0x4C) + uuid.UUID("00021401-0000-0000-c000-000000000046").bytes_le:
            raise ValueError("This is no shortcut.")
        for block in _blocks(shortcut):
            if struct.unpack_from("<I", block)[0] == SIGNATURE:
                found = _identifier(block[4:])
                if found is not None:
                    return found
    except struct.error as error:
        raise ValueError("The shortcut is cut short.") from error
    return None


def _blocks(shortcut: bytes) -> list[bytes]:
    (flags,) = struct.unpack_from("<I", shortcut, 20)
    at = 0x4C
    if flags & 0x1:  # a list of items
        at += 2 + int(struct.unpack_from("<H", shortcut, at)[0])
    if flags & 0x2:  # where the target is
        at += int(struct.unpack_from("<I", shortcut, at)[0])
    for bit in (0x4, 0x8, 0x10, 0x20, 0x40):  # name, relative path, folder, arguments, icon
        if flags & bit:
            width = 2 if flags & 0x80 else 1
            at += 2 + width * int(struct.unpack_from("<H", shortcut, at)[0])
    found = []
    while (size := int(struct.unpack_from("<I", shortcut, at)[0])) >= 4:
        found.append(shortcut[at + 4 : at + size])
        at += size
    return found


def _identifier(store: bytes) -> str | None:
    at = 0
    while size := int(struct.unpack_from("<I", store, at)[0]):
        version, place = struct.unpack_from("<I16s", store, at + 4)
        value = at + 24
        while version == VERSION and (length := int(struct.unpack_from("<I", store, value)[0])):
            number, kind = struct.unpack_from("<I1xH", store, value + 4)
            if place == APP_USER_MODEL.bytes_le and (number, kind) == (ID, TEXT):
                (count,) = struct.unpack_from("<I", store, value + 13)
                return store[value + 17 : value + 17 + 2 * count].decode("utf-16-le").rstrip("\0")
            value += length
        at += size
    return None

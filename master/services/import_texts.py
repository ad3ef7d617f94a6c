"""Files of other programs as text: which encoding, which form. Pure; whatever the bytes are, it ends soon."""

import codecs
from typing import Final

from master.api.account_imports import ImportFormat
from master.errors import Invalid
from worker.protocol.texts import text

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_LINES: Final = 10_000
DELIMITERS: Final = (",", ";", "\t")
PROBED: Final = 4096
"""Bytes that tell UTF-16 without a mark."""


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding. Raises :class:`Invalid` for what is no text."""
    if not raw.strip():
        raise Invalid(fields={"file": text("import_empty")})
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], name), name
    if b"\0" in raw[:PROBED]:
        name = "utf-16-be" if raw[:PROBED:2].count(0) > raw[1:PROBED:2].count(0) else "utf-16-le"
        return _decoded(raw, name), name
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # Every GBK text is one of GB18030; what neither knows is no text of a program that people use here.
        return _decoded(raw, "gb18030"), "gb18030"


def _decoded(raw: bytes, name: str) -> str:
    try:
        found = raw.decode(name)
    except UnicodeDecodeError as error:
        raise Invalid(fields={"file": text("import_encoding")}) from error
    if "\0" in found:
        raise Invalid(fields={"file": text("import_encoding")})
    return found.removeprefix("\ufeff")


def form_of(content: str) -> ImportFormat:
    """Return what a text looks like: XML, JSON, a table whose first line names columns, or lines of addresses."""
    head = content.lstrip()
    if head.startswith("<"):
        return "opml"
    if head.startswith(("[", "{")):
        return "json"
    first = head.partition("\n")[0]
    names = {name.strip().strip('"').lower() for name in first.split(delimiter_of(first))}
    return "csv" if "platform" in names else "lines"


def delimiter_of(line: str) -> str:
    """Return what separates the columns of a head line: what stands in it most often outside of quotes."""
    plain = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=plain.count)

"""Letters out of bytes: the encoding that the server, the document or its first bytes name, as browsers read names."""

import codecs
import re
from typing import Final

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE
)
_META_BYTES: Final = 4096
_KNOWN = re.compile(r"(?:utf|iso|windows|cp|gb|big5|shift|sjis|euc|koi8|mac|latin|us-ascii|ascii|ks_c|tis|hz|johab|x-)")
# As browsers do: who says the small one means the large one.
_LARGER: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}


def decoded(body: bytes, content_type: str) -> str:
    """Return the letters; what is wrong in its own encoding becomes U+FFFD."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    named = _HEADER.search(content_type)
    declared = _META.search(body[:_META_BYTES])
    for name in (named.group(1) if named else "", declared.group(1).decode("ascii") if declared else ""):
        if encoding := _codec(name):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _codec(name: str) -> str:
    """Return Python's name of an encoding, "" for one that is none of letters."""
    name = name.lower().strip()
    if not _KNOWN.match(name) or name.startswith(("utf-7", "utf7")):
        return ""
    try:
        known = codecs.lookup(name.removeprefix("x-"))
    except (LookupError, ValueError):
        return ""
    return _LARGER.get(known.name, known.name)

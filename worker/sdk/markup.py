"""Markup of strangers becomes plain text, in linear time whatever they wrote.

The standard library's parser takes minutes for 128 KiB of ``<a <a <a …``; mails and feeds are read by this one.
"""

import html
import re
from typing import Final

MAX_CHARACTERS: Final = 512 * 1024
"""What lies beyond is not looked at: far more than an item's text can hold."""
_QUOTE_WINDOW: Final = 4096
_QUOTES_IN_A_TAG: Final = 32

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,30}")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_BREAKS = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")
_RAW = ("script", "style", "title", "textarea", "template", "noscript", "svg", "xmp", "iframe")
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figure", "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"}
    | {"nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "thead", "tr", "ul"}
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"))
_CELLS = frozenset(("td", "th"))
_RAW_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _RAW}


def plain(source: str) -> str:
    """Return what a person would read of HTML: no tags, scripts, styles or comments; entities resolved.

    Text without any tag keeps its lines.
    """
    source = source[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in source:
        return _tidy(_resolved(source))
    parts: list[str] = []
    position = 0
    while True:
        start = source.find("<", position)
        if start < 0:
            parts.append(_words(source[position:]))
            break
        parts.append(_words(source[position:start]))
        position = _skip(source, start, parts)
    return _tidy("".join(parts))


def _skip(source: str, start: int, parts: list[str]) -> int:
    """Return where the text goes on after the ``<`` at ``start``."""
    if source.startswith("<!--", start):
        return _after(source, "-->", start + 4)
    if source.startswith(("<!", "<?"), start):
        return _after(source, ">", start + 2)
    closing = source.startswith("/", start + 1)
    name = _NAME.match(source, start + 2 if closing else start + 1)
    if name is None:
        parts.append("<")
        return start + 1
    tag = name.group().lower()
    if tag in _PARAGRAPHS:
        parts.append("\n\n")
    elif tag in _BLOCKS:
        parts.append("\n")
    elif tag in _CELLS:
        parts.append(" ")
    if tag == "li" and not closing:
        parts.append("- ")
    end = _tag_end(source, name.end())
    if tag in _RAW_ENDS and not closing:
        finish = _RAW_ENDS[tag].search(source, end)
        return _after(source, ">", finish.end()) if finish else len(source)
    return end


def _tag_end(source: str, position: int) -> int:
    """Return the position after the tag's ``>``; one within quotes does not count where the quotes end soon."""
    first = end = source.find(">", position)
    if end < 0:
        return len(source)
    for _ in range(_QUOTES_IN_A_TAG):
        quote = min(
            (at for mark in "\"'" if (at := source.find(mark, position, end)) >= 0),
            default=-1,
        )
        if quote < 0:
            return end + 1
        close = source.find(source[quote], quote + 1, quote + _QUOTE_WINDOW)
        if close < 0:
            return first + 1
        position = close + 1
        if close > end:
            end = source.find(">", position, position + _QUOTE_WINDOW)
            if end < 0:
                return first + 1
    return end + 1


def _after(source: str, mark: str, position: int) -> int:
    end = source.find(mark, position)
    return len(source) if end < 0 else end + len(mark)


def _words(source: str) -> str:
    return _resolved(source.replace("\n", " "))


def _resolved(source: str) -> str:
    try:
        return html.unescape(source)
    except ValueError:
        # A number of thousands of digits is no character.
        return source


def _tidy(text: str) -> str:
    text = _BREAKS.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()

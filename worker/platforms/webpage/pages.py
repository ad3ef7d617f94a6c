"""Pages of strangers as lines of text: what a reader would see, or what a CSS selector matches of it. All synchronous.

The parser's time grows with the square of how deep a page is nested and how many attributes a tag has; its selectors
search while every other thread waits. So both are measured before.
"""

import re
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from worker.sdk.markup import plain

from .charsets import decoded
from .texts import refuse

MAX_TAGS: Final = 200_000
MAX_DEPTH: Final = 256
MAX_ATTRIBUTES: Final = 2_000
MAX_MATCHES: Final = 2_000
MAX_MATCHED: Final = 5_000_000
"""Characters of markup that all matches may have together."""
MAX_SELECTOR: Final = 500
MAX_STEPS: Final = 3
"""So many spaces may a selector have between its parts: with each, a search may take as often as the page is deep."""
MAX_TRIES: Final = 20_000_000
"""About two seconds of them."""
MAX_PATTERNS: Final = 50
MAX_PATTERN: Final = 500
PATTERN_SECONDS: Final = 0.05
"""All patterns over one page together."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})")
_ATTRIBUTES = re.compile(r"<[A-Za-z][^<>]{4000,}")
_NO_END: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    # An end that nobody writes: the next of its kind ends them.
    | {"p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "rp", "rt"}
)
_LEFT_OUT: Final = ["script", "style", "template", "noscript", "svg", "head", "iframe", "object"]
_STEP = re.compile(r"(?<![>+~,\s])\s+(?![>+~,\s])|\s*~\s*(?!=)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\]]*\]")
_BINARY: Final = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/octet-stream",
)


class Page:
    """What to look at on a page. ``selector`` "" means all of its text; ``ignore``: patterns of what does not count."""

    def __init__(self, selector: str = "", ignore: Sequence[str] = (), may_be_absent: bool = False) -> None:
        """Raises ``InvalidConfig`` for a selector or a pattern that is none."""
        self._selector = selector.strip()
        self._may_be_absent = may_be_absent
        _check_selector(self._selector)
        self._patterns = _compiled(tuple(pattern for pattern in ignore if pattern))

    def lines(self, body: bytes, content_type: str) -> list[str]:
        """Return the lines that count, without blank ones, each with single spaces. Raises ``InvalidConfig``."""
        kind = content_type.partition(";")[0].strip().lower()
        if kind.startswith(_BINARY) or (b"\x00" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
            raise refuse("url", "webpage_no_text", type=kind or "something else")
        source = decoded(body, content_type).replace("\x00", "")
        is_markup = "html" in kind or "xml" in kind or (not kind and "<" in source)
        words = self._seen(source) if is_markup else self._unmarked(source)
        return _tidy(self._without_ignored(words))

    def _unmarked(self, source: str) -> str:
        if self._selector and not self._may_be_absent:
            raise refuse("selector", "webpage_no_match", selector=self._selector)
        return "" if self._selector else source

    def _seen(self, source: str) -> str:
        from selectolax.lexbor import LexborHTMLParser

        depth = _depth(source)
        tree = LexborHTMLParser(source)
        if not self._selector:
            tree.strip_tags(_LEFT_OUT)
            return _words(tree.body)
        _check_search(tree, self._selector, source.count("<"), depth)
        found = tree.css(self._selector)
        if not found and not self._may_be_absent:
            raise refuse("selector", "webpage_no_match", selector=self._selector)
        return _joined(found)

    def _without_ignored(self, words: str) -> str:
        deadline = time.monotonic() + PATTERN_SECONDS
        for pattern in self._patterns:
            try:
                words = pattern.sub("", words, timeout=max(0.001, deadline - time.monotonic()), concurrent=True)
            except TimeoutError as error:
                detail = f"{pattern.pattern[:100]}: {PATTERN_SECONDS * 1000:g} ms"
                raise refuse("ignore", "webpage_pattern", detail=detail) from error
        return words


def _joined(nodes: Sequence[Any]) -> str:
    """Return the words of all; what is matched within what is matched counts again, within a limit."""
    words, room = [], MAX_MATCHED
    for node in nodes[:MAX_MATCHES]:
        source = node.html or ""
        words.append(plain(source))
        room -= len(source)
        if room < 0:
            break
    return "\n".join(words)


def _words(node: Any) -> str:
    return plain(node.html or "") if node is not None else ""


def _tidy(words: str) -> list[str]:
    return [tidied for line in words.splitlines() if (tidied := " ".join(line.split()))]


def _depth(source: str) -> int:
    """Return how deep tags are nested at most. Raises ``InvalidConfig`` for a page that would take too long."""
    if source.count("<") > MAX_TAGS:
        raise refuse("url", "webpage_tangled", detail=f"more than {MAX_TAGS} tags")
    begun: Counter[str] = Counter()
    depth = deepest = 0
    for match in _TAG.finditer(source):
        name = match.group(2).lower()
        if name in _NO_END:
            continue
        if not match.group(1):
            begun[name] += 1
            depth += 1
        elif begun[name]:
            begun[name] -= 1
            depth -= 1
        deepest = max(deepest, depth)
        if depth > MAX_DEPTH:
            raise refuse("url", "webpage_tangled", detail=f"more than {MAX_DEPTH} tags in each other")
    for match in _ATTRIBUTES.finditer(source):
        if len(match.group().split()) > MAX_ATTRIBUTES:
            raise refuse("url", "webpage_tangled", detail=f"a tag with more than {MAX_ATTRIBUTES} attributes")
    # With what nobody ends, as p, there may be one more.
    return deepest + 1


def _check_search(tree: Any, selector: str, tags: int, depth: int) -> None:
    """Refuse a selector that may try more than ``MAX_TRIES`` ways to match this page.

    A search begins at what the last stage matches, and goes up to look for the stage before. Where such ones lie within
    each other it goes on from each.
    """
    for part in _QUOTED.sub(_anything, selector).split(","):
        beside = part.count("~")
        *inner, last = _STEP.split(part.strip())
        tries = tags * depth if ":has(" in part else _count(tree, last, tags)
        tries *= tags**beside
        for stage in inner[1:]:
            count = _count(tree, stage, tags)
            if count * depth > MAX_TRIES or _count(tree, f"{stage} {stage}", tags):
                tries *= depth
        if tries * (depth if inner else 1) > MAX_TRIES:
            raise refuse("selector", "webpage_selector", detail=f"too many ways to match this page: {part.strip()}")


def _anything(quoted: re.Match[str]) -> str:
    """Return what matches at least as much: ``a[href]`` becomes ``a``, ``[href]`` becomes ``*``."""
    before = quoted.string[quoted.start() - 1 : quoted.start()]
    return "*" if not before.strip(" \t\n>+~,(") else ""


def _count(tree: Any, selector: str, unknown: int) -> int:
    """Return how many elements match; ``unknown`` for a part that is no selector by itself."""
    from selectolax.lexbor import SelectolaxError

    try:
        return len(tree.css(selector))
    except SelectolaxError:
        return unknown


def _check_selector(selector: str) -> None:
    if not selector:
        return
    if len(selector) > MAX_SELECTOR:
        raise refuse("selector", "webpage_selector", detail=f"more than {MAX_SELECTOR} characters")
    bare = _QUOTED.sub("", selector)
    if max(len(_STEP.findall(part.strip())) for part in bare.split(",")) > MAX_STEPS or bare.count(":has(") > 1:
        raise refuse("selector", "webpage_selector", detail=f"more than {MAX_STEPS} spaces or one :has(); use >")
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError as error:
        raise refuse("selector", "webpage_selector", detail=selector) from error


@cache
def _library() -> Any:
    import regex

    return regex


def _compiled(patterns: Sequence[str]) -> list[Any]:
    if len(patterns) > MAX_PATTERNS or any(len(pattern) > MAX_PATTERN for pattern in patterns):
        raise refuse("ignore", "webpage_pattern", detail=f"{MAX_PATTERNS} × {MAX_PATTERN}")
    if not patterns:
        return []
    library = _library()
    made = []
    for pattern in patterns:
        try:
            made.append(library.compile(pattern, library.MULTILINE))
        except (library.error, RecursionError, OverflowError) as error:
            raise refuse("ignore", "webpage_pattern", detail=f"{pattern[:100]}: {error}") from error
    return made

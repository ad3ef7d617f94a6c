"""What rules say of texts. Plain words never take long; expressions are given 50 ms, and block no other thread."""

import math
import re
import time
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final, Protocol

import msgspec

from master.api.accounts import Account
from master.api.rules import Rule, RuleAction, RuleConditions
from master.errors import Invalid
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text, text

SECONDS: Final = 0.05
"""So long an expression may take for one item."""
ALL_SECONDS: Final = 1.0
"""… and for all items that come together."""
_CJK: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1100, 0x11FF),
    (0x2E80, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_LETTER: Final = r"[^\W" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _CJK) + "]"
"""A letter of scripts with spaces between words; marks are looked at one by one."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What rules look at: an item and its account."""

    title: str
    text: str
    author: str
    kind: ItemKind
    account_id: str | None
    group_id: str | None
    tags: Sequence[str]


class Found(Protocol):
    """An item, or something like it."""

    @property
    def title(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def author(self) -> str: ...

    @property
    def kind(self) -> ItemKind: ...


def subject_of(item: Found, account: Account | None) -> Subject:
    """Return what rules look at of something that was found for an account."""
    return Subject(
        title=item.title,
        text=item.text,
        author=item.author,
        kind=item.kind,
        account_id=account.id if account is not None else None,
        group_id=account.group_id if account is not None else None,
        tags=account.tags if account is not None else (),
    )


class TooSlow(Exception):
    """The expression of a rule takes too long."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


class Words:
    """The words of one subject, made ready once for all rules."""

    def __init__(self, subject: Subject, spent: dict[str, float]) -> None:
        """``spent``: seconds that each rule has taken for this subject and those before it."""
        self.subject: Final = subject
        self.spent: Final = spent
        self.lines: Final = f"{subject.title}\n{subject.text}"
        self._folded: str | None = None

    @property
    def folded(self) -> str:
        """Return title and text without differences of case and width."""
        if self._folded is None:
            self._folded = fold(self.lines)
        return self._folded


class Matcher:
    """One rule, made ready."""

    def __init__(self, rule: Rule) -> None:
        """Raises :class:`Invalid` with the field ``conditions.regex``. May take a while: not for the loop."""
        self.rule: Final = rule
        asked = rule.conditions
        self._include: Final = [(word, fold(word)) for word in asked.include]
        self._exclude: Final = [(word, fold(word)) for word in asked.exclude]
        self._author: Final = fold(asked.author)
        self._regex: Final = compiled(asked.regex) if asked.regex else None

    @property
    def has_words(self) -> bool:
        """Tell whether titles and texts have to be looked at."""
        asked = self.rule.conditions
        return bool(asked.include or asked.exclude or asked.regex)

    def judge(self, words: Words) -> tuple[bool, Text]:
        """Return whether all conditions are met, and which was (not). Raises :class:`TooSlow`."""
        subject, asked = words.subject, self.rule.conditions
        refusal = _place(asked, subject)
        if refusal is not None:
            return False, refusal
        if self._author and self._author not in fold(subject.author):
            return False, text("rule_no_author", author=asked.author)
        for word, folded in self._exclude:
            if found(folded, words.folded, whole=asked.whole_words):
                return False, text("rule_excluded", word=word)
        met: list[Text] = []
        if self._include:
            hits = [word for word, folded in self._include if found(folded, words.folded, whole=asked.whole_words)]
            missing = [word for word, _ in self._include if word not in hits]
            if not hits or (missing and asked.match == "all"):
                return False, text("rule_no_word", word=", ".join(missing))
            met.append(text("rule_word", word=", ".join(hits)))
        if self._regex is not None:
            part = self._search(words)
            if part is None:
                return False, text("rule_no_regex")
            met.append(text("rule_regex", part=part))
        if met:
            return True, met[-1]
        return True, text("rule_all" if asked == RuleConditions() else "rule_conditions")

    def _search(self, words: Words) -> str | None:
        """Return what the expression finds. A second chance: the machine may have been busy with something else."""
        assert self._regex is not None
        spent = words.spent.get(self.rule.id, 0.0)
        for _ in range(2):
            if spent > ALL_SECONDS:
                break
            began = time.perf_counter()
            try:
                hit = self._regex.search(words.lines, timeout=SECONDS, concurrent=True)
            except TimeoutError:
                continue
            except MemoryError:
                break
            words.spent[self.rule.id] = spent + time.perf_counter() - began
            return None if hit is None else str(hit.group()[:100])
        words.spent[self.rule.id] = math.inf
        raise TooSlow(self.rule.id)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The first rule that matches an item."""

    rule_id: str
    name: str
    action: RuleAction
    reason: Text


def decide(matchers: Sequence[Matcher], subjects: Sequence[Subject]) -> list[Decision | None]:
    """Return what decides each subject, None where no rule matches. Raises :class:`TooSlow`. Not for the loop."""
    decisions: list[Decision | None] = []
    spent: dict[str, float] = {}
    for subject in subjects:
        words = Words(subject, spent)
        decision = None
        for matcher in matchers:
            matched, reason = matcher.judge(words)
            if matched:
                rule = matcher.rule
                decision = Decision(rule_id=rule.id, name=rule.name, action=rule.action, reason=reason)
                break
        decisions.append(decision)
    return decisions


def compiled(pattern: str) -> Any:
    """Return an expression, compiled. Raises :class:`Invalid` with the field ``conditions.regex``."""
    library = _library()
    try:
        return library.compile(pattern, library.IGNORECASE | library.MULTILINE)
    except (library.error, RecursionError, OverflowError, MemoryError, ValueError) as error:
        raise Invalid(fields={"conditions.regex": text("rule_regex_wrong", detail=str(error)[:200])}) from error


@cache
def _library() -> Any:
    import regex  # 27 ms and 3 MB: only where a rule has an expression

    return regex


def fold(words: str) -> str:
    """Return words without differences of case and width."""
    if words.isascii():
        return words.lower()
    return unicodedata.normalize("NFKC", words).casefold()


def found(word: str, words: str, *, whole: bool) -> bool:
    """Tell whether folded words hold a folded word: anywhere, or (``whole``, outside of CJK) by itself."""
    if not whole or word not in words:
        return word in words
    for place in _candidates(word).finditer(words):
        start, end = place.start(), place.start() + len(word)
        if _apart(words[start - 1 : start] if start else "", word[0]) and _apart(words[end : end + 1], word[-1]):
            return True
    return False


@lru_cache(4096)
def _candidates(word: str) -> re.Pattern[str]:
    """Return what finds nearly all places of a word by itself: a text may be full of it within other words."""
    before = f"(?<!{_LETTER})" if _closed(word[0]) else ""
    after = f"(?!{_LETTER})" if _closed(word[-1]) else ""
    return re.compile(f"{before}(?={re.escape(word)}{after})")


def _closed(edge: str) -> bool:
    """Tell whether a letter beside this edge of a word makes it part of another."""
    return _of_word(edge) and not _is_cjk(edge)


def _apart(neighbour: str, edge: str) -> bool:
    """Tell whether two neighbours belong to different words."""
    return not (_of_word(neighbour) and _of_word(edge)) or _is_cjk(neighbour) or _is_cjk(edge)


def _of_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character or " ").startswith("M")


def _is_cjk(character: str) -> bool:
    """Tell whether a character is written without spaces between words."""
    code = ord(character) if character else 0
    return any(first <= code <= last for first, last in _CJK)


def _place(asked: RuleConditions, subject: Subject) -> Text | None:
    """Return why an item is of another account, group, tag or kind; None when it is not."""
    if asked.account_ids and subject.account_id not in asked.account_ids:
        return text("rule_other_account")
    if asked.group_ids and subject.group_id not in asked.group_ids:
        return text("rule_other_group")
    if asked.tags and not set(map(fold, asked.tags)) & set(map(fold, subject.tags)):
        return text("rule_other_tag")
    if asked.kinds and subject.kind not in asked.kinds:
        return text("rule_other_kind")
    return None

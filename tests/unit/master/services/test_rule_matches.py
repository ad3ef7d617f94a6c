"""What rules say of texts, quickly whatever they ask."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.api.rules import Rule, RuleConditions
from master.errors import Invalid
from master.services.rule_matches import Matcher, Subject, TooSlow, Words, _apart, compiled, decide, fold, found
from worker.protocol.states import ItemKind


def rule(name: str = "r", action: str = "notify", **conditions) -> Rule:
    return Rule(
        id=name,
        name=name,
        enabled=True,
        position=0,
        conditions=RuleConditions(**conditions),
        action=action,
        disabled_reason=None,
        hits=0,
        last_hit_at=None,
        created_at=0,
        version=1,
    )


def subject(title: str = "", text: str = "", **more) -> Subject:
    fields = {"author": "", "kind": ItemKind.MAIL, "account_id": "a", "group_id": "g", "tags": ["Work"]}
    return Subject(title=title, text=text, **(fields | more))


def judged(one: Subject, **conditions) -> tuple[bool, str]:
    matched, reason = Matcher(rule(**conditions)).judge(Words(one, {}))
    return matched, reason.code


@pytest.mark.parametrize(
    ("conditions", "title", "matched"),
    [
        ({}, "anything", (True, "rule_all")),
        ({"include": ["invoice"]}, "Your INVOICE", (True, "rule_word")),
        ({"include": ["invoice", "bill"]}, "a bill", (True, "rule_word")),
        ({"include": ["invoice", "bill"], "match": "all"}, "a bill", (False, "rule_no_word")),
        ({"include": ["invoice"], "exclude": ["draft"]}, "invoice, draft", (False, "rule_excluded")),
        ({"include": ["straße"]}, "STRASSE", (True, "rule_word")),
        ({"include": ["ＡＢＣ"]}, "abc", (True, "rule_word")),
        ({"include": ["天气"]}, "今天天气很好", (True, "rule_word")),
        ({"include": ["天气"], "whole_words": True}, "今天天气很好", (True, "rule_word")),
        ({"include": ["cat"], "whole_words": True}, "catalogue, concat", (False, "rule_no_word")),
        ({"include": ["cat"], "whole_words": True}, "concat: a cat.", (True, "rule_word")),
        ({"include": ["python"], "whole_words": True}, "学Python吧", (True, "rule_word")),
        ({"include": ["c++"], "whole_words": True}, "C++ and", (True, "rule_word")),
        ({"regex": r"^\[ci\] .* failed$"}, "[CI] build failed", (True, "rule_regex")),
        ({"regex": "x{3}"}, "xx", (False, "rule_no_regex")),
        ({"exclude": ["spam"]}, "ham", (True, "rule_conditions")),
    ],
)
def test_words(conditions, title, matched):
    assert judged(subject(title), **conditions) == matched
    assert judged(subject(text=title), **conditions) == matched


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ({"account_ids": ["b"]}, "rule_other_account"),
        ({"group_ids": ["h"]}, "rule_other_group"),
        ({"tags": ["home"]}, "rule_other_tag"),
        ({"kinds": [ItemKind.COMMENT]}, "rule_other_kind"),
        ({"author": "Ann"}, "rule_no_author"),
    ],
)
def test_place_kind_and_author(conditions, reason):
    assert judged(subject("x", author="Bob"), **conditions) == (False, reason)
    met = {"account_ids": ["a"], "group_ids": ["g"], "tags": ["work"], "kinds": [ItemKind.MAIL], "author": "bo"}
    assert judged(subject("x", author="Bob"), **met) == (True, "rule_conditions")


def test_the_first_that_matches_decides():
    matchers = [Matcher(rule("one", include=["a"])), Matcher(rule("two", "ignore")), Matcher(rule("three", "urgent"))]
    decisions = decide(matchers, [subject("a"), subject("b")])
    assert [(one.rule_id, one.action) for one in decisions] == [("one", "notify"), ("two", "ignore")]
    assert decide(matchers[:1], [subject("b")]) == [None]


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[", "(?P<a>x)(?P=b)", "(?:" * 400 + "a" + ")*" * 400])
def test_what_is_no_expression_is_refused_by_field(pattern):
    with pytest.raises(Invalid) as refused:
        compiled(pattern)
    assert list(refused.value.fields) == ["conditions.regex"]


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"(a+)+$", r"^(?:a?){60}a{60}$|(a|a)*b", r"(.*)*(.*)*x$"])
def test_a_catastrophic_expression_ends_within_its_time(pattern):
    matcher = Matcher(rule(regex=pattern))
    began = time.process_time()
    with contextlib.suppress(TooSlow):
        matcher.judge(Words(subject("a" * 5000 + "!"), {}))
    assert time.process_time() - began < 5.0


def test_one_that_is_slow_for_many_items_together_ends_too(monkeypatch):
    matcher, spent = Matcher(rule(regex="x")), {"r": 1.1}
    with pytest.raises(TooSlow):
        matcher.judge(Words(subject("x"), spent))


def test_long_texts_of_near_misses_take_no_time():
    words = fold("aab" * 20_000)
    began = time.process_time()
    assert not found("aab", words, whole=True)
    assert time.process_time() - began < 1.0


def _slowly(word: str, words: str) -> bool:
    """Tell what ``found`` does of whole words, place by place."""
    places = [start for start in range(len(words)) if words.startswith(word, start)]
    ends = [(words[start - 1] if start else "", words[start + len(word) : start + len(word) + 1]) for start in places]
    return any(_apart(before, word[0]) and _apart(after, word[-1]) for before, after in ends)


@given(
    word=st.text("ab气ก_-1\u0301 ", min_size=1, max_size=3),
    words=st.text("ab气ก_-1\u0301 .\n", max_size=12),
)
def test_whole_words_are_those_that_no_letter_touches(word, words):
    assert found(word, words, whole=True) is _slowly(word, words)


def test_a_text_full_of_a_word_within_others_is_looked_through_quickly():
    began = time.process_time()
    assert not found("a", "a" * 60_000, whole=True)
    assert found("a", "a" * 60_000 + " a", whole=True)
    assert time.process_time() - began < 1.0

"""What the palette finds and in which order."""

import time

import pytest

from desktop.models.palettes import (
    MOST,
    RECENT,
    Candidate,
    Entry,
    PaletteModel,
    begun_words,
    candidate,
    rank,
    remembered,
    score,
)
from desktop.models.rows import ObjectRole
from desktop.words import Face


def entry(key: str) -> Entry:
    return Entry(key=key, kind="Account", title=key, act=lambda: None, face=Face("dot", "OK", "ok"), keys="Ctrl+1")


def made(*titles: str) -> list[Candidate]:
    return [candidate(title, title, entry) for title in titles]


def found(query: str, *titles: str) -> list[str]:
    return [one.key for one in rank(query, made(*titles))]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("mail", ["mail", "mailbox of Ada", "my mail", "a voicemail", "m a i l"]),
        ("pa", ["pause all", "sepal"]),
        ("天气", ["天气", "今日天气预报", "a天b气"]),
        ("ad fi", ["ada fischer", "fine ad", "maddie and fido"]),
        ("mute 1", ["mute for 1 hour", "commute 10"]),
        ("STRASSE", ["Straße 1"]),
    ],
)
def test_the_better_fit_comes_first(query: str, titles: list[str]) -> None:
    assert found(query, *reversed(titles)) == titles


def test_beginnings_of_words_beat_what_stands_inside_and_letters_in_order_come_last() -> None:
    scores = [score(title, "", ["no"]) for title in ("no", "north", "up north", "piano", "new old", "napoleon", "zz")]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0
    assert len(set(scores[:5])) == 5


def test_what_does_not_fit_is_not_there() -> None:
    assert found("xyz", "mail", "feed") == []
    assert score("mail", "", ["mail", "feed"]) == 0
    assert score("mail", "imap of feed", ["mail", "feed"]) > 0


def test_what_was_chosen_lately_comes_before_what_fits_as_well_and_heavier_kinds_too() -> None:
    names = made("mail of a", "mail of b", "mail of c")
    assert [one.key for one in rank("mail", names, recent=("mail of c", "mail of b"))][:2] == ["mail of c", "mail of b"]
    heavy = candidate("jobs", "jobs", entry, weight=9)
    assert rank("job", [candidate("job x", "job x", entry), heavy])[0] is heavy


def test_the_latest_choices_are_kept_without_doubles() -> None:
    assert remembered(("a", "b"), "b") == ("b", "a")
    assert len(remembered(tuple(str(number) for number in range(30)), "x")) == RECENT


def test_typing_on_narrows_and_going_back_widens(qapp: object) -> None:
    model = PaletteModel()
    model.offer([entry("first")], lambda: made("alpha", "alphabet", "beta"))
    assert [row.key for row in model.rows] == ["first"]
    for query, expected in (
        ("a", {"alpha", "alphabet", "beta"}),
        ("al", {"alpha", "alphabet"}),
        ("alphab", {"alphabet"}),
        ("al", {"alpha", "alphabet"}),
        ("bet", {"beta", "alphabet"}),
        ("", {"first"}),
    ):
        model.ask(query)
        assert {row.key for row in model.rows} == expected


def test_what_the_master_found_follows_and_only_for_its_own_query(qapp: object) -> None:
    model = PaletteModel()
    model.offer([], lambda: made("alpha"))
    model.ask("alpha")
    model.add_found("alph", [entry("late")])
    assert [row.key for row in model.rows] == ["alpha"]
    model.add_found("alpha", [entry("item:1"), entry("alpha")])
    assert [row.key for row in model.rows] == ["alpha", "item:1"]
    model.ask("alphab")
    assert model.rows == []


def test_what_is_gone_when_it_is_shown_is_left_out_and_rows_are_read_aloud(qapp: object) -> None:
    model = PaletteModel()
    gone = candidate("gone", "mail 1", lambda _key: None)
    model.offer([], lambda: [gone, *made("mail 2")])
    model.ask("mail")
    assert [row.key for row in model.rows] == ["mail 2"]
    index = model.index(0, 0)
    from PySide6.QtCore import Qt

    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "mail 2, Account, OK, Ctrl+1"
    assert index.data(ObjectRole) is model.rows[0]


def test_ten_thousand_names_of_any_length_are_looked_through_at_once(qapp: object) -> None:
    names = [
        f"{word} {number}@northwind.example" for number in range(2500) for word in ("mail", "天气", "a", "x" * 500)
    ]
    model = PaletteModel()
    model.offer([], lambda: made(*names))
    assert len(model.gather()) == 10_000
    for query in ("m", "ma", "mail 24", "气", "nw", "xxxxxxxxxy"):
        began = time.thread_time()
        model.ask(query)
        assert time.thread_time() - began < 0.5  # a few milliseconds on a machine that does nothing else
        assert len(model.rows) <= MOST


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("lighth", "lighth*"),
        ("the lighth", "the lighth*"),
        ("author:ad", "author:ad*"),
        ("天气", "天气*"),
        ("lighthouse ", "lighthouse"),
        ("lighth*", "lighth*"),
        ('"the lighth', '"the lighth'),
        ('"the lighthouse" keep', '"the lighthouse" keep'),
        ("news -sport", "news -sport"),
        ("c++", "c++"),
        (" ", ""),
        ("", ""),
    ],
)
def test_the_word_that_is_being_typed_may_go_on(typed: str, asked: str) -> None:
    assert begun_words(typed) == asked

"""Words of the index, and questions to it: whatever is typed, it is no error, and it means what people mean."""

import random
import sqlite3
import unicodedata

import pytest

from master.store.item_tables import ITEMS_FTS
from master.store.item_words import account_facet, facets, indexed, kind_facet, question
from worker.protocol.states import ItemKind

TEXTS = {
    1: "Hello world, the weather is fine",
    2: "今天天气很好，我们去公园",
    3: "天下气候",
    4: "カタカナのテスト and ASCII mixed天气文字",
    5: "한국어 날씨 정보",
    6: "Café crème déjà-vu naïve",
    7: "foo-bar foo_bar C++ 100% wool",
    8: "HELLO World again",
    9: "ｆｕｌｌ　ｗｉｄｔｈ",
    10: "ein Wetterbericht für morgen",
    11: "x y x z",
}


@pytest.fixture(scope="module")
def index():
    db = sqlite3.connect(":memory:")
    db.execute(ITEMS_FTS)
    for number, text in TEXTS.items():
        db.execute(
            "INSERT INTO items_fts (rowid, title, text, author, facets) VALUES (?, ?, ?, ?, ?)",
            (number, indexed("the title"), indexed(text), indexed(f"Ann 李明 {number}"), facets("acc", ItemKind.MAIL)),
        )
    yield db
    db.close()


def found(index, typed, author=""):
    asked = question(typed, author)
    if asked.hopeless:
        return set()
    wanted = " AND ".join(f"({term})" for term in (*asked.wanted, f'facets : "{kind_facet("mail")}"'))
    match = f"({wanted}) NOT ({' OR '.join(f'({one})' for one in asked.unwanted)})" if asked.unwanted else wanted
    return {row[0] for row in index.execute("SELECT rowid FROM items_fts WHERE items_fts MATCH ?", (match,))}


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("hello", {1, 8}),
        ("hello weather", {1}),
        ("hello -weather", {8}),
        ('"the weather"', {1}),
        ('"weather the"', set()),
        ("天气", {2, 4}),
        ("天", {2, 3, 4}),
        ("天气很好", {2}),
        ("今天 公园", {2}),
        ("气天", set()),
        ("天气文", {4}),
        ("mixed天气", {4}),
        ('"很好，我们"', {2}),
        ('"好 我"', {2}),
        ("テスト", {4}),
        ("날씨", {5}),
        ("씨", {5}),
        ("cafe", {6}),
        ("CRÈME", {6}),
        ("deja vu", {6}),
        ("foo-bar", {7}),
        ("c++", {7}),
        ("full", {9}),
        ("ＦＵＬＬ ＷＩＤＴＨ", {9}),
        ("wet*", {10}),
        ("we*", set()),
        ("wetter", set()),
        ('"ein wett*"', set()),
        ("天*", {2, 3, 4}),
        ("author:ann -weather -天", {5, 6, 7, 8, 9, 10, 11}),
        ("author:李明 hello", {1, 8}),
        ('author:"ann 李"', set(TEXTS)),
        ("-hello", set(TEXTS) - {1, 8}),
        ('-"x y x"', set(TEXTS) - {11}),
        ("title", set(TEXTS)),
        ("kmail", set()),
        ("%", set()),
        ("hello 🎉", set()),
        ('"', set(TEXTS)),
        ("-", set(TEXTS)),
        ("*", set(TEXTS)),
        ("", set(TEXTS)),
        ('"the weath', set()),
        ('"the weather', {1}),
    ],
)
def test_what_is_typed_means_what_people_mean(index, typed, numbers):
    assert found(index, typed) == numbers


def test_an_author_alone_restricts(index):
    assert found(index, "hello", "李 ann") == {1, 8}
    assert found(index, "", "nobody") == set()


def test_nothing_that_can_be_typed_is_an_error(index):
    rng = random.Random(3)
    pieces = ['"', "*", "-", "author:", ":", "(", ")", "{", "}", "^", "+", "AND", "OR", "NOT", "NEAR(", "a", "天气"]
    pieces += ["\x00", "'", ";", "\\", " ", "\t", "é", "한", "🎉", "٣", "ａ", "\ud7a3", "text:", "rowid", "9"]
    for _ in range(3000):
        found(index, "".join(rng.choices(pieces, k=rng.randint(1, 12))))
    for code in range(0x20, 0x3200):
        found(index, chr(code))


def test_every_part_of_a_run_is_found_and_nothing_else():
    rng = random.Random(5)
    db = sqlite3.connect(":memory:")
    db.execute(ITEMS_FTS)
    texts = ["".join(rng.choices("天气新闻あいう가나", k=rng.randint(1, 12))) for _ in range(300)]
    for number, text in enumerate(texts):
        values = (number, indexed(text), facets("a", ItemKind.MAIL))
        db.execute("INSERT INTO items_fts (rowid, text, facets) VALUES (?, ?, ?)", values)
    for _ in range(400):
        part = "".join(rng.choices("天气新闻あいう가나", k=rng.randint(1, 4)))
        assert found(db, part) == {number for number, text in enumerate(texts) if part in text}, part
    db.close()


def test_facets_are_words_of_their_own():
    assert len({account_facet(f"account-{n}") for n in range(1000)}) == 1000
    assert account_facet("x") == account_facet("x") == account_facet("x").lower()
    assert {kind_facet(kind) for kind in ItemKind} == {f"k{kind.value.replace('_', '')}" for kind in ItemKind}


def test_plain_text_is_left_as_it_is():
    assert indexed("nothing to do") == "nothing to do"
    assert indexed(unicodedata.normalize("NFD", "é")) == "é"

"""Untrusted text: no markup, nothing fetched, links only where they may be opened; long ones in several turns."""

import time

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.views.reading import AT_ONCE, LINE, Passage, ReadingView, split_lines, split_links


@pytest.fixture
def view(context: Context, qtbot: QtBot) -> ReadingView:
    view = ReadingView(context.theme)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def links(text: str) -> list[str]:
    return [link for _piece, link in split_links(text) if link]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(https://en.wikipedia.org/wiki/A_(b))", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("<https://a.example>, [http://b.example/c]!", ["https://a.example", "http://b.example/c"]),
        ("写信给 mailto:a@b.example，或看https://c.example/页面。", ["mailto:a@b.example", "https://c.example/页面"]),
        ("javascript:alert(1) file:///etc/passwd data:text/html,x https:///nohost ftp://a.example", []),
        ("https://", []),
        ("no link", []),
    ],
)
def test_links_are_found_without_the_signs_around_them(text: str, found: list[str]) -> None:
    assert links(text) == found
    assert "".join(piece for piece, _link in split_links(text)) == text


def test_a_text_full_of_addresses_stays_quick() -> None:
    text = "https://a.example/" * 4000 + " " + "http" * 20_000 + "(" * 20_000
    began = time.process_time()
    assert "".join(piece for piece, _link in split_links(text)) == text
    assert time.process_time() - began < 2.0


def test_markup_is_letters_and_nothing_is_fetched(view: ReadingView) -> None:
    view.show_text('<img src="http://evil.example/x.png"><b>bold</b>\n<a href="javascript:x">y</a>')
    assert view.toPlainText().startswith('<img src="http://evil.example/x.png">')
    assert view.loadResource(2, QUrl("http://evil.example/x.png")) is None


def test_a_click_on_a_link_is_told_and_nothing_else(view: ReadingView, qtbot: QtBot) -> None:
    told: list[str] = []
    view.link_wanted.connect(told.append)
    view.anchorClicked.emit(QUrl("https://a.example/x"))
    view.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert told == ["https://a.example/x"]
    view.highlighted.emit(QUrl("https://xn--80ak6aa92e.example/"))
    assert "xn--80ak6aa92e" in view.toolTip()


@pytest.mark.parametrize("text", ["a" * 65_536, "x\n" * 32_768, "天气" * 32_768, "word and more " * 4681, ""])
def test_long_texts_are_shown_whole_in_short_turns(view: ReadingView, qtbot: QtBot, text: str) -> None:
    parts = list(split_lines(text))
    assert all(len(part) <= AT_ONCE for part in parts)
    assert all(len(line) <= LINE for part in parts for line in part.split("\n"))
    view.show_text(text)
    qtbot.waitUntil(lambda: view.whole)
    assert view.toPlainText().replace("\n", "") == text.replace("\n", "")


def test_the_message_that_is_meant_is_in_view(view: ReadingView, qtbot: QtBot) -> None:
    view.show_passages([Passage(f"head {number}", "line\n" * 20, number == 60) for number in range(90)])
    qtbot.waitUntil(lambda: view.whole)
    top = view.cursorForPosition(view.viewport().rect().topLeft()).block().text()
    assert top == "head 60"
    view.show_passages([Passage("", "short")])
    assert view.verticalScrollBar().value() == 0
    assert view.toPlainText() == "short"


def test_another_text_ends_the_one_before(view: ReadingView, qtbot: QtBot) -> None:
    view.show_text("old " * 16_000)
    assert not view.whole
    view.show_text("new")
    assert view.whole
    assert view.toPlainText() == "new"


def test_searched_words_are_marked_and_the_first_is_in_view(view: ReadingView, qtbot: QtBot) -> None:
    view.mark_words(["Invoice", "(x", "天气"])
    view.show_text("line\n" * 3000 + "an INVOICE and (x and 天气很好 and invoice\n" + "line\n" * 3000)
    qtbot.waitUntil(lambda: view.whole and view.marked == 4)
    bar = view.verticalScrollBar()
    assert 0 < bar.value() < bar.maximum()
    top = view.cursorForPosition(view.viewport().rect().topLeft()).blockNumber()
    assert 2900 < top <= 3000
    view.show_text("invoice")
    assert view.marked == 1
    view.mark_words([])
    assert view.marked == 0


def test_marks_are_bounded(view: ReadingView, qtbot: QtBot) -> None:
    view.mark_words(["a"])
    view.show_text("a " * 5000)
    qtbot.waitUntil(lambda: view.whole and view.marked > 0)
    assert view.marked == 200

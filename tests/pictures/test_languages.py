"""Chinese without a sentence of English, and words two fifths longer than English: on all that there is to see."""

import ast
import re

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.pictures.__main__ import ROOT
from tests.pictures.conftest import staged
from tests.pictures.languages import faults_of, lengthen, lengthened
from tests.pictures.scenes import Stage, speaking
from tests.pictures.texts import texts_of

SMALL = (1024, 600)
DIALOG_WIDTH = 560
CHINESE = re.compile(r"[㐀-鿿]")
LATIN_RUN = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
"""Beside Chinese one word may be a name; two are none."""
LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES = re.compile(
    r"""\b(Watchkeeper|English|CPU|HTTP|CONNECT|GitHub|Matrix|Bluesky|Mastodon|Telegram|LANG|TOKEN|IMAP|XMPP|JSON|API
    |stdout|stderr|master|local|localhost|rsync|imap|feed|watchkeeper|worker|SIGKILL|Ctrl|Shift|Alt|Del|Esc|Enter|Space
    |Return|Tab|Linux|api_id|api_hash)\b""",
    re.VERBOSE,
)
"""Words that are the same in every language: names, keys, units, commands."""
DATA = re.compile(
    r"""
    [\w.+-]+@[\w.-]+ | https?://\S+ | [\w-]+(\.[\w-]+)*\.(example|org)(:\d+)? |
    (?<!\w)/?[\w.-]+(/[\w.-]+)+ | (?<!\w)/\w+ | [A-Z_]+=\S+ | \\\w+[^\n]* |
    [*/\d-]+\s[*/\d-]+\s\*\s\*\s[A-Z]{3}-[A-Z]{3} |
    [\w-]+-\d+ | socks5 | x86_64 | [A-Z]{4}-[A-Z]{4} | \b[a-z]+\.json
    """,
    re.VERBOSE,
)
"""Addresses, paths, variables, patterns, expressions of time: nobody translates them."""


def english_in(words: str) -> list[str]:
    """Return the words of a text that should be Chinese and are not."""
    rest = NAMES.sub(" ", DATA.sub(" ", words))
    return LATIN_RUN.findall(rest) if CHINESE.search(words) else LATIN.findall(rest)


@pytest.mark.parametrize(
    "words", ["收件箱", "imap.example.org", "Ctrl+Shift+L", "/srv/watchkeeper/logs", "LANG=C.UTF-8", "CPU", "12 s"]
)
def test_data_and_names_are_no_english(words: str) -> None:
    assert english_in(words) == []


@pytest.mark.parametrize("words", ["Add account", "Monday", "3 accounts in CPU", "1 项需留意 · looked at 14:13"])
def test_sentences_and_words_of_the_window_are(words: str) -> None:
    assert english_in(words)


@pytest.fixture
def gone_wrong(qtbot: QtBot) -> QWidget:
    """A row in which nothing has the room that it needs."""
    whole = QWidget()
    qtbot.addWidget(whole)
    row = QHBoxLayout(whole)
    for widget in (QPushButton("a button with many words", whole), QLabel("a label with many words", whole)):
        widget.setFixedWidth(60)
        row.addWidget(widget)
    QLabel("outside", whole).move(2000, 0)
    whole.resize(300, 80)
    whole.show()
    return whole


def test_cut_words_and_what_stands_outside_are_found(gone_wrong: QWidget) -> None:
    found = " ".join(faults_of(gone_wrong))
    assert "'a button with many words' needs" in found
    assert "'a label with many words' needs" in found
    assert "outside of the window" in found


def test_longer_words_keep_what_is_filled_in() -> None:
    assert lengthen("{name} was started") == "{name} wass startedted"
    assert lengthen("%n account(s) in <b>all</b>").startswith("%n accountunt(s) ")
    assert "<b>" in lengthen("%n account(s) in <b>all</b>")


def test_no_text_hides_in_an_f_string_where_the_catalogue_does_not_look() -> None:
    found = [
        f"{path}:{whole.lineno} {ast.unparse(part)}"
        for path in sorted((ROOT / "desktop").rglob("*.py"))
        for whole in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for part in ast.walk(whole)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("tr", "translate")
    ]
    assert found == []


class Look:
    """Collects what is wrong on a walk."""

    def __init__(self, stage: Stage, *, english: bool) -> None:
        self._stage, self._english = stage, english
        self.faults: dict[str, str] = {}
        self._seen = False

    def __call__(self, name: str, shown: QWidget) -> None:
        for fault in faults_of(shown):
            self.faults.setdefault(fault, f"{name}: {fault}")
        window = self._stage.window
        if (window.width(), window.height()) != SMALL:
            self.faults.setdefault("size", f"{name}: the window is {window.width()} x {window.height()}")
        if name.startswith("dialog-") and shown.width() > DIALOG_WIDTH:
            self.faults[name] = f"{name}: {shown.width()} dots wide"
        if self._english:
            return
        page = window.current if shown is window and self._seen else shown  # the other pages have scenes of their own
        self._seen = True
        for where, words in texts_of(page or shown):
            if "LogTa" not in where and english_in(words):  # the log is written in English
                self.faults.setdefault(words, f"{name}: {words!r} ({where})")


def test_chinese_has_no_english_in_it_and_room_in_a_small_window(qapp: QApplication) -> None:
    with speaking(qapp, "zh_CN"), staged(qapp) as make:
        stage = make("zh_CN", size=SMALL)
        look = Look(stage, english=False)
        stage.walk(look)
    assert list(look.faults.values()) == []


def test_longer_words_have_room_in_a_small_window(qapp: QApplication) -> None:
    with speaking(qapp, "en") as english, staged(qapp) as make, lengthened(qapp, english):
        stage = make(size=SMALL)
        look = Look(stage, english=True)
        stage.walk(look)
    assert list(look.faults.values()) == []

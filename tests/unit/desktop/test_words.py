"""Words: texts by code, faces of states, spans; and the catalogues are complete."""

import asyncio
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from datetime import datetime
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from desktop.views.accounts import AccountsPage
from desktop.words import Wording, choose_language, install_translators
from tests.unit.desktop.fakes import DEMO, NOW, make_account, make_context, make_worker
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import Text, text

CATALOGUES = Path(str(resources.files("resources.translations")))


def messages(language: str) -> list[tuple[str, ElementTree.Element]]:
    return read(CATALOGUES / f"watchkeeper_{language}.ts")


def keys(found: list[tuple[str, ElementTree.Element]]) -> set[tuple[str, str, str | None]]:
    return {(context, one.findtext("source", ""), one.get("numerus")) for context, one in found}


def read(path: Path) -> list[tuple[str, ElementTree.Element]]:
    root = ElementTree.parse(path).getroot()
    return [(context.findtext("name", ""), one) for context in root.iter("context") for one in context.iter("message")]


def test_a_text_is_said_by_code_and_so_are_its_parameters(qapp: QApplication) -> None:
    words = text("assign_took_over", worker="local-1", cause="crashed")
    assert Wording("en").say(words) == "took over from local-1 (crashed)"
    assert Wording("zh_CN").say(words) == "从 local-1 接管（已崩溃）"


def test_what_no_table_knows_is_said_in_english(qapp: QApplication) -> None:
    wording = Wording("zh_CN")
    assert wording.say(Text(code="of_a_plugin", message="It rains.")) == "It rains."
    assert wording.say(Text(code="of_a_plugin")) == "of_a_plugin"
    assert wording.say(Text(code="dns_failed", params={}, message="No host.")) == "No host."
    wording.learn([msgspec.structs.replace(DEMO, texts={"of_a_plugin": {"en": "It rains.", "zh_CN": "下雨。"}})])
    assert wording.say(Text(code="of_a_plugin", message="It rains.")) == "下雨。"
    assert wording.say(None) == ""


def test_spans_take_their_largest_unit(qapp: QApplication) -> None:
    wording = Wording("en")
    assert [wording.span(s) for s in (0, 4, 59.9, 60, 3599, 7200, 86_400 * 5)] == [
        "0 s", "4 s", "59 s", "1 min", "59 min", "2 h", "5 d",
    ]  # fmt: skip
    assert wording.ago(None, NOW) == "–"
    assert wording.ago(NOW - 200, NOW) == "now"
    assert wording.ago(NOW + 5000, NOW) == "now"


@pytest.mark.parametrize(("language", "day"), [("en", "Mon\u00a02026-11-23"), ("zh_CN", "周\u2060一\u00a02026/11/23")])
def test_a_moment_with_its_day_breaks_over_no_two_lines(language: str, day: str, qapp: QApplication) -> None:
    at = int(datetime(2026, 11, 23, 3, 5).astimezone().timestamp() * 1000)
    assert Wording(language).weekday_moment(at) == f"{day}\u00a003:05"


def test_every_state_has_a_shape_of_its_own_level(qapp: QApplication) -> None:
    wording = Wording("en")
    faces = {state: wording.account_face(make_account(state=state)) for state in AccountState}
    assert len({face.word for face in faces.values()}) == len(AccountState)
    by_level = {(face.level, face.shape) for face in faces.values()}
    assert {("ok", "dot"), ("warn", "triangle"), ("bad", "cross"), ("idle", "bars"), ("idle", "ring")} == by_level
    unassigned = make_account(state=AccountState.PENDING, worker_id=None)
    assert wording.account_face(unassigned).word == "Unassigned"
    assert wording.account_face(make_account(checking=True)).word == "Checking"
    assert wording.account_face(make_account(checking=True, state=AccountState.UNREACHABLE)).word == "Can't reach"


def test_a_worker_says_when_it_restarts_and_when_it_is_too_full(qapp: QApplication) -> None:
    wording = Wording("en")
    crashed = make_worker(status=WorkerState.CRASHED, restart_at=NOW + 1900, online=False)
    assert wording.worker_face(crashed, NOW).word == "Restarting in 2 s"
    assert wording.worker_face(make_worker(assigned_accounts=9, max_accounts=5), NOW).word == "Over capacity"
    assert wording.worker_face(make_worker(online=False), NOW).level == "warn"
    assert {wording.worker_face(make_worker(status=state), NOW).word for state in WorkerState} == {
        "Stopped", "Starting", "Running", "Stopping", "Crashed", "Gave up",
    }  # fmt: skip


def test_the_language_is_one_that_exists() -> None:
    assert choose_language("zh_CN") == "zh_CN"
    assert choose_language("system") in {"en", "zh_CN"}


def test_nothing_is_untranslated() -> None:
    for context, message in messages("zh_CN"):
        source = message.findtext("source", "")
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, (context, source)
        said = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
        for one in said:
            assert one.strip(), (context, source)
            assert set(re.findall(r"{\w+}|%n", one)) == set(re.findall(r"{\w+}|%n", source)), (context, source)


def test_english_has_both_plurals_and_no_other_text() -> None:
    for context, message in messages("en"):
        forms = [form.text for form in message.iter("numerusform")]
        assert len(forms) == 2, (context, message.findtext("source"))
        assert all(forms)
        assert not any("(s)" in (form or "") for form in forms)


@pytest.mark.parametrize(("language", "options"), [("zh_CN", []), ("en", ["-pluralonly"])])
async def test_lupdate_finds_nothing_new(tmp_path: Path, language: str, options: list[str]) -> None:
    lupdate = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))
    if lupdate is None:
        pytest.skip("pyside6-lupdate is not installed beside this Python")
    catalogue = tmp_path / f"watchkeeper_{language}.ts"
    shutil.copy(CATALOGUES / catalogue.name, catalogue)
    process = await asyncio.create_subprocess_exec(
        lupdate, "-no-obsolete", "-locations", "none", "-extensions", "py", *options, "desktop", "-ts", str(catalogue),
        cwd=CATALOGUES.parent.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    assert keys(messages(language)) == keys(read(catalogue))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_compiled_catalogue_is_that_of_the_source(qapp: QApplication, language: str) -> None:
    loaded = install_translators(qapp, language)
    try:
        for context, message in messages(language):
            forms = [form.text for form in message.iter("numerusform")]
            source = message.findtext("source", "")
            if forms:
                for count, form in ((1, forms[0]), (5, forms[-1])):
                    said = QCoreApplication.translate(context, source, None, count)
                    assert said == (form or "").replace("%n", str(count)), context
            else:
                assert QCoreApplication.translate(context, source) == message.findtext("translation"), context
    finally:
        for one in loaded:
            qapp.removeTranslator(one)


def test_texts_of_a_base_class_are_translated_in_its_children(qapp: QApplication) -> None:
    loaded = install_translators(qapp, "zh_CN")
    try:
        context = make_context(qapp, "zh_CN")
        page = AccountsPage(context)
        page.show_failure("x", "y")
        assert page._error.button.text() == "重试"
        assert page.title == "账户"
        page.deleteLater()
        context.models.close()
    finally:
        for one in loaded:
            qapp.removeTranslator(one)

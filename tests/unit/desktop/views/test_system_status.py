"""System status: both machines, what is wrong first, what buttons do, the self-test, and the support bundle."""

import dataclasses
import logging
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.bundle_dialog import BundleDialog
from desktop.dialogs.context import Context
from desktop.integration.recent_lines import keep_recent_lines
from desktop.tasks import Tasks
from desktop.views.system_status import SystemStatusSection
from master.api.client import ApiError
from master.api.diagnostics import Bundle, BundlePart, PlaceSize, SelfTest, SystemFacts, SystemReport
from master.api.results import StepResult, finding
from tests.helpers.deadlines import until
from tests.unit.desktop.fakes import NOW, FakeClient
from worker.protocol.texts import text

FACTS = SystemFacts(
    version="0.1.0", python="3.11.7", system="Linux-6.1", machine="x86_64", packaged=False, profile="/tmp/p",
    address="http://127.0.0.1:3000", pid=1, started_at=NOW, uptime=3700.0, memory_bytes=70_000_000,
    disk_free_bytes=5_000_000_000, disk_total_bytes=9_000_000_000, sizes=[PlaceSize(place="logs", bytes=2_000_000)],
    tasks=["tick"], libraries={"aiohttp": "3"},
)  # fmt: skip
CHECKS = [
    finding("clock", "ok", "doctor_clock_ok"),
    finding(
        "profile", "warn", "doctor_profile_open", advice="doctor_profile_open_do", command="chmod 700 /tmp/p", path="/p"
    ),
    finding("workers", "bad", "doctor_workers_none", advice="doctor_workers_down_do", remedy="show_workers"),
]
BUNDLE = Bundle(
    at=NOW,
    parts=[
        BundlePart(name="README.txt", about=text("bundle_readme"), content="what this is\n"),
        BundlePart(name="log.txt", about=text("bundle_log", count=1), content="a line\n"),
    ],
)


@pytest.fixture
def client_(client: FakeClient) -> FakeClient:
    client.answers["system"] = SystemReport(at=NOW, checks=CHECKS, facts=FACTS)
    client.answers["selftest"] = SelfTest(state="never")
    client.answers["bundle"] = BUNDLE
    return client


@pytest.fixture
async def waiting(context: Context) -> AsyncIterator[Context]:
    """A context whose requests may wait."""
    tasks = Tasks()
    yield dataclasses.replace(context, run=tasks.run)
    await tasks.close()


@pytest.fixture
async def section(waiting: Context, client_: FakeClient, qtbot: QtBot) -> SystemStatusSection:
    section = SystemStatusSection(waiting)
    qtbot.addWidget(section)
    section.shown()
    await until(lambda: section.report is not None and section.again_button.isEnabled())
    return section


async def test_what_is_wrong_stands_first_and_in_the_sentence(section):
    assert list(section.master_lines.lines) == ["workers", "profile", "clock"]
    pill, said = section.master_lines.lines["workers"]
    assert pill.accessibleName() == "Workers: Wrong"
    assert said.text() == "No worker runs, so nothing is checked."
    assert "1 thing(s) wrong" in section.sentence.text()
    assert {"display", "libraries"} <= set(section.window_lines.lines)


async def test_facts_are_shown(section):
    values = {name: label.text() for name, label in section.facts.values.items()}
    assert values["uptime"] == "1 h"
    assert values["sizes"] == "logs 2.0 MB"
    assert "stopped in order" in values["recovery"]


async def test_buttons_lead_to_where_it_is_mended(section, qtbot):
    by_name = {button.accessibleName(): button for button in section.master_lines.buttons}
    with qtbot.waitSignal(section.page_wanted) as wanted:
        by_name["Workers: Show workers"].click()
    assert wanted.args == ["workers"]
    with qtbot.waitSignal(section.notice):
        by_name["Profile folder: Copy the command"].click()
    assert QApplication.clipboard().text() == "chmod 700 /tmp/p"


async def test_a_master_that_refuses_is_told_and_asked_again(section, client_):
    client_.errors["system"] = ApiError(0, "ERR_UNREACHABLE", "nobody answers")
    section.again_button.click()
    await until(lambda: section.problem.words != "")
    assert section.again_button.isEnabled()
    client_.errors.clear()
    section.again_button.click()
    await until(lambda: section.problem.words == "")


async def test_the_self_test_runs_and_says_what_it_found(section, client_):
    client_.answers["start_selftest"] = client_.answers["selftest"] = SelfTest(state="running", started_at=NOW)
    section.selftest_button.click()
    await until(lambda: section.selftest.running)
    assert not section.selftest_button.isEnabled()
    steps = [StepResult(name="master started", passed=True, milliseconds=12), StepResult(
        name="job run", passed=False, milliseconds=3, message="exit 1")]  # fmt: skip
    client_.answers["selftest"] = SelfTest(state="failed", started_at=NOW, ended_at=NOW + 9, steps=steps)
    section.tick()
    await until(lambda: not section.selftest.running)
    assert section.selftest.pill.accessibleName() == "Failed"
    assert section.selftest.words.text().startswith("1 of 2 steps passed")
    assert "✗ job run · 3 ms exit 1" in section.selftest.steps.text()
    assert section.selftest_button.isEnabled()


async def test_the_bundle_is_shown_before_it_is_saved(waiting, client_, qtbot, tmp_path: Path):
    keep_recent_lines()
    logging.getLogger("watchkeeper.desktop").info("a line of the window")
    dialog = BundleDialog(waiting)
    qtbot.addWidget(dialog)
    dialog.open()
    await until(lambda: dialog.bundle is not None)
    assert [dialog.files.item(row).text() for row in range(dialog.files.count())] == ["README.txt", "log.txt"]
    assert dialog.preview.toPlainText() == "what this is\n"
    dialog.files.setCurrentRow(1)
    assert dialog.preview.toPlainText() == "a line\n"
    (request,), _ = client_.called("bundle")[0]
    assert any("a line of the window" in line for line in request.lines)
    assert request.facts["setting language"] == "system"
    dialog.save(tmp_path / "none" / "b.zip")
    await until(lambda: "cannot be written" in dialog.problem)
    dialog.save(tmp_path / "b.zip")
    await until(lambda: dialog.gone)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("log.txt") == b"a line\n"

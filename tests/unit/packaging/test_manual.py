"""Manual pages and completions are those of the command line as it is, and shells and readers take them."""

import shutil
import subprocess

import make_manual
import pytest

MADE = make_manual.files()
PAGES = sorted(path for path in MADE if path.parent == make_manual.MAN)


def test_what_is_kept_is_what_is_made():
    kept = {path for folder in (make_manual.MAN, make_manual.COMPLETIONS) for path in folder.iterdir()}
    again = "run `python packaging/make_manual.py`"
    assert {path.name for path in kept} == {path.name for path in MADE}, again
    assert [path.name for path in MADE if path.read_text("utf-8") != MADE[path]] == [], again


def test_the_page_of_all_has_what_people_look_for():
    page = MADE[make_manual.MAN / "watchkeeper.1"]
    titles = [line for line in page.splitlines() if line.startswith(".SH")]
    wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", '"EXIT STATUS"', "FILES", "ENVIRONMENT"]
    assert titles == [f".SH {title}" for title in [*wanted, "EXAMPLES", '"SEE ALSO"']]
    assert r"\fBwatchkeeper\-accounts\fP(1)" in page
    assert r"\-\-profile" in page


def test_a_page_of_a_command_has_each_verb_with_its_own_options_alone():
    page = MADE[make_manual.MAN / "watchkeeper-jobs.1"]
    assert {".SS run", ".SS output", ".SS cancel"} <= set(page.splitlines())
    assert r"\-\-time\-limit" in page
    assert r"\-\-passphrase\-file" not in page


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="needs mandoc")
def test_the_pages_are_without_fault():
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *map(str, PAGES)], capture_output=True, text=True, timeout=60
    )
    faults = [line for line in (done.stdout + done.stderr).splitlines() if "longer than 80 bytes" not in line]
    assert faults == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_pages_are_set_without_a_warning():
    done = subprocess.run(
        ["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-z", *map(str, PAGES)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""

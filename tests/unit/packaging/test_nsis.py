"""The setup program's script: both languages say everything; that it installs is shown in ``tests/frozen``."""

import re
from pathlib import Path

from desktop.integration.autostart import NAME, RunKey
from desktop.integration.url_schemes import ClassesScheme
from makers import nsis
from makers.winget import EXITS, UNINSTALL
from master.services.update_sources import MARKER
from tests.architecture.rules import ROOT

FOLDER = ROOT / "packaging" / "windows"
SCRIPT = (FOLDER / "watchkeeper.nsi").read_text("utf-8")
TEXTS = (FOLDER / "texts.nsh").read_text("utf-8")


def test_every_text_is_there_in_both_languages_and_used() -> None:
    said = re.findall(r'^LangString (\w+) \$\{LANG_(\w+)\} "(.+)"$', TEXTS, re.MULTILINE)
    names = {name for name, _, _ in said}
    assert {(name, language) for name, language, _ in said} == {
        (name, language) for name in names for language in ("ENGLISH", "SIMPCHINESE")
    }
    assert names == set(re.findall(r"\$\((\w+)\)", SCRIPT))
    variables = {
        (name, language): sorted(re.findall(r"\$\w+|\$\{\w+\}", text, re.ASCII)) for name, language, text in said
    }
    for name in names:
        assert variables[name, "ENGLISH"] == variables[name, "SIMPCHINESE"], name


def test_the_registry_is_written_where_the_program_looks() -> None:
    assert f'"{ClassesScheme.KEY}"' in SCRIPT
    assert r'"${SCHEME_KEY}\shell\open\command"' in SCRIPT
    assert rf"{ClassesScheme.KEY}\shell\open\command" == ClassesScheme.COMMAND
    assert f'"{RunKey.RUN}"' in SCRIPT
    assert f'"{RunKey.APPROVED}"' in SCRIPT
    assert f'!define NAME "{NAME}"' in SCRIPT
    assert NAME == UNINSTALL
    assert f"\\{MARKER}" in SCRIPT


def test_exit_codes_are_those_that_winget_is_told() -> None:
    codes = {int(code) for code in re.findall(r"^!define EXIT_\w+ (\d+)", SCRIPT, re.MULTILINE)}
    assert codes == set(EXITS)


def test_nothing_is_deleted_but_what_setup_brought() -> None:
    deleted = re.findall(r'RMDir /r "([^"]+)"', SCRIPT)
    allowed = {r"${NEW}", r"${OLD}", r"$INSTDIR\_internal", r"$INSTDIR\$R0", r"$INSTDIR\$R2", r"$LOCALAPPDATA\${NAME}"}
    assert set(deleted) == allowed


def test_the_size_is_counted_in_kibibytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(bytes(5000))
    (tmp_path / "c").write_bytes(bytes(200))
    assert nsis.size_kb(tmp_path) == 5

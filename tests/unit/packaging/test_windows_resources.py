"""What executables for Windows carry: version, manifest, icon."""

import ast
import runpy
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktop.integration import app_ids
from makers import windows_resources
from makers.contexts import IDENTIFIER
from makers.windows_resources import ICON, MANIFEST, PROGRAMS, four_numbers, three_numbers, version_file, version_text
from tests.architecture.rules import ROOT


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.2.3", (1, 2, 3, 65535)),
        ("1.2", (1, 2, 0, 65535)),
        ("1.2.3.dev4", (1, 2, 3, 4)),
        ("1.2.3rc1", (1, 2, 3, 1)),
        ("0.1.0.dev", (0, 1, 0, 0)),
    ],
)
def test_versions_in_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert four_numbers(version) == numbers


def test_a_release_follows_what_led_to_it() -> None:
    assert four_numbers("1.2.3.dev4") < four_numbers("1.2.3rc5") < four_numbers("1.2.3") < four_numbers("1.2.4.dev1")
    assert three_numbers("1.2.3.dev4") == "1.2.3"


@pytest.mark.parametrize("version", ["1.2.3.4", "70000.1", "dev", "1.2.70000"])
def test_what_windows_cannot_be_told(version: str) -> None:
    with pytest.raises(ValueError, match="cannot be told to Windows"):
        four_numbers(version)


def test_what_the_windows_installer_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="Windows Installer"):
        three_numbers("300.0.0")


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_version_resource_is_what_pyinstaller_reads(program: str, tmp_path: Path) -> None:
    path = version_file("1.2.3", program, tmp_path)
    assert path.read_text("utf-8") == version_text("1.2.3", program)
    tree = ast.parse(path.read_text("utf-8"), mode="eval").body
    assert isinstance(tree, ast.Call)
    texts = {
        ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1])
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "StringStruct"
    }
    assert texts["OriginalFilename"] == f"{program}.exe"
    assert texts["FileVersion"] == texts["ProductVersion"] == "1.2.3"
    assert texts["FileDescription"].startswith("Watchkeeper")


def test_the_manifest_asks_for_what_the_program_needs() -> None:
    tree = ElementTree.parse(MANIFEST)
    found = {element.tag.rpartition("}")[2]: element for element in tree.iter()}
    assert found["longPathAware"].text == "true"
    assert (found["dpiAwareness"].text or "").split(",")[0] == "PerMonitorV2"
    assert found["activeCodePage"].text == "UTF-8"
    assert found["requestedExecutionLevel"].attrib == {"level": "asInvoker", "uiAccess": "false"}
    identities = [element.attrib["name"] for element in tree.iter() if element.tag.endswith("assemblyIdentity")]
    assert identities == [IDENTIFIER, "Microsoft.Windows.Common-Controls"]


def test_the_program_and_its_shortcut_carry_one_identifier() -> None:
    assert app_ids.IDENTIFIER == IDENTIFIER


def test_the_icon_has_every_size_and_is_made_of_the_mark() -> None:
    content = ICON.read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", content)
    assert (reserved, kind) == (0, 1)
    sizes = [content[6 + 16 * number] or 256 for number in range(count)]
    made = runpy.run_path(str(ROOT / "packaging" / "windows" / "make_icon.py"))
    assert sorted(sizes) == sorted(made["SIZES"])
    assert made["ICON"] == windows_resources.ICON

"""The source of the package for the Windows Installer; that it installs is shown in ``tests/frozen``."""

import uuid
from pathlib import Path
from xml.etree import ElementTree

import pytest

from makers import msis, nsis
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

WIX = "{http://schemas.microsoft.com/wix/2006/wi}"
VERSION = "1.2.3"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The files of a program, without a program."""
    folder = tmp_path / "bundle"
    for place in (
        *("watchkeeper.exe", "watchkeeper-cli.exe", "_internal/a & b.txt", "_internal/deep/c.pyd"),
        f"keeper-{VERSION}/watchkeeper-keeper.exe",
    ):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(place)
    return folder


def elements(document: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(document).iter(f"{WIX}{name}"))


def test_every_file_is_a_component_of_the_feature(bundle: Path) -> None:
    document = msis.document(VERSION, bundle)
    sources = [element.attrib["Source"] for element in elements(document, "File")]
    assert sorted(sources) == [
        *("managed-by.txt", "program/_internal/a & b.txt", "program/_internal/deep/c.pyd"),
        f"program/keeper-{VERSION}/watchkeeper-keeper.exe",
        *("program/watchkeeper-cli.exe", "program/watchkeeper.exe"),
    ]
    components = [element.attrib["Id"] for element in elements(document, "Component")]
    assert sorted(components) == sorted(element.attrib["Id"] for element in elements(document, "ComponentRef"))
    ids = [element.attrib["Id"] for element in ElementTree.fromstring(document).iter() if "Id" in element.attrib]
    assert all(len(one) <= 72 for one in ids)
    codes = [element.attrib["Guid"] for element in elements(document, "Component")]
    assert len({uuid.UUID(code) for code in codes}) == len(components)


def test_codes_stay_where_they_must_and_change_where_they_must(bundle: Path) -> None:
    first, second = msis.document(VERSION, bundle), msis.document("1.2.4", bundle)
    assert first == msis.document(VERSION, bundle)
    products = [elements(document, "Product")[0].attrib for document in (first, second)]
    assert products[0]["UpgradeCode"] == products[1]["UpgradeCode"]
    assert products[0]["Id"] != products[1]["Id"]
    codes = [{element.attrib["Guid"] for element in elements(document, "Component")} for document in (first, second)]
    assert codes[0] == codes[1]


def test_what_runs_is_asked_to_stop_before_files_are_replaced(bundle: Path) -> None:
    document = msis.document(VERSION, bundle)
    (action,) = elements(document, "CustomAction")
    console = next(e for e in elements(document, "File") if e.attrib["Source"] == "program/watchkeeper-cli.exe")
    assert (action.attrib["FileKey"], action.attrib["ExeCommand"]) == (console.attrib["Id"], msis.STOP)
    (custom,) = elements(document, "Custom")
    assert (custom.attrib["Action"], custom.attrib["Before"]) == (action.attrib["Id"], "InstallValidate")


def test_the_setup_program_and_the_package_ask_in_the_same_words() -> None:
    script = (ROOT / "packaging" / "windows" / "watchkeeper.nsi").read_text("utf-8")
    assert f"${{CONSOLE}}\" {msis.STOP}'" in script


@pytest.mark.parametrize("missing", ["watchkeeper-cli.exe", f"keeper-{VERSION}/watchkeeper-keeper.exe"])
def test_a_bundle_of_another_system_is_refused(bundle: Path, missing: str) -> None:
    (bundle / missing).unlink()
    context = make_context(ROOT, {"windows-bundle": str(bundle)})
    with pytest.raises(PackagingError, match=r"has no .*--set windows-bundle"):
        nsis.windows_bundle(type(context)(**{**vars(context), "version": VERSION}))

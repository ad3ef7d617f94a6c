"""What Linux desktops and shells find of the program."""

import configparser
import gzip
import re
import runpy
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.integration.deep_links import SCHEME, read_link
from desktop.views.page_table import PageTable
from makers.contexts import IDENTIFIER, PackagingError, make_context
from makers.desktop_entries import ENTRY, lay_out, metainfo, packed, service
from tests.architecture.rules import ROOT

LINUX = ROOT / "packaging" / "linux"


@pytest.fixture
def entry():
    """The desktop entry."""
    parser = configparser.RawConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names have capitals
    parser.read(LINUX / ENTRY, "utf-8")
    return parser


@pytest.fixture
def laid_out(tmp_path, monkeypatch):
    """A prefix with everything in it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    lay_out(make_context(ROOT), tmp_path / "usr", "/usr/bin/watchkeeper")
    return tmp_path / "usr"


def test_docks_join_the_window_and_its_entry(entry):
    source = (ROOT / "desktop" / "app.py").read_text()
    assert f'setDesktopFileName("{ENTRY.removesuffix(".desktop")}")' in source
    # The class of a window on X11 is the name of the application.
    assert f'setApplicationName("{entry["Desktop Entry"]["StartupWMClass"]}")' in source


def test_links_and_actions_are_understood(entry, qapp):
    main = entry["Desktop Entry"]
    assert main["MimeType"] == f"x-scheme-handler/{SCHEME};"
    assert main["Exec"] == "watchkeeper %u"
    pages = {page.name for page in PageTable().entries()}
    actions = [action for action in main["Actions"].split(";") if action]
    assert {f"Desktop Action {action}" for action in actions} == set(entry.sections()) - {"Desktop Entry"}
    for action in actions:
        section = entry[f"Desktop Action {action}"]
        program, word = section["Exec"].split()
        assert program == "watchkeeper"
        target = read_link(word)
        assert word == "demo" or (target is not None and target.kind == "page" and target.name in pages)
        assert section["Name[zh_CN]"]


def test_both_languages_say_all(entry):
    main = entry["Desktop Entry"]
    for name in ("GenericName", "Comment", "Keywords"):
        assert re.search("[\u4e00-\u9fff]", main[f"{name}[zh_CN]"])
    root = ElementTree.parse(LINUX / f"{IDENTIFIER}.metainfo.xml").getroot()
    for parent in root.iter():
        languages = [child.get("{http://www.w3.org/XML/1998/namespace}lang") for child in parent]
        if any(languages):
            assert languages.count("zh-CN") * 2 == sum(child.tag in ("p", "li", "summary") for child in parent)


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils are not installed")
def test_the_entry_is_valid():
    subprocess.run(["desktop-file-validate", LINUX / ENTRY], check=True)


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="appstream is not installed")
def test_the_metadata_are_valid(laid_out):
    path = laid_out / "share" / "metainfo" / f"{IDENTIFIER}.metainfo.xml"
    done = subprocess.run(["appstreamcli", "validate", "--no-net", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_metadata_name_this_release(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    context = replace(make_context(ROOT), version="1.2.3", settings={"homepage": "https://watchkeeper.example"})
    root = ElementTree.fromstring(metainfo(context))
    release = root.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": "1.2.3", "date": "2026-09-21", "type": "stable"}
    assert root.findtext("url[@type='homepage']") == "https://watchkeeper.example"
    assert root.findtext("launchable") == ENTRY
    early = ElementTree.fromstring(metainfo(replace(context, version="1.3.0rc1"))).find("releases/release")
    assert early is not None
    assert early.get("type") == "development"


def test_everything_lies_where_it_is_looked_for(laid_out):
    share = laid_out / "share"
    for size in (16, 48, 128, 512):
        icon = (share / f"icons/hicolor/{size}x{size}/apps/watchkeeper.png").read_bytes()
        assert int.from_bytes(icon[16:20]) == int.from_bytes(icon[20:24]) == size
    assert (share / "icons/hicolor/scalable/apps/watchkeeper.svg").is_file()
    assert b"currentColor" not in (share / "icons/hicolor/symbolic/apps/watchkeeper-symbolic.svg").read_bytes()
    assert (share / "applications" / ENTRY).is_file()
    assert gzip.decompress((share / "man/man1/watchkeeper.1.gz").read_bytes()).startswith(b".")
    for name in ("bash-completion/completions/watchkeeper", "zsh/vendor-completions/_watchkeeper"):
        assert (share / name).is_file()


def test_the_service_starts_what_was_installed(laid_out):
    unit = (laid_out / "lib/systemd/user/watchkeeper.service").read_text()
    assert "ExecStart=/usr/bin/watchkeeper serve\n" in unit
    assert ".local/bin" not in unit


def test_a_unit_that_starts_something_else_is_told(tmp_path):
    (tmp_path / "packaging/systemd").mkdir(parents=True)
    (tmp_path / "packaging/systemd/watchkeeper.service").write_text("[Service]\nExecStart=/opt/other\n")
    with pytest.raises(PackagingError, match="does not start"):
        service(replace(make_context(ROOT), root=tmp_path), "/usr/bin/watchkeeper")


def test_without_a_program_there_is_no_service(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    lay_out(make_context(ROOT), tmp_path)
    assert not (tmp_path / "lib").exists()


def test_icons_are_what_the_mark_makes(qapp):
    makers = runpy.run_path(str(LINUX / "make_icons.py"))
    there = {
        str(path.relative_to(makers["FOLDER"])): path.read_bytes()
        for path in Path(makers["FOLDER"]).rglob("*")
        if path.is_file()
    }
    made = makers["make"]()
    assert there.keys() == made.keys()
    assert all(there[name] == made[name] for name in made if name.endswith(".svg"))


def test_packing_is_the_same_at_every_time():
    assert packed(b"text") == packed(b"text")
    assert gzip.decompress(packed(b"text")) == b"text"

"""What is inside a package: whose each file is, whether it may be given away, and the list of it all."""

import json
import os
from dataclasses import replace

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing

from desktop.models import licences as shown
from makers import inventories, licences, sboms
from makers.contexts import PackagingError, make_context
from makers.inventories import Part
from tests.architecture.rules import ROOT

GPL = "Files: *\nCopyright: somebody\nLicense: GPL-3+\n\nLicense: GPL-3+\n words\n"


@pytest.fixture
def made(tmp_path):
    """What a builder recorded, what its environment says, and what the system's package manager answers."""
    site, base = tmp_path / "environment", tmp_path / "python"
    files = {
        "PySide6/QtCore.abi3.so": site, "aiohttp/__init__.py": site, "aiohttp/_parser.so": site,
        "aiohttp-3.dist-info/licenses/LICENSE": site, "aiohttp-3.dist-info/METADATA": site, "tzdata/Europe": site,
        "PyInstaller/loader.py": site, "pyinstaller-6.dist-info/COPYING.txt": site, "greenlet/__init__.py": site,
        "lib/python3.11/json/__init__.py": base, "lib/libpython3.11.so": base, "LICENSE.txt": base,
    }  # fmt: skip
    for name, folder in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (tmp_path / "copyright").write_text("Files: *\nLicense: LGPL-2.1+\n")

    def row(name, version, licence, *own, expression=""):
        return {
            "name": name, "version": version, "expression": expression, "licence": licence, "classifiers": [],
            "page": "", "pages": [f"Home, https://example.org/{name}"],
            "files": [os.path.realpath(site / one) for one in own],
        }  # fmt: skip

    probe = {
        "python": "3.11.7", "prefix": os.path.realpath(base), "openssl": "OpenSSL 3.0.19 27 Jan 2026",
        "sqlite": "3.40.1", "qt": "6.11.3", "cryptography_openssl": "",
        "distributions": [
            row("aiohttp", "3.14.5", "", "aiohttp/__init__.py", "aiohttp/_parser.so",
                "aiohttp-3.dist-info/licenses/LICENSE", expression="Apache-2.0 AND MIT"),
            row("PySide6_Essentials", "6.11.3", "LGPL-3.0-only OR GPL-3.0-only", "PySide6/QtCore.abi3.so"),
            row("tzdata", "2026.6", "Apache-2.0", "tzdata/Europe"),
            row("greenlet", "3.0", "MIT", "greenlet/__init__.py"),
            row("pyinstaller", "6.22.3", "GPLv2", "PyInstaller/loader.py", "pyinstaller-6.dist-info/COPYING.txt"),
        ],
    }  # fmt: skip
    found = [
        ("PySide6/QtCore.abi3.so", str(site / "PySide6/QtCore.abi3.so"), "EXTENSION"),
        ("aiohttp", str(site / "aiohttp/__init__.py"), "PYMODULE"),
        ("aiohttp/_parser.so", str(site / "aiohttp/_parser.so"), "EXTENSION"),
        ("aiohttp-3.dist-info/METADATA", str(site / "aiohttp-3.dist-info/METADATA"), "DATA"),
        ("tzdata/Europe", str(site / "tzdata/Europe"), "DATA"),
        ("loader", str(site / "PyInstaller/loader.py"), "PYMODULE"),
        ("json", str(base / "lib/python3.11/json/__init__.py"), "PYMODULE"),
        ("libpython3.11.so", str(base / "lib/libpython3.11.so"), "BINARY"),
        ("libglib-2.0.so.0", "/lib/libglib-2.0.so.0", "BINARY"),
        ("libodd.so", "/opt/libodd.so", "BINARY"),
        ("libX.so", "libX.so.1", "SYMLINK"),
    ]  # fmt: skip
    owned = {"/lib/libglib-2.0.so.0": ("libglib2.0-0", "2:74+dfsg-1", tmp_path / "copyright")}
    return inventories.sort_out(found, probe, lambda _: owned)


def named(parts, name):
    (one,) = [part for part in parts if part.name == name]
    return one


def test_every_file_has_an_owner_and_only_what_is_inside_is_listed(made):
    assert [(part.kind, part.name) for part in made] == [
        ("deb", "libglib2.0-0"), ("file", "libodd.so"), ("generic", "Lucide icons"), ("generic", "OpenSSL"),
        ("generic", "PyInstaller bootloader"), ("generic", "Qt"), ("generic", "SQLite"), ("pypi", "aiohttp"),
        ("pypi", "PySide6_Essentials"), ("pypi", "tzdata"), ("python", "CPython"),
    ]  # fmt: skip
    aiohttp = named(made, "aiohttp")
    assert aiohttp.files == ("aiohttp/_parser.so",)
    assert [path.name for path in aiohttp.texts] == ["LICENSE"]
    assert aiohttp.page == "https://example.org/aiohttp"
    assert named(made, "OpenSSL").version == "3.0.19"
    assert named(made, "CPython").files == ("libpython3.11.so",)


def test_a_table_of_the_builder_is_read(tmp_path):
    table = tmp_path / "COLLECT-00.toc"
    table.write_text("('x.pyz', [('a', '/a', 'BINARY'), ('b', None, 'OPTION')], {}, True)")
    assert inventories.rows(table) == [("a", "/a", "BINARY"), ("b", "", "OPTION")]


def test_what_is_inside_is_known_only_where_it_was_built(tmp_path):
    with pytest.raises(PackagingError, match="known only where it was built"):
        inventories.take(replace(make_context(ROOT), work=tmp_path))


def test_what_may_be_given_away_passes(made):
    assert licences.faults(made) == []
    assert licences.spdx(named(made, "libglib2.0-0")) == "LGPL-2.1-or-later"


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (
            Part(kind="pypi", name="aioimaplib", version="2", licence="GPL-3.0-only"),
            "is under GPL-3.0-only, which is not",
        ),
        (Part(kind="pypi", name="x", version="2", licence="MIT AND GPL-2.0-only"), "is not among the allowed"),
        (Part(kind="pypi", name="x", version="2"), "x names no licence"),
        (Part(kind="pypi", name="x", version="2", licence="MIT"), "x brings no text of its licence, MIT"),
        (Part(kind="deb", name="libreadline8", version="8", files=("libreadline.so.8",)), "leave it out"),
        (Part(kind="deb", name="libreadline8t64", version="8"), "under the GPL alone"),
    ],
)
def test_what_may_not_be_given_away_is_found(part, fault):
    (found,) = licences.faults([part])
    assert fault in found


def test_of_what_brings_no_text_there_is_a_copy():
    parts = [
        Part(kind="pypi", name="winrt-Windows.Foundation", version="3.2.1", licence="MIT"),
        Part(kind="pypi", name="shiboken6", version="6.11.3", licence="LGPL-3.0-only OR GPL-3.0-only"),
    ]
    assert licences.faults(parts) == []
    text = licences.compose(parts, ROOT)
    assert "David Lechner" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text


def test_a_package_of_the_system_is_judged_by_its_text(tmp_path):
    text = tmp_path / "copyright"
    text.write_text(GPL)
    (found,) = licences.faults([Part(kind="deb", name="libthing1", version="1", texts=(text,))])
    assert "libthing1 1 is under GPL-3.0-or-later" in found
    text.write_text(GPL.replace("GPL-3+", "BSD-3-clause or GPL-2"))
    assert licences.faults([Part(kind="deb", name="libthing1", version="1", texts=(text,))]) == []
    text.write_text("Free words without a form.")
    assert licences.spdx(Part(kind="deb", name="libthing1", version="1", texts=(text,))) == ""


def test_a_choice_is_enough_and_all_parts_count():
    assert licences.may_be_given("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
    assert licences.may_be_given("(MIT AND Zlib) OR GPL-2.0-only")
    assert not licences.may_be_given("MIT AND GPL-3.0-only")
    assert not licences.may_be_given("GPL-3.0-or-later")


def test_all_names_of_licences_are_those_of_spdx():
    known = get_spdx_licensing()
    names = {*licences.ALLOWED, *licences.SPOKEN.values(), *licences.READ.values(), *licences.LIBRARIES_OF.values()}
    for name in sorted({*names, *licences.DEBIAN.values()} - {""}):
        assert known.validate(name).errors == [], name


def test_the_texts_name_everything_and_come_once(made):
    text = licences.compose(made, ROOT)
    for part in made:
        assert f"  {part.name}" in text
    assert "https://download.qt.io/official_releases/qt/" in text
    assert "Qt 6.11.3, " in text  # with PySide6, over the text of the LGPL
    assert text.count("GNU LESSER GENERAL PUBLIC LICENSE") == 1
    assert "aiohttp-3.dist-info/licenses/LICENSE" in text
    assert "aiohttp 3.14.5: Apache-2.0 AND MIT (https://example.org/aiohttp)" in text


def test_the_window_shows_the_texts_of_the_package(made, tmp_path, monkeypatch):
    """One source: what the builder wrote is what the window shows."""
    place = tmp_path / licences.PLACE
    place.parent.mkdir()
    place.write_text(licences.compose(made, ROOT), encoding="utf-8")
    assert [one for one in shown.libraries() if one.name == shown.PACKAGE] == []
    monkeypatch.setattr(shown, "_document", lambda name: (place.parent / name).read_text(encoding="utf-8"))
    (row,) = [one for one in shown.libraries() if one.name == shown.PACKAGE]
    assert shown.text_of(row).startswith("THIRD-PARTY SOFTWARE IN THIS PACKAGE")


def test_the_list_is_valid_and_the_same_each_time(made, tmp_path):
    bundle = tmp_path / "bundle"
    for place in ("_internal/aiohttp/_parser.so", "keeper-1.4.0/_internal/libpython3.11.so"):
        (bundle / place).parent.mkdir(parents=True)
        (bundle / place).write_text(place)
    document = sboms.describe(made, "1.4.0", 1_800_000_000, bundle)
    text = json.dumps(document)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert json.dumps(sboms.describe(made, "1.4.0", 1_800_000_000, bundle)) == text
    assert document["metadata"]["timestamp"] == "2027-01-15T08:00:00Z"
    by_name = {one["name"]: one for one in document["components"]}
    assert len(by_name) == len(made)
    assert by_name["aiohttp"]["purl"] == "pkg:pypi/aiohttp@3.14.5"
    assert by_name["aiohttp"]["licenses"] == [{"expression": "Apache-2.0 AND MIT"}]
    assert by_name["PySide6_Essentials"]["purl"] == "pkg:pypi/pyside6-essentials@6.11.3"
    assert by_name["libglib2.0-0"]["purl"].startswith("pkg:deb/")
    assert "@2%3A74%2Bdfsg-1?distro=" in by_name["libglib2.0-0"]["purl"]
    assert by_name["OpenSSL"]["cpe"].startswith("cpe:2.3:a:openssl:openssl:3.0.19:")
    assert by_name["libodd.so"]["type"] == "file"
    (file,) = by_name["CPython"]["components"]
    assert file["name"] == "keeper-1.4.0/_internal/libpython3.11.so"
    assert file["hashes"][0]["alg"] == "SHA-256"
    refs = [one["bom-ref"] for one in document["components"]]
    assert len(set(refs)) == len(refs)
    assert set(document["dependencies"][0]["dependsOn"]) == set(refs)

"""What goes into the program, and how what was built comes to its place."""

import ast
import re
from dataclasses import replace
from importlib import metadata

import pytest

from makers import bundles, specs
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT
from worker.runtime.registry import find

REQUIREMENTS = """\
# made by a tool
setuptools==84.2.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
setuptools-scm==1 ; sys_platform == 'linux' \\
    --hash=sha256:cc
"""


def test_one_requirement_is_taken_with_its_hashes() -> None:
    wanted = "setuptools==84.2.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    assert bundles.entry_of(REQUIREMENTS, "setuptools") == wanted
    with pytest.raises(PackagingError, match="pip is not among the pinned requirements"):
        bundles.entry_of(REQUIREMENTS, "pip")


def test_what_was_built_takes_the_place_of_what_was_there(tmp_path) -> None:
    context = replace(
        make_context(ROOT), work=tmp_path / "build", dist=tmp_path / "dist", bundle=tmp_path / "dist/bundle/watchkeeper"
    )
    for round_ in ("first", "second"):
        fresh = context.work / "bundle" / "fresh"
        (fresh / "watchkeeper").mkdir(parents=True)
        (fresh / "watchkeeper" / "watchkeeper").write_text(round_)
        (fresh / "keeper-1.2.3").mkdir()
        (fresh / "keeper-1.2.3" / "watchkeeper-keeper").write_text(round_)
        bundles.place_keeper(fresh, "1.2.3")
        assert bundles.swap(fresh, context) == [context.bundle]
        assert (context.bundle / "watchkeeper").read_text() == round_
        assert (context.bundle / "keeper-1.2.3" / "watchkeeper-keeper").read_text() == round_
        assert not (context.work / "bundle" / bundles.OLD).exists()


def test_in_an_application_the_keeper_is_no_program_among_programs(tmp_path) -> None:
    (tmp_path / "watchkeeper").mkdir()
    (tmp_path / "Watchkeeper.app" / "Contents" / "MacOS").mkdir(parents=True)
    (tmp_path / "keeper-1.2.3").mkdir()
    bundles.place_keeper(tmp_path, "1.2.3")
    assert (tmp_path / "Watchkeeper.app" / "Contents" / "Resources" / "keeper-1.2.3").is_dir()
    assert (tmp_path / "watchkeeper" / "keeper-1.2.3").is_dir()


def test_every_plug_in_of_the_registry_goes_in() -> None:
    registry = find(demo=True)
    wanted = {("platforms", name) for name in registry.ids()} | {("runners", name) for name in registry.runner_ids()}
    assert set(specs.plugin_folders(ROOT)) == wanted


def test_what_is_read_as_a_file_goes_in() -> None:
    found = {(source.removeprefix(f"{ROOT}/"), place) for source, place in specs.own_files(ROOT)}
    for name in (
        "worker/platforms/imap/manifest.toml",
        "worker/runners/docker/manifest.toml",
        "resources/icons/app.svg",
    ):
        assert (name, name.rpartition("/")[0]) in found
    versions = [path.name for path in (ROOT / "master/store/migrations/versions").glob("r*.py")]
    assert len(versions) > 5
    for name in versions:
        assert (f"master/store/migrations/versions/{name}", "master/store/migrations/versions") in found
    assert ("master/store/migrations/env.py", "master/store/migrations") in found
    assert {("CHANGELOG.md", "resources"), ("LICENSE", "resources")} <= found
    assert not [name for name, _ in found if name.endswith(".py") and "migrations" not in name]
    assert not [name for name, _ in found if "__pycache__" in name]


def test_what_only_compiled_code_imports_on_windows_goes_in() -> None:
    """Each library of Windows that notifications ask for is imported by their source, or named."""
    library = metadata.distribution("desktop-notifier")
    source = ast.parse(library.read_text("../desktop_notifier/backends/winrt.py") or "")
    seen = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}
    asked = {
        match[0].replace("-", ".").lower()
        for line in library.requires or ()
        if (match := re.match(r"winrt-windows[\w.-]+", line, re.IGNORECASE))
    }
    assert len(asked) > 3
    assert asked - seen == {*specs.IMPORTED_BY_COMPILED["win32"]}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/lib/libQt6Qml.so.6", False),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6\\plugins\\imageformats\\qtiff.dll", False),
        ("PySide6/plugins/imageformats/qsvg.dll", True),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("resources/translations/watchkeeper_zh_CN.qm", True),
        ("selectolax/lexbor.c", False),
        ("libicudata.so.73", True),
        ("tzdata/zoneinfo/Asia/Shanghai", True),
    ],
)
def test_what_analysis_found_is_kept_or_not(name, kept) -> None:
    assert specs.wanted(name) is kept

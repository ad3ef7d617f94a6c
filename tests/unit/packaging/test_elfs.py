"""Libraries that nobody needs any more are found, also when they only needed each other."""

import shutil
from pathlib import Path

import pytest

from makers.contexts import make_context
from makers.elfs import elf_files, slim, unneeded
from tests.architecture.rules import ROOT


def test_what_only_the_gone_needed_goes_too() -> None:
    files = {
        Path("/b/watchkeeper"): {"libz.so.1"},
        Path("/b/_internal/libpython3.11.so.1.0"): {"libc.so.6"},
        Path("/b/_internal/libz.so.1"): set[str](),
        Path("/b/_internal/libgtk-3.so.0"): {"libgio-2.0.so.0"},
        Path("/b/_internal/libgio-2.0.so.0"): {"libmount.so.1"},
        Path("/b/_internal/libmount.so.1"): set[str](),
        Path("/b/_internal/aiohttp/_http_parser.cpython-311-x86_64-linux-gnu.so"): {"libffi.so.8"},
        Path("/b/_internal/libffi.so.8"): set[str](),
        Path("/b/_internal/PySide6/Qt/plugins/platforms/libqxcb.so"): {"libQt6XcbQpa.so.6"},
        Path("/b/_internal/PySide6/Qt/lib/libQt6XcbQpa.so.6"): set[str](),
        Path("/b/_internal/PySide6/QtCore.abi3.so"): {"libpyside6.abi3.so.6.11"},
        Path("/b/_internal/PySide6/libpyside6.abi3.so.6.11"): set[str](),
    }
    gone = ["libgtk-3.so.0", "libgio-2.0.so.0", "libmount.so.1"]
    assert [path.name for path in unneeded(files)] == gone


@pytest.mark.skipif(shutil.which("objdump") is None, reason="binutils is not installed")
def test_what_stays_still_runs_and_links_to_what_is_gone_go_too(tmp_path) -> None:
    true = shutil.which("true")
    assert true is not None
    program, library = tmp_path / "true", tmp_path / "inner" / "libalone.so.1"
    shutil.copy(true, program)
    library.parent.mkdir()
    shutil.copy(true, library)
    (tmp_path / "libalone.so.1").symlink_to("inner/libalone.so.1")
    (tmp_path / "notes.txt").write_text("no program")
    context = make_context(ROOT)
    slim(context, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inner", "notes.txt", "true"]
    assert list(elf_files(tmp_path)) == [program]
    context.run(program)

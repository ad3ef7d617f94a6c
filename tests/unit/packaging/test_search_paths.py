"""Where programs look for their libraries."""

import shutil
import subprocess
import sys

import pytest

from makers import search_paths

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="programs are compiled with cc, on Linux"
)


@pytest.fixture
def program(tmp_path):
    """Return a function that compiles a program whose loader looks for libraries in a list of folders."""
    source = tmp_path / "main.c"
    source.write_text('#include <stdio.h>\nint main(void) { puts("runs"); return 0; }\n')

    def compiled(paths, *options):
        target = tmp_path / "folder" / "program"
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cc", source, "-o", target, *options, f"-Wl,-rpath,{paths}"], check=True)
        return target

    return compiled


@pytest.mark.parametrize("options", [(), ("-Wl,--disable-new-dtags",)])
def test_folders_of_the_builder_go_and_the_program_runs(program, options):
    made = program("/builder/lib", *options)
    assert search_paths.search_paths(made.read_bytes()) == ["/builder/lib"]
    assert search_paths.forget_paths(made.parent) == [made]
    assert search_paths.search_paths(made.read_bytes()) == []
    assert subprocess.run([made], capture_output=True, text=True, check=True).stdout == "runs\n"
    assert search_paths.forget_paths(made.parent) == []


def test_folders_beside_the_program_stay(program):
    made = program("$ORIGIN/../lib")
    assert search_paths.forget_paths(made.parent) == []
    assert search_paths.search_paths(made.read_bytes()) == ["$ORIGIN/../lib"]


def test_what_is_no_program_of_ours_is_left_alone(tmp_path):
    (tmp_path / "text").write_text("\x7fELF")  # as long as a head is not
    (tmp_path / "link").symlink_to("text")
    assert search_paths.forget_paths(tmp_path) == []


def test_a_program_without_a_loader_stays(program):
    made = program("/builder/lib", "-static")
    assert search_paths.search_paths(made.read_bytes()) == []
    assert search_paths.forget_paths(made.parent) == []

"""The files stand where they should and say nothing that they should not."""

import pytest

from tests.architecture import tree
from tests.architecture.rules import ROOT


def test_the_top_level_is_that_of_the_plan():
    assert tree.top_level(ROOT) == []


def test_no_file_names_a_registry_or_a_machine():
    assert tree.forbidden_words(ROOT) == []


@pytest.fixture
def copy(tmp_path):
    """A tree with everything that must stand at the top."""
    for folder in tree.TOP_FOLDERS:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").touch()
    for file in tree.TOP_FILES:
        (tmp_path / file).touch()
    return tmp_path


def test_strange_and_missing_files_are_found(copy):
    assert tree.top_level(copy) == []
    (copy / "notes.md").touch()
    (copy / "scripts").mkdir()
    (copy / "scripts" / "a.sh").touch()
    (copy / "LICENSE").unlink()
    assert tree.top_level(copy) == ["notes.md stands at the top", "scripts stands at the top", "LICENSE is missing"]


def test_what_was_made_is_not_of_the_source_where_git_does_not_tell(copy):
    (copy / ".gitignore").write_text("dist/\n*.log\n")
    (copy / "dist" / "deep").mkdir(parents=True)
    (copy / "dist" / "deep" / "a.txt").touch()
    (copy / "run.log").touch()
    assert tree.top_level(copy) == []


@pytest.mark.parametrize(
    "line",
    [
        f"index = https://{tree.REGISTRIES[0]}/simple",
        f"image: {tree.REGISTRIES[4]}/somebody/thing",
        *(f"see {place}/thing" for place in ("/wo" + "rk/a", "/ro" + "ot/.cache", "/ho" + "me/ada")),
        "C:" + "\\Users\\ada",
        "/Us" + "ers/ada/Library",
    ],
)
def test_forbidden_words_are_found(copy, line):
    (copy / "README.md").write_text(f"first\n{line}\n")
    (fault,) = tree.forbidden_words(copy)
    assert fault.startswith("README.md:2 names")


def test_ordinary_paths_are_not_found(copy):
    (copy / "README.md").write_text("/usr/sbin/x /tmp/work/a https://example.org/home/ada/x ~/root/b tests/root/c")
    assert tree.forbidden_words(copy) == []

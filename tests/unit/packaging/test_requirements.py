"""The lists of what a computer without a screen needs: made from the imports, complete, pinned as everything is."""

import functools
import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest

from makers import requirements
from makers.contexts import PackagingError
from tests.architecture.rules import ROOT

WINDOW = {"pyside6-essentials", "shiboken6", "qasync", "desktop-notifier", "dbus-fast"}
MASTER = {"sqlalchemy", "alembic", "keyring", "secretstorage", "cryptography", "click", "prometheus-client", "cronsim"}


def entries_of(name: str) -> list[tuple[str, str]]:
    """Return what a list has: names and versions; some systems have a version of their own."""
    text = requirements.place(ROOT, name).read_text("utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9-]*)==([^ ;]+)", text, re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Return what a list has: name → version."""
    return dict(entries_of(name))


@functools.cache
def wanted(name: str) -> frozenset[str]:
    """Return what the project itself asks for, for a list."""
    return frozenset(requirements.normal(line) for line in requirements.needs(ROOT, name))


@pytest.fixture(params=sorted(requirements.FOLDERS))
def name(request: pytest.FixtureRequest) -> str:
    listed: str = request.param
    return listed


def test_a_list_has_what_its_folders_import(name) -> None:
    assert wanted(name) <= pins(name).keys(), "make them anew: python packaging/make_installers.py requirements"


def test_nothing_of_the_window_is_in_a_list_and_nothing_of_the_master_in_that_of_a_worker(name) -> None:
    assert not pins(name).keys() & WINDOW
    assert pins("serve").keys() >= MASTER
    assert not pins("worker").keys() & MASTER
    assert pins("worker").items() <= pins("serve").items()


def test_a_list_is_complete_and_has_nothing_that_nobody_needs(name) -> None:
    reached = set(wanted(name))
    waiting = list(reached)
    while waiting:
        distribution = waiting.pop()
        try:
            lines = requires(distribution) or []
        except PackageNotFoundError:  # of another system
            continue
        # Markers tell of systems and versions; those of extras name what nobody asked for.
        found = {requirements.normal(line) for line in lines if "extra ==" not in line}
        waiting += found - reached
        reached |= found
    listed = pins(name).keys()
    assert listed <= reached
    installed = {one for one in reached - listed if _is_installed(one)}
    assert not installed, "make them anew: python packaging/make_installers.py requirements"


def test_versions_are_those_of_the_project_and_every_file_is_known_by_its_hash(name) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = project["tool"]["uv"]["constraint-dependencies"]
    assert set(entries_of(name)) <= {tuple(line.partition(";")[0].split("==")) for line in lines}
    text = requirements.place(ROOT, name).read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(entries_of(name))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)


def test_a_library_that_is_not_declared_is_told_with_the_file_that_wants_it(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["msgspec>=0.22,<0.23"]\n')
    worker = tmp_path / "worker"
    worker.mkdir()
    (worker / "a.py").write_text("import json, msgspec.json\nfrom worker import b\nfrom . import c\n")
    assert requirements.needs(tmp_path, "worker") == ["msgspec>=0.22,<0.23"]
    (worker / "b.py").write_text("def late():\n    from leftpad.sides import left\n")
    with pytest.raises(PackagingError, match=r"worker/b\.py imports leftpad, which is no dependency"):
        requirements.needs(tmp_path, "worker")


def _is_installed(distribution: str) -> bool:
    try:
        requires(distribution)
    except PackageNotFoundError:
        return False
    return True

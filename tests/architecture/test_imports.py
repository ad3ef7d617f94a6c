"""The import contracts hold, and each of them breaks when a forbidden import is planted."""

import subprocess
import sys

import pytest

from tests.architecture.contracts import BEGIN, CIRCLES, PLATFORMS, section
from tests.architecture.rules import LAYERS, LEAF, PACKAGES, ROOT, contract_name, forbidden_to, parts

CIRCLE = ("master.api.planted_left", "master.api.planted_right")


def _lint(folder):
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_contracts_hold():
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_are_those_of_the_table():
    written = BEGIN + (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition(BEGIN)[2]
    assert written == section(), "run: python -m tests.architecture.contracts"


def test_every_layer_of_the_table_stands():
    missing = set(LAYERS) - set(parts())
    assert not missing
    assert not {name for row in LAYERS.values() for name in row} - {LEAF, *PACKAGES, *parts()}


def _source_file(root, source):
    """Return a module inside ``source``: a new one in a package, the module itself otherwise."""
    path = root.joinpath(*source.split("."))
    return (path / "planted.py", f"{source}.planted") if path.is_dir() else (path.with_suffix(".py"), source)


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory):
    """The same packages with empty modules, and every forbidden import planted."""
    root = tmp_path_factory.mktemp("skeleton")
    for package in (*PACKAGES, "resources"):
        for path in (ROOT / package).rglob("*.py"):
            copy = root / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.touch()
    for source in parts():
        path, _ = _source_file(root, source)
        path.write_text("".join(f"import {part}\n" for part in forbidden_to(source)))
    for platform in ("planted_one", "planted_two"):
        (root / "worker" / "platforms" / platform).mkdir()
        (root / "worker" / "platforms" / platform / "__init__.py").touch()
    (root / "worker/platforms/planted_one/adapter.py").write_text("import worker.platforms.planted_two\n")
    for module, other in (CIRCLE, CIRCLE[::-1]):
        root.joinpath(*module.split(".")).with_suffix(".py").write_text(f"import {other}\n")
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return root


@pytest.fixture(scope="module")
def broken(skeleton):
    """What import-linter says of the planted imports: the text of each broken contract by its name."""
    result = _lint(skeleton)
    assert result.returncode == 1, result.stdout + result.stderr
    details = result.stdout.partition("Broken contracts")[2]
    names = [*map(contract_name, parts()), PLATFORMS, CIRCLES]
    starts = sorted((details.index(f"\n{name}\n"), name) for name in names if f"\n{name}\n" in details)
    ends = [start for start, _ in starts[1:]] + [len(details)]
    return {name: details[start:end] for (start, name), end in zip(starts, ends, strict=True)}


@pytest.mark.parametrize("source", parts())
def test_every_planted_import_breaks_its_contract(skeleton, broken, source):
    _, module = _source_file(skeleton, source)
    text = broken[contract_name(source)]
    unseen = [part for part in forbidden_to(source) if f"{module} -> {part} (l." not in text]
    assert forbidden_to(source)
    assert not unseen


def test_a_platform_that_imports_another_is_found(broken):
    assert "worker.platforms.planted_one.adapter -> worker.platforms.planted_two" in broken[PLATFORMS]


def test_a_circle_is_found(broken):
    assert "No cycles are allowed in master.api." in broken[CIRCLES]

"""The window as it was kept: every page, every section of the settings, the main dialogs; four looks."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.pictures import demos, parts, references
from tests.pictures.__main__ import ROOT, run_parts

FOUR = 4
MOST_BYTES = 1_500_000


@pytest.mark.timeout(600)  # every page in four processes
def test_the_window_looks_as_it_was_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_parts("check", tmp_path, [])
    told = capfd.readouterr().out
    assert code == 0, f"{told}\nIf that is how it should look: python -m uv run python -m tests.pictures --accept"
    if told.count("skipped") == FOUR:
        pytest.skip(told)


def test_references_are_small_and_have_every_part() -> None:
    kept = {path.stem: path.stat().st_size for path in references.FOLDER.iterdir()}
    assert set(kept) == set(parts.PARTS)
    assert sum(kept.values()) <= MOST_BYTES
    scenes = [set(references.read(references.path_of(part)).maps) for part in parts.PARTS]
    assert all(one == scenes[0] for one in scenes)


def test_what_is_refused_is_written_beside_what_was_kept(tmp_path: Path) -> None:
    """One scene, against a reference that has another in its place."""
    sheet = references.read(references.path_of("en-light"))
    sheet.maps = {"logs": sheet.maps["rules"]}
    kept = tmp_path / "kept"
    references.write(sheet, references.path_of("en-light", kept))
    code = (
        "import sys; from pathlib import Path; from tests.pictures import parts; app = parts.make_app();"
        "v = parts.check(app, 'en-light', frozenset({'logs'}), Path(sys.argv[1]), Path(sys.argv[2]));"
        "print(*v.refused); sys.stdout.flush(); import os; os._exit(0)"
    )
    import os

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out"), str(kept)],
        cwd=ROOT, env=os.environ | parts.ENVIRONMENT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "en-light logs:" in done.stdout
    assert str(tmp_path / "out" / "en-light" / "logs.png") in done.stdout
    for name in ("logs.png", "logs.reference.png", "logs.difference.png"):
        assert not QImage(str(tmp_path / "out" / "en-light" / name)).isNull(), name


def test_the_readme_shows_every_picture_that_is_made() -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    made = {demos.file_name(page, part) for part, pages in demos.PICTURES.items() for page in pages}
    there = {path.name for path in (ROOT / ".github" / "images").iterdir()}
    assert made == there
    assert [name for name in sorted(made) if f".github/images/{name}" not in shown] == []

"""What a person starts shows that it works; the rule finds what is planted."""

from pathlib import Path

import pytest

from tests.architecture.progress import NOT_STARTED, without_progress
from tests.architecture.rules import ROOT

PLANTED = (
    "self.context.run(self._save())",
    "context.run(bridge.call(bridge.client.pause()))",
    "self._context.run(self._load_older())",
    "self._dialog.context.run(request)",
    "self._run(self._pause_all())",
)
INNOCENT = (
    "self.context.run(self._load())",
    "self._context.run(models.reload_accounts())",
    "working(self.context, self, self._save())",
    "self.start(self._save())",
    "self._run(self._save())\n\ndef _run(self, request):\n    working(self._context, self, request)",
)


def planted(root: Path, text: str, name: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return root


def test_every_request_of_a_person_shows_progress() -> None:
    assert without_progress(ROOT) == []


@pytest.mark.parametrize("text", PLANTED)
@pytest.mark.parametrize("folder", ["views", "dialogs"])
def test_a_request_without_it_is_found(tmp_path: Path, text: str, folder: str) -> None:
    assert len(without_progress(planted(tmp_path, text, f"desktop/{folder}/a.py"))) == 1


@pytest.mark.parametrize("text", INNOCENT)
def test_what_loads_or_shows_it_is_not(tmp_path: Path, text: str) -> None:
    assert without_progress(planted(tmp_path, text, "desktop/views/a.py")) == []


def test_what_is_excepted_is_there() -> None:
    for name, called in NOT_STARTED:
        assert f"run(self.{called}(" in (ROOT / name).read_text(encoding="utf-8"), name

"""The Debian that packages are installed into."""

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.helpers import clean_roots


@pytest.mark.skipif(sys.platform != "linux", reason="roots are made on Linux")
def test_of_two_that_make_the_same_root_both_have_it(monkeypatch, tmp_path) -> None:
    made = []

    def run(*words: str | Path) -> None:
        if words[0] == "debootstrap":
            draft = Path(words[-1])
            for name in ("usr/sbin", "etc", "proc"):
                (draft / name).mkdir(parents=True)
            made.append(draft)
        elif "useradd" in words:
            other = tmp_path / made[0].name.rpartition(".")[0]
            other.mkdir()
            (other / "usr").mkdir()

    monkeypatch.setenv("WATCHKEEPER_TEST_ROOTS", str(tmp_path))
    monkeypatch.setattr(clean_roots, "_quiet", run)
    monkeypatch.setattr(clean_roots, "_mounted", lambda *_: nullcontext())
    try:
        root = clean_roots.base_root(["some"])
    except pytest.skip.Exception as skipped:
        pytest.fail(str(skipped))
    assert list(tmp_path.iterdir()) == [root]
    assert not made[0].exists()

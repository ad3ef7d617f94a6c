"""The command line of the makers, and what each works with."""

import subprocess
import sys

import pytest

import make_installers
from makers.contexts import Context, PackagingError, make_context, read_version
from tests.architecture.rules import ROOT
from worker.version import __version__


def test_the_version_is_that_of_the_product() -> None:
    assert make_context(ROOT).version == read_version(ROOT) == __version__


def test_a_source_without_version_is_told(tmp_path) -> None:
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "version.py").write_text("PROTOCOL = 1\n")
    with pytest.raises(PackagingError, match="no line with the version"):
        read_version(tmp_path)


def test_a_program_that_fails_is_told_with_what_it_said(tmp_path) -> None:
    context = make_context(ROOT)
    assert context.run(sys.executable, "-c", "import os; print(os.environ['A'])", env={"A": "b"}) == "b\n"
    with pytest.raises(PackagingError, match=r"ended with code 3:\nout\nerr"):
        context.run(sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    with pytest.raises(PackagingError, match="cannot be run: No such file"):
        context.run(tmp_path / "nowhere")
    with pytest.raises(PackagingError, match=r"did not end within 0\.2 seconds"):
        context.run(sys.executable, "-c", "import time; time.sleep(30)", seconds=0.2)
    with pytest.raises(PackagingError, match="nowhere-at-all is missing: ask the stars"):
        context.tool("nowhere-at-all", "ask the stars")


def test_files_carry_the_time_of_the_commit_or_the_given_one(monkeypatch, tmp_path) -> None:
    clone, nothing = tmp_path / "clone", tmp_path / "nothing"
    nothing.mkdir()
    context = Context(root=clone, version="1", work=clone, dist=clone, bundle=clone / "none")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert context.epoch == 1_700_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(PackagingError, match="whole seconds"):
        _ = context.epoch
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1600000000 +0200")
    subprocess.run(["git", "init", "--quiet", clone], check=True)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "commit", "--quiet", "--allow-empty", "-m", "one"], cwd=clone, check=True)
    assert context.epoch == 1_600_000_000
    elsewhere = Context(root=nothing, version="1", work=nothing, dist=nothing, bundle=nothing / "none")
    with pytest.raises(PackagingError, match="set SOURCE_DATE_EPOCH"):
        _ = elsewhere.epoch
    with pytest.raises(PackagingError, match=r"run packaging/make_installers\.py build first"):
        elsewhere.demand_bundle()


def test_verbs_run_one_after_the_other_and_print_what_they_made(monkeypatch, capsys, tmp_path) -> None:
    done: list[tuple[str, dict[str, str]]] = []

    def make(verb: str, context: Context) -> list[object]:
        done.append((verb, dict(context.settings)))
        if verb == "msi":
            raise PackagingError("wixl is missing: apt install wixl.")
        return [tmp_path / verb]

    monkeypatch.setattr(make_installers, "make", make)
    assert make_installers.main(["tar", "deb", "--set", "url=https://x/?a=b"]) == 0
    assert done == [("tar", {"url": "https://x/?a=b"}), ("deb", {"url": "https://x/?a=b"})]
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "tar"), str(tmp_path / "deb")]
    assert make_installers.main(["msi", "tar"]) == 1
    assert capsys.readouterr().err == "make_installers: wixl is missing: apt install wixl.\n"
    assert done[-1][0] == "msi"


def test_a_verb_that_does_not_exist_is_wrong_usage(capsys) -> None:
    with pytest.raises(SystemExit):
        make_installers.main(["floppy"])
    assert "invalid choice: 'floppy'" in capsys.readouterr().err


def test_a_missing_maker_is_told(monkeypatch) -> None:
    monkeypatch.setitem(make_installers.VERBS, "floppy", ("floppies", "a disk"))
    with pytest.raises(PackagingError, match="floppy cannot be made: "):
        make_installers.make("floppy", make_context(ROOT))

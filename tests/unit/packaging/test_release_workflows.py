"""The workflow that makes releases says what exists: verbs, settings, files, jobs, secrets. It cannot be run here."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml

import make_installers
from makers import checksums, mac_signatures, tags
from makers.contexts import PackagingError, make_context
from makers.mac_infos import MINIMUM
from tests.architecture.rules import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
RELEASE = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
GONE = ("macos-11", "macos-12", "macos-13", "macos-14", "windows-2019", "ubuntu-20.04")
"""Images of GitHub that are no more."""


@pytest.fixture(scope="module")
def jobs():
    return yaml.safe_load(RELEASE)["jobs"]


def steps(jobs):
    return [step for job in jobs.values() for step in job["steps"]]


def test_every_verb_exists_and_has_its_maker():
    used = {
        verb
        for line in re.findall(r"make_installers\.py ((?:[a-z]+ ?)+)", RELEASE)
        for verb in line.split()
    }  # fmt: skip
    assert used <= set(make_installers.VERBS)
    assert {"build", "selftest", "tar", "deb", "appimage", "nsis", "msi", "dmg", "checksums", "sbom"} <= used
    assert {"winget", "homebrew", "scan", "tag"} <= used
    for verb in used:
        assert (ROOT / "packaging" / "makers" / f"{make_installers.VERBS[verb][0]}.py").is_file(), verb


def test_every_setting_is_asked_for_by_a_maker():
    makers = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "packaging" / "makers").glob("*.py"))
    settings = set(re.findall(r"--set \"?([a-z0-9-]+)=", RELEASE))
    assert settings >= {"tag", "windows-bundle", "repository", "downloads", "page"}
    for name in settings:
        asked = f'settings.get("{name}"' in makers or f'settings["{name}"]' in makers
        assert asked or re.search(rf'^[A-Z]+(: Final)? = "{name}"$', makers, re.MULTILINE), name


def test_jobs_wait_for_each_other_and_hand_on_what_the_next_one_reads(jobs):
    for job in jobs.values():
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= set(jobs)
    names = {
        step["with"]["name"] for step in steps(jobs) if str(step.get("uses", "")).startswith("actions/upload-artifact")
    }
    for step in steps(jobs):
        if str(step.get("uses", "")).startswith("actions/download-artifact"):
            wanted = step["with"].get("name") or step["with"]["pattern"].removesuffix("*")
            assert [name for name in names if name.startswith(wanted)], wanted
    # What is not signed yet is not given away.
    pattern = next(step["with"]["pattern"] for step in jobs["draft"]["steps"] if "pattern" in step.get("with", {}))
    assert not [name for name in names if name.startswith(("unsigned", "bundle")) and name.startswith(pattern[:-1])]


def test_nothing_may_be_written_but_where_it_must_be(jobs):
    document = yaml.safe_load(RELEASE)
    assert document["permissions"] == {"contents": "read"}
    assert {name for name, job in jobs.items() if "permissions" in job} == {"draft"}
    for step in steps(jobs):
        if str(step.get("uses", "")).startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_secrets_come_through_the_environment_and_only_where_they_are_used(jobs):
    for step in steps(jobs):
        assert "secrets." not in step.get("run", "")
        # Names of branches and tags are words of whoever pushes: a shell must get them as variables.
        assert "${{ github.ref" not in step.get("run", "")
    (signing,) = [step for step in jobs["macos"]["steps"] if "env" in step]
    source = (ROOT / "packaging" / "makers" / "mac_signatures.py").read_text(encoding="utf-8")
    assert set(signing["env"]) == {*mac_signatures._CERTIFICATE, *mac_signatures._NOTARY}
    assert all(name in source for name in signing["env"])
    guide = (ROOT / ".github" / "RELEASING.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"(?:secrets|vars)\.([A-Z0-9_]+)", RELEASE)):
        assert f"`{name}`" in guide, name


def test_actions_have_a_version_and_images_are_alive():
    for path in WORKFLOWS.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        for used in re.findall(r"uses: (\S+)", text):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@(v\d+|[0-9a-f]{40})", used), used
        assert not [image for image in GONE if re.search(rf"\b{image}\b(?!-)", text)], path.name


def test_both_kinds_of_mac_and_the_promised_systems_are_built_for(jobs):
    assert {row["machine"] for row in jobs["macos"]["strategy"]["matrix"]["include"]} == {"arm64", "x86_64"}
    assert jobs["macos"]["env"]["MACOSX_DEPLOYMENT_TARGET"] == MINIMUM
    assert jobs["linux"]["runs-on"] == "ubuntu-22.04"
    assert checksums.GLIBC == "2.35"  # of that


def test_the_python_of_packages_is_one_that_is_tested():
    tested = yaml.safe_load((WORKFLOWS / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    for job in ("linux", "desktop"):
        assert yaml.safe_load(RELEASE)["env"]["PYTHON"] in tested[job]["strategy"]["matrix"]["python"]


@pytest.mark.skipif(sys.platform == "win32", reason="scripts for POSIX shells")
def test_the_scripts_are_what_a_shell_takes(jobs):
    bash = shutil.which("bash")
    assert bash
    for name, job in jobs.items():
        for step in job["steps"]:
            if "run" in step and step.get("shell") != "pwsh":
                done = subprocess.run([bash, "-n"], input=step["run"], capture_output=True, text=True)
                assert done.returncode == 0, (name, done.stderr)


def test_only_a_tag_is_published(jobs):
    guarded = [step["name"] for step in jobs["draft"]["steps"] if step.get("if") == "github.ref_type == 'tag'"]
    assert guarded == ["Checksums, and what the update check will publish", "Attest where the files come from", "Draft"]
    assert "--draft" in jobs["draft"]["steps"][-1]["run"]


def test_a_tag_must_be_the_version_and_the_changelog_must_tell_of_it(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text("## [1.4.0] - 2027-01-02\n\n- New.\n")
    context = replace(make_context(ROOT), root=tmp_path, version="1.4.0", settings={"tag": "v1.4.0"})
    assert tags.make(context) == []
    for wrong in ({"tag": "v1.4.1"}, {"tag": "1.4.0"}, {}):
        with pytest.raises(PackagingError, match=r"worker/version\.py says 1\.4\.0"):
            tags.make(replace(context, settings=wrong))
    with pytest.raises(PackagingError, match="is no release"):
        tags.make(replace(context, version="1.4.0rc1", settings={"tag": "v1.4.0rc1"}))
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n")
    with pytest.raises(PackagingError, match=r"no section for 1\.4\.0"):
        tags.make(context)

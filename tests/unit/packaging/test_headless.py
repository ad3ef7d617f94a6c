"""What runs the master without a screen says of the product what is true: images, compose file, unit."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from master import ports, settings
from master.cli import options
from master.cli.main import root
from tests.architecture.rules import ROOT

DOCKER = ROOT / "packaging" / "docker"
SYSTEMD = ROOT / "packaging" / "systemd"
IMAGES = ("master", "worker")


def unit(name: str) -> "configparser.SectionProxy":
    """Return the service section of a unit; of a line that is there twice the last one counts."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment] # names are not to be changed
    parser.read(SYSTEMD / name)
    return parser["Service"]


def lines(image: str, word: str) -> list[str]:
    """Return what follows an instruction of a Containerfile."""
    text = (DOCKER / f"{image}.Containerfile").read_text("utf-8").replace("\\\n", "")
    return re.findall(rf"^{word}\s+(.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_made_of_what_is_there_and_is_not_ignored(image) -> None:
    taken = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [line.split()[0] for line in lines(image, "COPY") if not line.startswith(("--from", "pyproject"))]
    copied += [name for line in lines(image, "COPY") if line.startswith("pyproject") for name in line.split()[:-1]]
    assert copied
    for path in copied:
        assert (ROOT / path).exists()
        assert any(f"!{path}" == line or Path(path).match(line.removeprefix("!")) for line in taken), path
    assert lines(image, "FROM") == ["${BASE} AS build", "${BASE}"]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_does_not_run_as_root_and_keeps_its_data_in_a_volume(image) -> None:
    assert lines(image, "USER") == ["watchkeeper"]
    assert lines(image, "VOLUME") == lines(image, "WORKDIR")[-1:]


def test_the_commands_of_the_image_are_those_of_the_program() -> None:
    served = [word.strip('"') for word in lines("master", "CMD")[0].strip("[]").split(", ")]
    assert served[:3] == ["serve", "--vault", "passphrase"]
    health = lines("master", "HEALTHCHECK")[0].partition("CMD ")[2]
    assert health == '["watchkeeper", "status"]'
    for words in (served[:1], ["status"]):
        assert CliRunner().invoke(root, [*words, "--help"]).exit_code == 0
    secret = Path(served[-1])
    compose = (DOCKER / "compose.yaml").read_text("utf-8")
    assert secret.parent == Path("/run/secrets")
    assert f"secrets: [{secret.name}]" in compose
    assert f"\n  {secret.name}:\n" in compose
    # It listens where it is reached from, and no port leads elsewhere.
    assert "network_mode: host" in compose
    assert "ports:" not in compose


def test_the_compose_file_is_one() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_unit_leaves_jobs_alone_and_does_not_repeat_what_cannot_work() -> None:
    service = unit("watchkeeper.service")
    assert service["KillMode"] == "process"
    assert service["OOMPolicy"] == "continue"
    assert service["Restart"] == "on-failure"
    never = {int(code) for code in service["RestartPreventExitStatus"].split()}
    assert never == {2, ports.EXIT_PORT, options.EXIT_KEYRING, settings.EXIT_PROFILE}
    assert shlex.split(service["ExecStart"]) == ["%h/.local/bin/watchkeeper", "serve"]
    stop = shlex.split(service["ExecStop"])
    assert stop[:3] == ["-%h/.local/bin/watchkeeper", "stop", "--wait"]
    assert float(stop[3]) < float(service["TimeoutStopSec"])


def test_the_passphrase_comes_as_a_credential_of_the_service() -> None:
    service = unit("passphrase.conf")
    name, _, place = service["LoadCredential"].partition(":")
    words = shlex.split(service["ExecStart"])
    assert words[1:] == ["serve", "--vault", "passphrase", "--passphrase-file", f"%d/{name}"]
    assert place.startswith("%h/")
    # Empty first: else there would be two.
    assert "\nExecStart=\nExecStart=" in (SYSTEMD / "passphrase.conf").read_text("utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path) -> None:
    home = tmp_path / "home"
    program = home / ".local" / "bin" / "watchkeeper"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    (tmp_path / "run").mkdir(mode=0o700)
    place = tmp_path / "units"
    (place / "watchkeeper.service.d").mkdir(parents=True)
    shutil.copy(SYSTEMD / "watchkeeper.service", place)
    shutil.copy(SYSTEMD / "passphrase.conf", place / "watchkeeper.service.d")
    for file in (SYSTEMD / "watchkeeper.service", place / "watchkeeper.service"):
        verified = subprocess.run(
            ["systemd-analyze", "--user", "verify", file],
            env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path / "run")},
            capture_output=True,
            text=True,
        )
        assert (verified.returncode, verified.stderr) == (0, "")

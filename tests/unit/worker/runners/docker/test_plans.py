"""What was typed for a container, and what its service is told."""

from pathlib import Path

import pytest

from tests.helpers.executions import request, runner
from worker.runners.docker.plans import configuration, label_of, read_plan
from worker.sdk.runner import JobReason, RunnerError

DOCKER = runner("docker")
FOLDER = Path("/profile/jobs/j1")


def plan(**spec):
    return read_plan(request(DOCKER, {"image": "busybox", **spec}))


@pytest.mark.parametrize(
    "image",
    ["busybox", "busybox:1.36", "library/python:3.12-slim", "example.org/me/it", "localhost:5000/a/b:c", "a__b/c--d",
     "img@sha256:" + "0" * 64, "img:1@sha256:" + "a" * 64, "sha256:" + "0" * 64],
)  # fmt: skip
def test_names_of_images(image):
    assert plan(image=f" {image} ").image == image


@pytest.mark.parametrize(
    "image",
    ["", " ", "../containers/x", "a/../b", "a b", "a\nb", "-x", "/x", "x/", "a?b=c", "a#b", "a%2fb", "é", "x" * 256,
     "http://x/y", "a//b", "x:", "x@sha256:12"],
)  # fmt: skip
def test_what_is_no_name_of_an_image(image):
    with pytest.raises(RunnerError) as caught:
        DOCKER.parse(request(DOCKER, {"image": image}))
    assert (caught.value.reason, list(caught.value.fields)) == (JobReason.BAD_SPEC, ["image"])


@pytest.mark.parametrize(
    ("command", "args", "words"),
    [
        ("", [], []),
        ("python -m 'http.server' \"8 0\"", [], ["python", "-m", "http.server", "8 0"]),
        ("echo $HOME;", ["a b", "*"], ["echo", "$HOME;", "a b", "*"]),
        ("", ["one"], ["one"]),
    ],
)
def test_the_command_is_parted_as_a_shell_does_and_nothing_else(command, args, words):
    assert plan(command=command, args=args).command == words


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"command": "echo 'x"}, "command"),
        ({"args": ["a\0b"]}, "command"),
        ({"env": {"A=B": "x"}}, "env"),
        ({"env": {"": "x"}}, "env"),
        ({"env": {"A": "x\0"}}, "env"),
        ({"workdir": "data"}, "workdir"),
        ({"user": "m\ne"}, "user"),
        ({"socket": "docker.sock"}, "socket"),
        ({"socket": "ssh://host"}, "socket"),
    ],
)
def test_what_cannot_be_is_refused_by_field(spec, field):
    with pytest.raises(RunnerError) as caught:
        plan(**spec)
    assert (caught.value.reason, list(caught.value.fields)) == (JobReason.BAD_SPEC, [field])


def test_what_the_service_is_told():
    made = plan(command="run", memory_mb=64, cpus=0.5, network="host", user="7:7", workdir="/w", env={"A": "b=c"})
    told = configuration(made, FOLDER, stdin=True)
    assert told["HostConfig"] == {
        "NetworkMode": "host",
        "Mounts": [],
        "LogConfig": {"Type": "none"},
        "Memory": 64 * 1024 * 1024,
        "MemorySwap": 64 * 1024 * 1024,
        "NanoCpus": 500_000_000,
    }
    assert (told["User"], told["WorkingDir"], told["Env"], told["Cmd"]) == ("7:7", "/w", ["A=b=c"], ["run"])
    assert told["Labels"] == {"watchkeeper.job": "j1", "watchkeeper.folder": "/profile/jobs/j1"}
    assert told["OpenStdin"] is told["StdinOnce"] is True


def test_what_is_not_typed_is_left_to_the_image():
    told = configuration(plan(), FOLDER, stdin=False)
    assert not {"Cmd", "User", "WorkingDir"} & told.keys()
    assert not {"Memory", "NanoCpus"} & told["HostConfig"].keys()
    assert told["HostConfig"]["NetworkMode"] == "bridge"
    assert told["OpenStdin"] is False


def test_every_run_has_a_label_of_its_own():
    assert (label_of(FOLDER), label_of(FOLDER / "run-2")) == ("j1", "j1/run-2")

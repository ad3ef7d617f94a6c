"""Which folders a container may see."""

import pytest

from tests.helpers.executions import request, runner
from worker.runners.docker.mounts import read_mounts
from worker.sdk.runner import JobReason, RunnerError


@pytest.fixture
def allowed(tmp_path):
    folder = tmp_path / "allowed"
    (folder / "below").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "allowed-not").mkdir()
    (folder / "way-out").symlink_to(tmp_path / "secret")
    (tmp_path / "way-in").symlink_to(folder)
    (folder / "circle").symlink_to(folder / "circle")
    return folder


def _read(typed, allowed):
    return read_mounts([typed], [str(allowed)])[0]


def test_what_is_below_an_allowed_folder(allowed, tmp_path):
    mount = _read(f"{allowed}/below:/data", allowed)
    assert (mount.source, mount.target, mount.read_only) == (allowed / "below", "/data", False)
    assert _read(f"{allowed}:/data:ro", allowed).read_only
    assert not _read(f"{allowed}:/data:rw", allowed).read_only
    # Where it really is, so that nobody turns the link round meanwhile.
    assert _read(f"{tmp_path}/way-in/below:/data", allowed).source == allowed / "below"
    # The settings may name a link too.
    assert read_mounts([f"{allowed}/below:/data"], [str(tmp_path / "way-in")])
    assert read_mounts([], []) == read_mounts([" "], []) == []


@pytest.mark.parametrize(
    "host", ["{root}/secret", "{root}", "/", "{root}/allowed/../secret", "{root}/allowed/way-out", "{root}/allowed-not",
             "{root}/allowed/way-out/none", "{root}/allowed/../none", "/etc"],
)  # fmt: skip
def test_what_is_not(allowed, tmp_path, host):
    with pytest.raises(RunnerError) as caught:
        _read(f"{host.format(root=tmp_path)}:/data", allowed)
    assert (caught.value.reason, list(caught.value.fields)) == (JobReason.NOT_ALLOWED, ["mounts"])
    assert caught.value.text.code == "docker_mount_not_allowed"


def test_nothing_is_allowed_unless_the_settings_say_so(allowed):
    for policy in ([], ["allowed"], [""]):
        with pytest.raises(RunnerError) as caught:
            read_mounts([f"{allowed}:/data"], policy)
        assert caught.value.reason is JobReason.NOT_ALLOWED


def test_what_is_missing(allowed):
    with pytest.raises(RunnerError) as caught:
        _read(f"{allowed}/none:/data", allowed)
    assert (caught.value.reason, caught.value.text.code) == (JobReason.BAD_SPEC, "docker_mount_missing")


@pytest.mark.parametrize(
    "typed",
    ["{0}", "{0}:", ":/data", "{0}:data", "{0}:/", "{0}:/a/../..", "{0}:/data:rx", "{0}:/a:/b", "below:/data",
     "~:/data", "{0}:/data:ro:ro", "{0}/a\0:/data", "volume:/data", "{0}/circle:/data"],
)  # fmt: skip
def test_what_is_no_mount(allowed, typed):
    with pytest.raises(RunnerError) as caught:
        _read(typed.format(allowed), allowed)
    assert (caught.value.reason, list(caught.value.fields)) == (JobReason.BAD_SPEC, ["mounts"])


def test_the_runner_refuses_before_anything_runs(allowed, tmp_path):
    docker = runner("docker")
    with pytest.raises(RunnerError) as caught:
        docker.parse(request(docker, {"image": "x", "mounts": [f"{tmp_path}:/data"]}, mounts=[str(allowed)]))
    assert caught.value.reason is JobReason.NOT_ALLOWED
    assert docker.parse(request(docker, {"image": "x", "mounts": [f"{allowed}:/data"]}, mounts=[str(allowed)])).python

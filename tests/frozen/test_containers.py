"""The images of the master and of a worker: built, run, broken, and used as their README says."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate, AssignmentPut, TokenCreate, WorkerConfigCreate
from tests.architecture.rules import ROOT
from tests.helpers.container_images import Images, images_or_skip
from tests.helpers.deadlines import until, wait_until
from tests.helpers.feed_server import FeedServer
from tests.helpers.masters import account_is, items_of, running_master

pytestmark = [pytest.mark.real_server, pytest.mark.timeout(1800)]

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    with images_or_skip() as store:
        yield store


@pytest.fixture(scope="module")
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


class Served:
    """A container with the master, and the command line inside it."""

    def __init__(self, images: Images, image: str) -> None:
        self.images = images
        self._image = image

    def run(self) -> None:
        self.images.podman(
            *("run", "--detach", "--name", "watchkeeper", "--init", "--network", "host"),
            *("--secret", "watchkeeper-passphrase", "--volume", "watchkeeper:/profile"),
            *("--env", "WATCHKEEPER_PORT=0", self._image),
        )

    def watchkeeper(self, *arguments: str, given: str | None = None) -> str:
        return self.images.podman("exec", "--interactive", "watchkeeper", "watchkeeper", *arguments, given=given)

    def rows(self, *arguments: str) -> Any:
        answer = json.loads(self.watchkeeper(*arguments, "--json"))
        return answer["rows"] if isinstance(answer, dict) and "rows" in answer else answer

    def workers_run(self) -> None:
        def online() -> bool:
            told = self.images.attempt("exec", "watchkeeper", "watchkeeper", "workers", "list", "--json")
            rows = json.loads(told.stdout) if told.returncode == 0 else []
            return sum(row["online"] for row in (rows["rows"] if isinstance(rows, dict) else rows)) == 2

        wait_until(online, what="two workers")

    def titles(self) -> list[str]:
        return [row["title"] for row in self.rows("items", "list")]

    def job(self, name: str) -> dict[str, Any]:
        return next(row for row in self.rows("jobs", "list") if row["name"] == name)

    def zombies(self) -> int:
        count = "import psutil; print(sum(p.status() == 'zombie' for p in psutil.process_iter()))"
        return int(self.images.podman("exec", "watchkeeper", "python", "-c", count))


@pytest.fixture
def served(images: Images, tmp_path: Path) -> Iterator[Served]:
    image = images.build("master")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    images.podman("secret", "create", "watchkeeper-passphrase", str(secret))
    yield Served(images, image)
    images.podman("rm", "--force", "--all", "--time", "0")
    images.podman("secret", "rm", "watchkeeper-passphrase")
    images.podman("volume", "rm", "--force", "--all")


def test_the_master_watches_and_keeps_what_it_has(served: Served, feeds: FeedServer) -> None:
    feed = feeds.feed("container")
    feed.require("me", "hush-hush")
    feed.publish("before", "", "http://example.org/0")
    served.run()
    served.workers_run()
    served.images.podman("healthcheck", "run", "watchkeeper")
    inside = "import os, importlib.util as u; print(os.getuid(), *map(u.find_spec, ('PySide6', 'pip', 'setuptools')))"
    assert served.images.podman("exec", "watchkeeper", "python", "-c", inside).split() == ["10001", *["None"] * 3]

    # Watched, with credentials under the passphrase; found.
    added = ("accounts", "add", "--platform", "feed", "--name", "Feed", "--set", f"url={feed.url}", "--interval", "5")
    served.watchkeeper(*added, "--credentials-stdin", given='{"username": "me", "password": "hush-hush"}')
    wait_until(lambda: served.rows("accounts", "list")[0]["state"] == "ok", what="the first check")
    feed.publish("one", "", "http://example.org/1")
    wait_until(lambda: served.titles() == ["one"], what="the entry")

    # A worker is killed: its job goes on, its account is watched by the other.
    gate = "until [ -e /tmp/gate ]; do sleep 0.1; done; echo passed; exit 7"
    served.watchkeeper("jobs", "run", "--detach", "--name", "gated", "--", "sh", "-c", gate)
    wait_until(lambda: served.job("gated")["state"] == "RUNNING", what="the job")
    owner = served.rows("accounts", "list")[0]["worker_id"]
    for worker in {owner, served.job("gated")["worker_id"]}:
        pid = next(row["pid"] for row in served.rows("workers", "list") if row["worker_id"] == worker)
        served.images.podman("exec", "watchkeeper", "python", "-c", f"import os; os.kill({pid}, 9)")
    feed.publish("two", "", "http://example.org/2")
    wait_until(lambda: served.titles() == ["two", "one"], what="the entry after the kill")
    served.images.podman("exec", "watchkeeper", "touch", "/tmp/gate")
    wait_until(lambda: served.job("gated")["state"] == "FAILED", what="the end of the job")
    assert served.job("gated")["exit_code"] == "7:0"
    wait_until(lambda: served.zombies() == 0, what="init to have reaped")

    # Stopped in order within the patience of `podman stop`; the profile stays; jobs end with their container.
    served.workers_run()
    served.watchkeeper("jobs", "run", "--detach", "--name", "long", "--", "sleep", "600")
    wait_until(lambda: served.job("long")["state"] == "RUNNING", what="the job")
    served.images.podman("stop", "--time", "20", "watchkeeper")
    assert served.images.podman("inspect", "watchkeeper", "--format", "{{.State.ExitCode}}").strip() == "0"
    served.images.podman("rm", "watchkeeper")
    feed.publish("three", "", "http://example.org/3")
    served.run()
    served.workers_run()
    wait_until(lambda: served.titles() == ["three", "two", "one"], what="what came meanwhile")
    assert served.rows("accounts", "list")[0]["state"] == "ok"
    wait_until(lambda: served.job("long")["state"] == "FAILED", what="the end of the long job")
    assert served.job("long")["reason"] == "lost"


def test_without_its_passphrase_the_master_says_so_and_ends(served: Served, images: Images) -> None:
    told = images.attempt("run", "--rm", "--network", "host", "localhost/watchkeeper-master:latest")
    assert told.returncode == 2
    assert "--passphrase-file /run/secrets/watchkeeper-passphrase: No such file or directory." in told.stderr


@pytest.fixture
def worker_image(images: Images) -> Iterator[str]:
    yield images.build("worker")
    images.podman("rm", "--force", "--all", "--time", "0")
    images.attempt("secret", "rm", "watchkeeper-away")
    images.podman("volume", "rm", "--force", "--all")


def test_the_image_of_a_worker_has_what_a_worker_needs_and_nothing_else(images: Images, worker_image: str) -> None:
    described = json.loads(images.podman("run", "--rm", worker_image, "--describe"))
    source = [sys.executable, "-m", "worker", "--describe"]
    assert described == json.loads(subprocess.run(source, cwd=ROOT, capture_output=True, check=True).stdout)
    absent = ("master", "desktop", "resources", "PySide6", "sqlalchemy", "keyring", "cryptography", "pip", "setuptools")
    code = f"import importlib.util as u, os; print(os.getuid(), *map(u.find_spec, {absent!r}))"
    told = images.podman("run", "--rm", "--entrypoint", "python", worker_image, "-c", code)
    assert told.split() == ["10001", *["None"] * len(absent)]
    # Nothing goes over a network in clear: neither is a token read before that is said.
    told_why = images.attempt("run", "--rm", worker_image, "--connect", "http://example.org:3000", "--id", "w")
    assert told_why.returncode == 2
    assert "use https, or a tunnel: ssh -L 3000:127.0.0.1:3000 example.org" in told_why.stderr


@pytest.mark.expects_log("worker|local-|master|away")
async def test_a_worker_in_a_container_joins_and_outlives_the_master(
    images: Images, worker_image: str, feeds: FeedServer, tmp_path: Path
) -> None:
    feed = feeds.feed("workers")
    feed.publish("before", "", "http://example.org/0")
    async with running_master(tmp_path / "profile", patient=False) as (master, client):
        port = urlsplit(master.url).port
        await client.create_worker_config(WorkerConfigCreate(worker_id="away", name="Away", deployment_type="external"))
        made = await client.create_token(TokenCreate(name="away", scope="worker", worker_id="away"))
        (tmp_path / "token").write_text(f"{made.token}\n")
        images.podman("secret", "create", "watchkeeper-away", str(tmp_path / "token"))
        await asyncio.to_thread(_run_worker, images, worker_image, master.url, "away-1")
        await until(lambda: _is_online(client, "away"), what="the container to join")
        account = await client.create_account(
            AccountCreate(platform="feed", name="Feed", settings={"url": feed.url}, interval_seconds=5)
        )
        await client.assign_account(account.id, AssignmentPut(worker_id="away", pinned=True, pin_policy="move"))
        await until(lambda: _owner_is(client, account.id, "away"), what="the container as owner")
        await account_is(client, account.id, "ok", 30)
        feed.publish("one", "", "http://example.org/1")
        await until(lambda: _titles(client, ["one"]), what="the entry")

        # Another one with the same token is told that it is one too many.
        await asyncio.to_thread(_run_worker, images, worker_image, master.url, "away-2")
        words = "The master refused this worker: away has joined already: from"
        await until(lambda: _has_said(images, "away-2", words), what="the refusal")
        await asyncio.to_thread(images.podman, "stop", "--time", "20", "away-2")
        assert _exit_code(images, "away-2") == "0"

    # It lives on without a master, and joins the next one.
    async with running_master(tmp_path / "profile", patient=False, port=port) as (_master, client):
        await until(lambda: _is_online(client, "away"), what="the container to join again")
        feed.publish("two", "", "http://example.org/2")
        await until(lambda: _titles(client, ["two", "one"]), what="the entry after the restart")

        # It is killed: others take over.
        await asyncio.to_thread(images.podman, "kill", "away-1")
        await until(lambda: _owner_is(client, account.id, "local-1", "local-2"), what="another owner")
        feed.publish("three", "", "http://example.org/3")
        await until(lambda: _titles(client, ["three", "two", "one"]), what="the entry after the kill")

        # With its folder it is the same worker as before; told to end it does so in order.
        await asyncio.to_thread(images.podman, "start", "away-1")
        await until(lambda: _owner_is(client, account.id, "away"), what="the container as owner")
        await asyncio.to_thread(images.podman, "stop", "--time", "20", "away-1")
        assert _exit_code(images, "away-1") == "0"
        assert (await client.worker_status("away")).status == "stopped"
        assert (await client.alerts()).rows == []


def _run_worker(images: Images, image: str, url: str, name: str) -> None:
    """Run it as the README of the images says."""
    images.podman(
        *("run", "--detach", "--name", name, "--network", "host", "--secret", "watchkeeper-away"),
        *("--volume", f"{name}:/data", image),
        *("--connect", url, "--id", "away", "--token-file", "/run/secrets/watchkeeper-away"),
    )


def _exit_code(images: Images, name: str) -> str:
    return images.podman("inspect", name, "--format", "{{.State.ExitCode}}").strip()


async def _has_said(images: Images, name: str, words: str) -> bool:
    return words in (await asyncio.to_thread(images.attempt, "logs", name)).stderr


async def _is_online(client: MasterClient, worker_id: str) -> bool:
    return (await client.worker_status(worker_id)).online


async def _owner_is(client: MasterClient, account_id: str, *workers: str) -> bool:
    return (await client.account(account_id)).worker_id in workers


async def _titles(client: MasterClient, wanted: list[str]) -> bool:
    return [item.title for item in await items_of(client)] == wanted

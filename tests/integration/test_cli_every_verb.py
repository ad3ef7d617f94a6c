"""Every command, run once against a real master with the demo; and every route of the master has a command."""

import asyncio
import contextlib
import json
import re
import shlex
from unittest import mock

import pytest

from master.api.transports import Transport
from master.rest.routes import make_routes
from tests.helpers.commands import leaves
from tests.helpers.masters import account_is, running_master, workers_run
from tests.helpers.shells import Done, watchkeeper

pytestmark = pytest.mark.real_server

ELSEWHERE = {
    "demo": "test_desktop_story.py",
    "serve": "test_cli_story.py",
    "stop": "test_cli_story.py",
    "selftest": "test_cli_story.py",
    "login": "test_cli_logins.py",
    "logout": "test_cli_logins.py",
    "sign-ins answer": "test_cli_logins.py",
    "sign-ins refresh": "test_cli_logins.py",
    "backups restore": "test_cli_backups.py",
    "vault unlock": "test_vaults.py",
    "vault passphrase": "test_vaults.py",
    "worker": "test_worker_process.py",
    "plugin new": "test_plugins.py",
}
"""Commands that end the master, run on, or need somebody who types: where they are run."""

WITHOUT_COMMAND = {
    "PATCH /items/{item_id}": "items read, which marks any number",
    "POST /notifications/{notification_id}/snooze": "notifications snooze, which snoozes all else too",
    "GET /docs": "a page for a browser",
    "GET /system/facts": "doctor, which shows the whole report",
    "GET /system/selftest": "selftest, which runs its own",
    "POST /system/selftest": "selftest, which runs its own",
    "POST /shutdown": "stop",
    "POST /accounts/{account_id}/login": "login",
    "POST /accounts/{account_id}/logout": "logout",
    "POST /login-sessions/{session_id}/input": "login",
    "POST /login-sessions/{session_id}/refresh": "sign-ins refresh",
    "POST /backups/{backup_id}/restore": "backups restore",
    "POST /vault/unlock": "vault unlock",
    "PUT /vault/passphrase": "vault passphrase",
    "POST /accounts/propose": "accounts add, where fields are left out",
}
"""Routes that the story below does not ask: what does it instead, or where it is run."""


class Story:
    """Types commands on a profile, and notes which were typed and which routes they asked."""

    def __init__(self, profile, folder):
        self.profile = profile
        self.folder = folder
        self.names = {"folder": str(folder)}
        self.typed: set[str] = set()
        self.asked: set[tuple[str, str]] = set()
        self._leaves = leaves()

    async def __call__(self, line, *, code=0, stdin=""):
        words = shlex.split(line.format_map(self.names))
        done: Done = await asyncio.to_thread(watchkeeper, "--profile", str(self.profile), *words, stdin=stdin)
        assert done.returncode == code, f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        self.typed.add(next(path for path in (" ".join(words[:2]), words[0]) if path in self._leaves))
        if code == 0 and "--json" in words:
            return [
                json.loads(part) for part in ([done.stdout] if done.stdout[:2] != '{"' else done.stdout.splitlines())
            ]
        return done

    async def row(self, line, **more):
        """Run a command for programs; return its answer."""
        before, dashes, command = line.partition(" -- ")
        return (await self(f"{before} --json{dashes}{command}", **more))[0]

    async def both(self, *lines):
        """Run each command as a person and as a program."""
        for line in lines:
            assert (await self(line)).stdout.strip(), line
            await self.row(line)

    @contextlib.contextmanager
    def listened(self):
        """Note the routes that are asked."""
        request, download = Transport.request, Transport.download

        def noted(transport, method, path, *rest, **more):
            self.asked.add((method, path.partition("?")[0]))
            return request(transport, method, path, *rest, **more)

        def loaded(transport, path, *rest, **more):
            self.asked.add(("GET", path))
            return download(transport, path, *rest, **more)

        with mock.patch.object(Transport, "request", noted), mock.patch.object(Transport, "download", loaded):
            yield


@pytest.fixture
async def story(tmp_path):
    async with running_master(tmp_path / "profile", demo=True, demo_accounts=False) as (_, client):
        await workers_run(client, 2)
        typed = Story(tmp_path / "profile", tmp_path)
        with typed.listened():
            yield typed, client


@pytest.mark.timeout(600)
async def test_every_command_and_every_route(story):
    run, client = story
    await _accounts(run, client)
    await _items(run, client)
    await _rules(run)
    await _workers(run)
    await _jobs(run)
    await _upkeep(run)
    assert sorted(leaves().keys() - run.typed - ELSEWHERE.keys()) == []
    assert sorted(run.typed & ELSEWHERE.keys()) == []
    told = {
        f"{method} {route.path}"
        for method, path in run.asked
        for route in make_routes(lambda: None)
        if route.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route.path), path)
    }
    every = {f"{route.method} {route.path}" for route in make_routes(lambda: None)}
    assert sorted(every - told - WITHOUT_COMMAND.keys()) == []
    assert sorted(WITHOUT_COMMAND.keys() - (every - told)) == []


@contextlib.asynccontextmanager
async def _pushed(client, account_id):
    """Check an account again and again."""

    async def push():
        while True:
            await client.check_account(account_id)
            await asyncio.sleep(0.3)

    async with asyncio.TaskGroup() as group:
        pushing = group.create_task(push())
        yield
        pushing.cancel()


async def _accounts(run, client):
    await run.both("status", "health", "overview", "metrics", "token", "recovery", "platforms list", "runners list")
    await run.both("platforms show demo", "runners show command", "settings list", "settings show log_level")
    group = await run.row("groups add --name Work --color '#112233' --interval 20")
    await run.both("groups list", "groups show Work", "groups show " + group["id"][:6])
    await run.row("groups edit Work --notes n")
    await run("proxies add --name Shut --kind http --address 127.0.0.1:9 --test --target 127.0.0.1:9", code=1)
    proxy = await run.row("proxies add --name Door --kind socks5 --address 127.0.0.1:9")
    await run.both("proxies list", "proxies show Door")
    await run.row("proxies edit " + proxy["id"][:8] + " --name Gate")
    await run("proxies test Gate --target 127.0.0.1:9", code=1)
    made = await run.row(
        "accounts add --platform demo --name 'Ann Lee' --set pace_seconds=1 --group Work --no-credentials --test"
    )
    run.names["id"] = made["id"]
    assert made["group_id"] == group["id"]
    await account_is(client, made["id"], "ok")
    quiet = await run.row("accounts add --platform demo --name Quiet --set pace_seconds=3600 --no-credentials")
    await run.both("accounts list", "accounts list --group Work", "accounts show 'ann lee'", "accounts stats")
    await run.both("accounts test 'Ann Lee'", "accounts states 'Ann Lee'", "accounts beats")
    await run.row("accounts sign-in Quiet --credentials-stdin", stdin='{"password": "x"}')
    await run.row(
        "accounts add --platform feed --name Feed --set url=http://127.0.0.1:9/ --proxy Gate --no-credentials"
    )
    assert "Gate (account)" in (await run("accounts show Feed")).stdout
    await run("proxies remove Gate --yes", code=1)
    await run.row("accounts edit Feed --proxy direct --notes n")
    await run("accounts change 'Ann Lee' Quiet --add-tag a")
    await run("accounts move Quiet --group none")
    await run("accounts pause 'Ann Lee' Quiet")
    await run("accounts resume 'Ann Lee' Quiet")
    await run.row("accounts pause Quiet")
    await run.row("accounts resume Quiet")
    await account_is(client, quiet["id"], "ok")
    await run.row("accounts check Quiet")
    await run.both("accounts check Quiet 'Ann Lee'", "assignments list")
    await run.row("accounts assign Quiet --worker local-1 --pin wait")
    assert "local-1, else wait" in (await run("assignments list --worker local-1")).stdout
    await run("assignments rebalance --dry-run")
    copy = await run.row("accounts duplicate Quiet --name Copy")
    await run("accounts remove Copy --yes")
    await run.row("accounts restore " + copy["id"])
    await run("accounts remove Copy --yes --now")
    assert "nobody" in (await run("accounts show nobody", code=1)).stderr
    await run("accounts export {folder}/a.csv")
    await run.row("import {folder}/a.csv --dry-run")


async def _items(run, client):
    async with _pushed(client, run.names["id"]):
        await run("items follow --account 'Ann Lee' --count 1")
        assert (await run("items follow --count 1 --json"))[0]["title"]
    item = (await run.row("items list"))["rows"][0]["id"]
    await run.both("items list", f"items show {item}", f"items trace {item}", f"items context {item}", "items stats")
    await run("events --count 1")
    assert {"type", "seq", "at", "data"} == (await run("events --count 1 --json"))[0].keys()
    await run("items search mail")
    await run("items threads")
    await run.row("items read --all")
    await run("items export {folder}/items.json")
    assert (await run.row("items export {folder}/items.csv"))["size_bytes"] > 10
    await run.row("searches add Mine --account 'Ann Lee'")
    await run.both("searches list", "searches run Mine")
    await run("searches remove Mine")


async def _rules(run):
    rule = await run.row("rules add --name Loud --action urgent --include x")
    await run.row("rules add --name Other --group Work")
    await run.both("rules list", "rules show Loud", "rules test --title x", "rules order Other " + rule["id"][:7])
    await run.row("rules edit Loud --place 1")
    await run("rules remove Other --yes")
    await run.row("quiet-hours set 22:00-07:00")
    await run.both("quiet-hours show", "quiet-hours on", "quiet-hours off")
    told = (await run.row("notifications list"))["rows"]
    await run.both("notifications list", "notifications counts")
    await run(f"notifications dismiss {told[0]['id']}")
    snooze = await run.row("notifications snooze --account Quiet --for 5")
    await run.both("notifications snoozes")
    await run(f"notifications wake {snooze['id']}")
    await run("notifications read")
    await run("notifications clear")
    await run.both("alerts list --all", "incidents list", "clients list", "audit", "sign-ins list")
    await run("alerts ack 999999", code=1)
    await run("alerts ack 999999 --undo", code=1)
    await run("alerts silence 999999", code=1)
    session = await run.row("api post /login-sessions --body -", stdin='{"platform": "demo", "method": "code"}')
    await run.both(f"sign-ins show {session['id']}")
    await run(f"sign-ins cancel {session['id']}")


async def _workers(run):
    await run.both("workers list", "workers configs", "workers summary", "workers overview", "workers beats")
    await run.row("workers add extra --name Extra --set auto_start=no")
    await run.row("workers edit Extra --set max_accounts=3")
    await run.both("workers config extra", "workers show Extra", "workers health local-1", "workers metrics local-1")
    await run.both("workers logs local-1", "workers events local-1")
    await run("workers start Extra")
    await run("workers stop extra --kill")
    await run("workers restart extra --kill")
    await run("workers batch stop extra")
    await run("workers remove extra --yes")
    await run("workers rebalance")


async def _jobs(run):
    token = await run.row("credentials add --name Key --values-stdin", stdin='{"token": "x"}')
    await run.both("credentials list", "credentials show Key")
    await run.row("credentials edit " + token["id"][:5] + " --name Lock")
    await run("jobs run --name one --detach -- echo hello")
    await run("jobs output one --follow")
    await run.row("jobs add --runner command --set command=sleep --set args=60 --name two --credential Lock")
    await run.row("jobs limit two 30")
    await run.row("jobs cancel two --force")
    await run.both("jobs list", "jobs show one", "jobs stats", "jobs resources", "jobs output one")
    assert (await run.row("jobs output one"))["stdout"] == "hello\n"
    again = await run.row("jobs resubmit one")
    await run("jobs show one", code=1)
    await run(f"jobs output {again['id']} --follow")
    await run(f"jobs remove {again['id']} --yes")
    await run.row("schedules add --name Nightly --cron '0 2 * * *' -- true")
    await run.both(
        "schedules list", "schedules show Nightly", "schedules runs Nightly", "schedules preview '0 2 * * *'"
    )
    await run.row("schedules edit Nightly --cron '0 3 * * *'")
    await run("schedules disable Nightly")
    await run("schedules enable Nightly")
    await run("schedules run Nightly")
    await run("schedules remove Nightly --yes")
    await run("credentials remove Lock --yes")


async def _upkeep(run):
    await run.row("settings set log_level=debug job_keep_days=3")
    assert (await run.row("settings reset log_level job_keep_days"))["job_keep_days"] == 30
    await run.both(
        "machine show", "machine sleeps", "machine woke", "updates show", "vault show", "vault check", "logs"
    )
    await run("updates check", code=1)
    await run.both("backups list")
    backup = await run.row("backups create")
    await run(f"backups verify {backup['id']}")
    await run.row(f"backups delete {backup['id']}")
    await run.row("janitor --dry-run")
    await run("export {folder}/all.move")
    await run.row("import {folder}/all.move --dry-run")
    made = await run.row("token create --name tool --scope client")
    await run("token list")
    await run("token revoke tool")
    assert made["token"]
    await run("api GET /accounts --query limit=1")
    assert "paths" in (await run("api GET /openapi.json --json"))[0]
    await run("api GET nothing", code=2)
    await run("doctor --bundle {folder}/bundle.zip")
    await run("completion fish")
    await run("groups remove Work --yes")
    await run("proxies remove Gate --yes")

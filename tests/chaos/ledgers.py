"""The ledger under everything that could make it lose or repeat: ``python -m tests.chaos.ledgers --rounds 3``.

Kills of master and worker between every two steps from found to told, numbers and addresses that change, wrong clocks,
and restores of an older backup with and without a readable database.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from worker.protocol.imports import without

# As the product does: a resolver of its own would leave a thread behind.
with without("aiodns"):
    from aiohttp import web

from master.api.client import ApiError
from master.api.schema import AccountCreate, SettingsPatch
from master.store import restores
from tests.chaos.crews import Crew, crew, until
from tests.chaos.proxies import Proxy
from tests.chaos.truths import Person, Source, audit, stored, waiting
from tests.helpers.dovecot import Dovecot, Mailbox, fresh_user
from tests.helpers.ports import free_port

SECONDS = 90.0
"""To arrive, after whatever happened."""
STEP_SECONDS = 1.2
"""A step that is not reached by then is passed already; longer, and the lease would end."""
STEPS = ("asked", "found", "stored", "telling", "told")
"""Where a kill may fall: before the answer, before it is sent, before it is acknowledged, while it is shown, after."""
VICTIMS = ("worker", "master")


class Run:
    """One master, one worker behind a cable, a feed and (where there is dovecot) a mailbox, and one person."""

    def __init__(self, master: Crew, proxy: Proxy, source: Source, mailbox: Mailbox | None) -> None:
        self.master = master
        self.proxy = proxy
        self.source = source
        self.mailbox = mailbox
        self.person = Person()
        self.published: list[str] = []
        self.database = master.profile / "watchkeeper.db"
        self.accounts: dict[str, str] = {}

    async def furnish(self, feed: str) -> None:
        """Begin to watch; what is there by now is the baseline."""
        client = self.master.client
        await client.patch_settings(SettingsPatch(item_burst_limit=1000, backup_keep=100))
        body = AccountCreate(platform="feed", name="Feed", settings={"url": feed}, interval_seconds=5)
        self.accounts["feed"] = (await client.create_account(body)).id
        if self.mailbox is not None:
            settings = {
                "host": self.mailbox.server.host, "port": self.mailbox.server.plain_port, "security": "none",
                "username": self.mailbox.user,
            }  # fmt: skip
            body = AccountCreate(
                platform="imap", name="Mail", settings=settings, credentials={"password": self.mailbox.password},
                interval_seconds=5,
            )  # fmt: skip
            self.accounts["mail"] = (await client.create_account(body)).id
        await self.master.all_ok(len(self.accounts))
        await self.person.listen(client)

    def publish(self) -> str:
        """Add an item that nobody has seen, in the feed or the mailbox."""
        title = f"n{len(self.published)}"
        self.published.append(title)
        if self.mailbox is not None and len(self.published) % 3 == 0:
            self.mailbox.deliver(title)
        else:
            self.source.publish(title)
        return title

    def publish_entry(self) -> str:
        """Add an item to the feed."""
        title = f"n{len(self.published)}"
        self.published.append(title)
        self.source.publish(title)
        return title

    async def look(self) -> None:
        """Have everything checked now, if anybody can."""
        for account_id in self.accounts.values():
            with contextlib.suppress(ApiError):
                await self.master.client.check_account(account_id)

    async def settle(self, *, told: bool = True) -> None:
        """Wait until all that was published is stored, and told."""
        asked = 0.0

        async def there() -> bool:
            nonlocal asked
            if time.monotonic() - asked > 1.5:
                asked = time.monotonic()
                await self.look()
            here = stored(self.database)
            missing = [title for title in self.published if not here[title]]
            return not missing and (not told or all(self.person.told[title] for title in self.published))

        await until(there, SECONDS, f"everything to arrive: {self.missing()}")

    def missing(self) -> dict[str, Any]:
        """Return what has not arrived so far."""
        found = audit(self.database, self.published, self.person)
        return {name: value for name, value in found.items() if value}

    async def kill(self, victim: str) -> None:
        """``kill -9`` of the worker or of the master; a master is started again."""
        if victim == "worker":
            for row in await self.master.client.workers():
                if row.pid:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(row.pid, signal.SIGKILL)
            return
        await self.master.kill()
        await self.revive()

    async def revive(self) -> None:
        """Start the master again and listen to it."""
        await self.master.start()
        await self.person.listen(self.master.client)


# ------------------------------------------------------------ kills between two steps


async def kill_at(run: Run, step: str, victim: str) -> None:
    """Let one item come as far as ``step``, kill there, and see it arrive."""
    source, person, proxy = run.source, run.person, run.proxy
    if step == "asked":
        source.may_answer.clear()
        source.asked.clear()
    elif step in ("found", "stored"):
        proxy.hold(up=step == "found", down=step == "stored")
    elif step == "telling":
        person.may_look.clear()
    person.looking.clear()
    title = run.publish_entry()
    asking = asyncio.create_task(run.look())
    reached: dict[str, Callable[[], bool]] = {
        "asked": source.asked.is_set,
        "found": lambda: waiting(run.master.profile / "workers") > 0,
        "stored": lambda: bool(stored(run.database)[title]),
        "telling": person.looking.is_set,
        "told": lambda: bool(person.told[title]),
    }
    await _soon(reached[step])
    try:
        await run.kill(victim)
    finally:
        source.may_answer.set()
        person.may_look.set()
        if step in ("found", "stored"):
            proxy.cut()  # what is on its way is lost
        proxy.release()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await run.settle()


async def _soon(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + STEP_SECONDS
    while not reached() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)


# ------------------------------------------------------------ what servers do


async def ids_change(run: Run) -> None:
    """The feed gives every entry another id; then new ones come.

    What a killed worker had read is known by its text once another one has looked: a second look comes after that.
    """
    for _ in range(2):
        run.source.asked.clear()
        await run.look()
        await _soon(run.source.asked.is_set)
    run.source.renumber()
    await run.look()
    run.publish()
    await run.settle()


async def address_changes(run: Run) -> None:
    """The feed moves for good."""
    run.source.path = "/moved" if run.source.path == "/feed" else "/feed"
    run.publish()
    await run.settle()


async def clock_is_wrong(run: Run) -> None:
    """The server's clock is a day ahead, then a day behind, then right."""
    for days in (1, -1, 0):
        run.source.ahead = timedelta(days=days)
        run.publish_entry()
        await run.settle()


async def mailbox_is_numbered_anew(run: Run) -> None:
    """UIDVALIDITY changes; mails are moved to another folder and back meanwhile."""
    if run.mailbox is None:
        return
    for _ in range(3):
        run.publish()
    await run.settle()
    server, user = run.mailbox.server, run.mailbox.user
    run.mailbox.maildir.create("Aside")
    await asyncio.to_thread(_move, server, user, "INBOX", "Aside")
    server.reset_uidvalidity(user)
    await run.look()
    await asyncio.to_thread(_move, server, user, "Aside", "INBOX")
    for _ in range(3):
        run.publish()
    await run.settle()


def _move(server: Dovecot, user: str, source: str, target: str) -> None:
    connection = server.connect(user)
    connection.select(source)
    _, (numbers,) = connection.search(None, "ALL")
    if numbers:
        connection.copy(numbers.replace(b" ", b",").decode(), target)
        connection.store(numbers.replace(b" ", b",").decode(), "+FLAGS", r"(\Deleted)")
        connection.expunge()
    connection.logout()


# ------------------------------------------------------------ restores


async def restore_with_ledger(run: Run) -> None:
    """Yesterday's backup while the database can be read: nothing is told again, nothing is lost."""
    run.person.digests.clear()
    backup = await run.master.client.make_backup()
    for _ in range(3):
        run.publish()
    await run.settle()
    await run.master.client.restore_backup(backup.id)
    await _restored(run, backup.id)
    run.publish()
    await run.settle()
    assert not run.person.digests, run.person.digests


async def restore_without_ledger(run: Run) -> None:
    """Yesterday's backup when the database cannot be read: what came since is one message, marked as such."""
    backup = await run.master.client.make_backup()
    since = [run.publish() for _ in range(4)]
    await run.settle()
    run.person.digests.clear()
    await run.master.stop()
    run.database.write_bytes(secrets.token_bytes(100_000))
    for suffix in ("-wal", "-shm"):
        run.database.with_name(run.database.name + suffix).unlink(missing_ok=True)
    restores.ask(run.master.profile, backup.id)
    await run.revive()
    await run.settle(told=False)

    async def told() -> bool:
        return bool(run.person.digests)

    await until(told, SECONDS, "the message that says it")
    assert run.person.digests == [len(since)], (run.person.digests, since)
    run.publish()
    await run.settle()


async def _restored(run: Run, backup_id: str) -> None:
    async def done() -> bool:
        outcome = (await run.master.client.backup_state()).last_restore
        return outcome is not None and outcome.backup_id == backup_id and outcome.success

    await until(done, SECONDS, "the restore")


Trial = Callable[[Run], Awaitable[None]]
SERVERS: tuple[Trial, ...] = (ids_change, address_changes, clock_is_wrong, mailbox_is_numbered_anew)
RESTORES: tuple[Trial, ...] = (restore_with_ledger, restore_without_ledger)


@contextlib.asynccontextmanager
async def running(folder: Path, mailbox: Mailbox | None) -> AsyncIterator[Run]:
    """Start everything."""
    source, port = Source(), free_port()
    source.titles.append("old")
    app = web.Application()
    app.router.add_get("/{any}", source.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy = Proxy(port)
    await proxy.start()
    secret = folder / "passphrase"
    secret.write_text("correct horse battery\n", encoding="utf-8")
    arguments = ("--vault", "passphrase", "--passphrase-file", str(secret))
    try:
        async with crew(folder / "profile", port, folder / "serve.log", arguments) as master:
            await master.hire(1, 10, [proxy.port])
            run = Run(master, proxy, source, mailbox)
            await run.furnish(f"http://127.0.0.1:{runner.addresses[0][1]}/feed")
            yield run
    finally:
        source.may_answer.set()
        proxy.stop()
        await runner.cleanup()


async def trials(run: Run, seed: int, rounds: int, say: Callable[[str], None], kills: int | None = None) -> None:
    """Make everything happen, in an order of its own; ``kills``: so many of the kills, chosen by ``seed``."""
    chance = random.Random(seed)
    for _ in range(rounds):
        points = [(step, victim) for step in STEPS for victim in VICTIMS]
        chosen = chance.sample(points, kills) if kills is not None else points
        for step, victim in chosen:
            began = time.monotonic()
            await kill_at(run, step, victim)
            say(f"{victim} killed at {step}: arrived after {time.monotonic() - began:.1f} s")
        others = [*SERVERS]
        chance.shuffle(others)
        for trial in (*others, *RESTORES):
            began = time.monotonic()
            await trial(run)
            say(f"{trial.__name__}: {time.monotonic() - began:.1f} s")


def failures(found: dict[str, Any]) -> list[str]:
    """Return what a good run has not."""
    return [f"{name}: {value}" for name, value in found.items() if name != "published" and value]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.ledgers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    with contextlib.ExitStack() as stack, asyncio.Runner() as runner:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="watchkeeper-ledger-"))
        mailbox = None
        if Dovecot.missing() is None:
            mailbox = fresh_user(stack.enter_context(Dovecot()))
        found = runner.run(_long(Path(folder), mailbox, seed, given.rounds))
    print(json.dumps(found, indent=1))
    return 1 if failures(found) else 0


async def _long(folder: Path, mailbox: Mailbox | None, seed: int, rounds: int) -> dict[str, Any]:
    async with running(folder, mailbox) as run:
        await trials(run, seed, rounds, lambda line: print(line, flush=True))
        return audit(run.database, run.published, run.person)


if __name__ == "__main__":
    sys.exit(main())

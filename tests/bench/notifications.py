"""Item found by a worker → notification handed over on each of three clients (ms): pushed (IMAP) and polled (feed).

The master and its workers are processes of their own; *found* is the worker's own time of the item.
"""

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Any

from master.api.client import MasterClient
from master.api.schema import AccountCreate, Notification, SettingsPatch
from tests.bench.figures import arguments, report, summary, throw_away_profile
from tests.helpers.deadlines import until
from tests.helpers.dovecot import Dovecot
from tests.helpers.feed_server import FeedServer
from tests.helpers.masters import ServeProcess, items_of, workers_run
from worker.protocol.codec import now_ms

CLIENTS = 3
POLLED = 5
"""Items of one check of the feed; less than what is merged."""


def main() -> None:
    given = arguments(__doc__ or "", runs=40)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner, throw_away_profile() as profile:
        report(runner.run(_measure(profile, given.runs)), given.json)


class Shown:
    """When each client was handed which item's notification (UTC ms)."""

    def __init__(self) -> None:
        self.at: dict[int, dict[int, int]] = defaultdict(dict)

    def of(self, client: int) -> Any:
        """Return what a client calls."""

        async def show(notifications: list[Notification], _digest: bool) -> None:
            now = now_ms()
            for row in notifications:
                if row.item_id is not None:
                    assert client not in self.at[row.item_id], "told twice"
                    self.at[row.item_id][client] = now

        return show

    def complete(self, count: int) -> bool:
        """Tell whether so many items were shown on all clients."""
        return sum(len(times) == CLIENTS for times in self.at.values()) >= count


async def _measure(profile: Path, runs: int) -> dict[str, Any]:
    serve = ServeProcess(profile, "--port", "0", "--vault", "passphrase", "--passphrase-file", str(_phrase(profile)))
    known = serve.start()
    shown = Shown()
    clients = [
        MasterClient(known["url"], known["token"], device_id=f"bench-{number}", device_name="bench")
        for number in range(CLIENTS)
    ]
    try:
        for number, client in enumerate(clients):
            await client.open(on_notification=shown.of(number))
        await clients[0].patch_settings(SettingsPatch(item_burst_limit=1000))
        await workers_run(clients[0])
        return {
            **await _push(clients[0], shown, runs),
            **await _poll(clients[0], shown, runs),
        }
    finally:
        for client in clients:
            await client.close()
        serve.stop()


async def _push(client: MasterClient, shown: Shown, runs: int) -> dict[str, Any]:
    with Dovecot() as dovecot:
        mailbox = dovecot.add_user("bench")
        settings = {"host": "127.0.0.1", "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
        secret = {"password": mailbox.password}
        account = await client.create_account(
            AccountCreate(platform="imap", name="Push", settings=settings, credentials=secret)
        )

        async def listening() -> bool:
            return (await client.account(account.id)).listening

        await until(listening, what="IDLE")
        for number in range(runs):
            mailbox.deliver(f"mail {number}", "body")
            await until(lambda number=number: shown.complete(number + 1), 30, f"mail {number}")
            await asyncio.sleep(0.1)
        figures = await _figures(client, shown, account.id, "push")
        await client.delete_account(account.id, keep_history=False)
    shown.at.clear()
    return figures


async def _poll(client: MasterClient, shown: Shown, runs: int) -> dict[str, Any]:
    with FeedServer() as server:
        feed = server.feed("bench")
        account = await client.create_account(
            AccountCreate(platform="feed", name="Poll", settings={"url": feed.url}, interval_seconds=5)
        )

        async def checked() -> bool:
            return (await client.account(account.id)).last_ok_at is not None

        await until(checked, what="the first check")
        for number in range(0, runs, POLLED):
            for part in range(POLLED):
                feed.publish(f"entry {number + part}")
            await client.check_account(account.id)
            await until(lambda number=number: shown.complete(number + POLLED), 30, f"entry {number}")
        return await _figures(client, shown, account.id, "poll")


async def _figures(client: MasterClient, shown: Shown, account_id: str, how: str) -> dict[str, Any]:
    found = {item.id: item.detected_at for item in await items_of(client, account_id)}
    times = [at - found[item_id] for item_id, by_client in shown.at.items() for at in by_client.values()]
    last = [max(by_client.values()) - found[item_id] for item_id, by_client in shown.at.items()]
    return {
        f"found → notification, {how} (ms, each of {CLIENTS} clients)": summary(times),
        f"found → notification, {how} (ms, the last of {CLIENTS})": summary(last),
    }


def _phrase(profile: Path) -> Path:
    profile.mkdir(parents=True)
    path = profile / "phrase"
    path.write_text("a phrase of the bench")
    path.chmod(0o600)
    return path


if __name__ == "__main__":
    main()

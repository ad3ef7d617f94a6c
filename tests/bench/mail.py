"""Mail delivered → item committed → notification handed to the client, over IDLE, on a real dovecot (ms)."""

import asyncio
import time
from typing import Any

from master.api.events import Event
from master.api.schema import AccountCreate, Notification, SettingsPatch
from tests.bench.figures import arguments, report, summary, throw_away_profile
from tests.helpers.deadlines import until
from tests.helpers.dovecot import Dovecot
from tests.helpers.masters import running_master, workers_run


def main() -> None:
    given = arguments(__doc__ or "", runs=40)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        report(runner.run(_measure(given.runs)), given.json)


async def _measure(runs: int) -> dict[str, Any]:
    committed: dict[str, float] = {}
    shown: dict[int, float] = {}
    titles: dict[int, str] = {}

    def listen(event: Event) -> None:
        if event.type == "item.detected":
            committed[event.data.title] = time.perf_counter()
            titles[event.data.id] = event.data.title

    async def show(notifications: list[Notification], _digest: bool) -> None:
        for notification in notifications:
            if notification.item_id is not None:
                shown[notification.item_id] = time.perf_counter()

    with Dovecot() as dovecot, throw_away_profile() as profile:
        mailbox = dovecot.add_user("bench")
        async with running_master(profile) as (_master, client):
            await client.open(listener=listen, on_notification=show)
            # Each mail is told by itself, however fast they come.
            await client.patch_settings(SettingsPatch(item_burst_limit=1000))
            await workers_run(client)
            settings = {"host": "127.0.0.1", "port": dovecot.plain_port, "security": "none", "username": mailbox.user}
            account = await client.create_account(
                AccountCreate(
                    platform="imap",
                    name="Bench",
                    settings=settings,
                    credentials={"password": mailbox.password},
                    interval_seconds=30,
                )
            )

            async def listening() -> bool:
                return (await client.account(account.id)).listening

            await until(listening, what="IDLE")
            to_commit, to_show = [], []
            for number in range(runs):
                title = f"mail {number}"
                began = time.perf_counter()
                mailbox.deliver(title, "body")
                await until(lambda title=title: title in committed, 30, title)
                await until(lambda title=title: title in {titles.get(item) for item in shown}, 30, title)
                at = next(at for item, at in shown.items() if titles.get(item) == title)
                to_commit.append((committed[title] - began) * 1000)
                to_show.append((at - began) * 1000)
                await asyncio.sleep(0.3)
    return {"delivered → committed (ms)": summary(to_commit), "delivered → notification (ms)": summary(to_show)}


if __name__ == "__main__":
    main()

"""A master in a process of its own, for a worker that a test plays: it reports what the test wants to be found."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import socketio

from master import app
from master.api.client import MasterClient
from master.api.schema import Account, AccountCreate, WorkerConfigCreate
from master.compositions import Composer
from master.services.services import Services
from master.settings import Options
from master.sockets.worker_namespace import WorkerNamespace
from worker.protocol.codec import encode, now_ms, read_answer
from worker.protocol.item_messages import Item, ItemsAcknowledged, ItemsDetected, Report
from worker.protocol.states import ItemKind
from worker.protocol.worker_messages import RegisterWorker, WorkerRegistered
from worker.version import PROTOCOL, __version__

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "played"
WORKER = "played"
BATCH = 100


class _OpenComposer(Composer):
    """Keeps the services where they may be reached: a worker's token is told to nobody else."""

    services: Services

    async def compose(self, stack: AsyncExitStack, namespace: WorkerNamespace) -> Services:
        _OpenComposer.services = await super().compose(stack, namespace)
        return _OpenComposer.services


async def _serve(profile: Path) -> None:
    app.Composer = _OpenComposer  # type: ignore[misc]
    master = app.Master(Options(profile=profile, port=0, port_explicit=True, vault="memory", workers=False))
    await master.start()
    async with MasterClient(master.url, master.token) as client:
        if WORKER not in {config.worker_id for config in await client.worker_configs()}:
            await client.create_worker_config(WorkerConfigCreate(worker_id=WORKER, name="Played", auto_start=False))
    _OpenComposer.services.workers._table.runtimes[WORKER].began(TOKEN)
    print(json.dumps({"url": master.url, "token": master.token}), flush=True)
    await asyncio.Event().wait()


class OpenMaster:
    """The process, a client of it, and the worker that the test plays."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._process: asyncio.subprocess.Process | None = None
        self._worker = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._seq: dict[str, int] = {}
        self.url = self.token = ""
        self.client: MasterClient

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        """Of the master."""
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.helpers.open_masters", str(self._profile), cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        known = json.loads(await self._process.stdout.readline())
        self.url, self.token = known["url"], known["token"]
        self.client = MasterClient(self.url, self.token)
        await self._worker.connect(self.url, namespaces=["/worker"], transports=["websocket"], auth={"token": TOKEN})
        register = RegisterWorker(
            worker_id=WORKER, host="here", pid=1, version=__version__, protocol=PROTOCOL, platforms=[]
        )
        read_answer(await self._call(register), WorkerRegistered)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()
        await self._worker.disconnect()
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()

    async def account(self, name: str = "Feed", **more: Any) -> Account:
        """Make an account whose first check is over: what is found is told."""
        settings = {"url": f"http://127.0.0.1:9/{name}"}
        account = await self.client.create_account(AccountCreate(platform="feed", name=name, settings=settings, **more))
        return account

    async def find(
        self, account_id: str, titles: Sequence[str], *, kind: ItemKind = ItemKind.ENTRY, key: str = ""
    ) -> list[str]:
        """Report items in batches of at most 100, acknowledged one after the other; return what became of each."""
        results: list[str] = []
        for start in range(0, len(titles), BATCH):
            reports = [self._report(account_id, title, kind, key) for title in titles[start : start + BATCH]]
            message = ItemsDetected(account_id=account_id, epoch=0, reports=reports)
            answer = read_answer(await self._call(message), ItemsAcknowledged)
            results += [result.result for result in answer.results]
        return results

    def _report(self, account_id: str, title: str, kind: ItemKind, key: str) -> Report:
        self._seq[account_id] = self._seq.get(account_id, 0) + 1
        now, text = now_ms(), f"text of {title}"
        item = Item(kind=kind, key=f"{key}{title}", title=title, text=text, created_at=now, detected_at=now)
        return Report(seq=self._seq[account_id], item=item)

    async def _call(self, message: Any) -> Any:
        return await self._worker.call("message", encode(message), namespace="/worker", timeout=60)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_serve(Path(sys.argv[1])))

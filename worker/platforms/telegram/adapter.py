"""Accounts on Telegram: direct messages, and mentions and replies in groups, pushed over MTProto.

The library is large (36 MB once imported) and is imported on a thread, by the first account of a worker that needs it.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from worker.sdk.errors import TemporaryFailure
from worker.sdk.logins import SignedIn, Talk
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe, text

if TYPE_CHECKING:
    from .accounts import Account
    from .sign_ins import SignIn

T = TypeVar("T")
IMPORT_SECONDS: Final = 30.0


class Adapter(Platform):
    """One account."""

    kinds = (ItemKind.DIRECT_MESSAGE, ItemKind.MENTION, ItemKind.COMMENT)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._account: Account | None = None

    async def probe(self) -> Probe:
        return await (await self._ready()).probe()

    async def poll(self, cursor: str | None) -> Poll:
        return await (await self._ready()).poll(cursor, asyncio.get_running_loop().time())

    async def listen(self) -> bool:
        return await (await self._ready()).listen(asyncio.get_running_loop().time())

    async def mark_read(self, keys: Sequence[str]) -> None:
        await (await self._ready()).mark_read(keys)

    async def login(self, method: str, talk: Talk) -> SignedIn:
        sign_in = await self._imported(_sign_in)
        return await sign_in(self.context, talk).by(method)

    async def log_out(self) -> bool:
        return await (await self._ready()).log_out()

    async def close(self) -> None:
        account, self._account = self._account, None
        if account is not None:
            await account.close()

    async def _ready(self) -> "Account":
        if self._account is None:
            account = await self._imported(_account)
            self._account = account(self.context)
        return self._account

    async def _imported(self, load: Callable[[], T]) -> T:
        try:
            return await self.context.run_blocking(load, IMPORT_SECONDS)
        except TimeoutError as error:
            raise TemporaryFailure(text("check_timeout", seconds=round(IMPORT_SECONDS))) from error


def _account() -> "type[Account]":
    from .accounts import Account

    return Account


def _sign_in() -> "type[SignIn]":
    from .sign_ins import SignIn

    return SignIn

"""Credentials that are typed for an account that has some: first it is looked whose they are, where one can know."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from master.api.accounts import Account, AccountTest
from master.errors import ServiceError
from master.services.account_fields import complete
from master.services.account_tests import AccountTestService
from master.services.accounts import AccountService

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 10.0
"""A service that does not tell by then is asked by the next check: nobody waits longer for a password to be stored."""


class CredentialPuts:
    """``PUT /accounts/:id/credentials``."""

    def __init__(self, *, accounts: AccountService, tests: AccountTestService) -> None:
        self._accounts = accounts
        self._tests = tests

    async def put(self, account_id: str, credentials: Mapping[str, Any], expires_at: int | None) -> Account:
        """Store credentials. Raises :class:`Conflict` when they are known to be somebody else's; else as the accounts.

        Credentials that do not work, or cannot be tried now, are stored all the same: the next check says so.
        """
        identity = self._accounts.identity(account_id)
        account = self._accounts.get(account_id)
        told = self._accounts.tested.of(
            account.platform, complete(self._accounts.manifest(account.platform), account.settings), credentials
        )
        if identity and told is None and credentials:
            await self._look(account, credentials)
        return await self._accounts.put_credentials(account_id, credentials, expires_at)

    async def _look(self, account: Account, credentials: Mapping[str, Any]) -> None:
        body = AccountTest(
            platform=account.platform,
            settings=account.settings,
            credentials=dict(credentials),
            proxy_id=account.proxy_id,
        )
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._tests.run(body)
        except (ServiceError, TimeoutError) as error:
            logger.info("whose the credentials of %s are could not be asked: %s", account.id, error)

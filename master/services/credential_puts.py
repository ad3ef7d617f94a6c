"""Credentials that are typed for an account that has some: first it is looked whose they are, where one can know."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from master.api.accounts import Account, AccountTest
from master.errors import NotFound, ServiceError
from master.services.account_fields import complete
from master.services.account_tests import AccountTestService
from master.services.accounts import AccountService
from master.tasks import Tasks
from worker.protocol.states import LoginStatus

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 10.0
"""A service that does not tell by then is asked once they work: nobody waits longer for a password to be stored."""
TRIES: Final = 3


class CredentialPuts:
    """``PUT /accounts/:id/credentials``."""

    def __init__(self, *, accounts: AccountService, tests: AccountTestService, tasks: Tasks) -> None:
        self._accounts = accounts
        self._tests = tests
        self._tasks = tasks
        self._unsure: dict[str, tuple[int, int]] = {}
        """Accounts of which it is to be asked whose the credentials are: their version, and tries that are left."""

    async def put(self, account_id: str, credentials: Mapping[str, Any], expires_at: int | None) -> Account:
        """Store credentials. Raises :class:`Conflict` when they are known to be somebody else's; else as the accounts.

        Credentials that do not work, or cannot be tried now, are stored all the same: the next check says so. Whose
        they are is then asked as soon as they work; those of somebody else end the watch.
        """
        identity = self._accounts.identity(account_id)
        account = self._accounts.get(account_id)
        if identity and credentials and not self._is_told(account, credentials):
            await self._look(account, credentials)
        stored = await self._accounts.put_credentials(account_id, credentials, expires_at)
        self._unsure.pop(account_id, None)
        if identity and credentials and not self._is_told(account, credentials):
            self._unsure[account_id] = stored.credential_version, TRIES
        return stored

    def hear(self, row: Account) -> None:
        """An account has changed."""
        version, tries = self._unsure.get(row.id, (0, 0))
        if version and version != row.credential_version:
            del self._unsure[row.id]
        elif version and row.login_status == LoginStatus.LOGGED_IN:
            del self._unsure[row.id]
            self._tasks.spawn(self._make_sure(row, tries - 1), name="whose credentials")

    async def _make_sure(self, row: Account, tries: int) -> None:
        body = AccountTest(platform=row.platform, settings=row.settings, account_id=row.id)
        try:
            report = await self._tests.run(body)
            if report.success:
                await self._accounts.belongs_to(row.id, row.credential_version, report.identity)
                return
        except NotFound:
            return
        except ServiceError as error:
            logger.info("whose the credentials of %s are could not be asked: %s", row.id, error)
        if tries:
            # Asked again with the next news of the account.
            self._unsure.setdefault(row.id, (row.credential_version, tries))

    def _is_told(self, account: Account, credentials: Mapping[str, Any]) -> bool:
        settings = complete(self._accounts.manifest(account.platform), account.settings)
        return self._accounts.tested.of(account.platform, settings, credentials) is not None

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

"""Which programs a platform may execute holds for whatever it is asked."""

from types import SimpleNamespace

import msgspec
import pytest

from master.api.proposals import SettingsPropose
from master.api.schema import SettingsPatch
from master.services.audits import AuditService
from master.services.log_outs import LogOutService
from master.services.proposals import ProposalService
from master.services.proxy_tickets import ProxyTickets
from master.services.tickets import Tickets
from tests.helpers.data import IMAP, world_of
from worker.protocol.logins import LoggedOut, LogOut
from worker.protocol.manifest import Catalog, Login
from worker.protocol.proposals import ProposeSettings, SettingsProposed

WORKERS = SimpleNamespace(
    rows=lambda: [SimpleNamespace(worker_id="w", online=True, active_tasks=0, assigned_accounts=0)]
)


@pytest.mark.parametrize("executes", [True, False])
async def test_the_limit_goes_along_with_every_question(profile, executes):
    able = msgspec.structs.replace(IMAP.capabilities, executes=executes, propose=True, log_out=True)
    manifest = msgspec.structs.replace(
        IMAP, capabilities=able, logins=[Login(id="code", kind="code", title={"en": "Code"})]
    )
    asked = []

    async def send(_worker_id, message, _seconds):
        asked.append(message)
        return LoggedOut(revoked=True) if isinstance(message, LogOut) else SettingsProposed()

    async with world_of(profile) as world:

        async def describe():
            return Catalog(version="1", platforms=[manifest])

        world.catalog._describe = describe
        await world.catalog.load()
        account = await world.mail()
        await world.settings.patch(SettingsPatch(job_commands=["true"]))
        shared = {"workers": WORKERS, "catalog": world.catalog, "settings": world.settings, "send": send}
        audit = AuditService(database=world.database, settings=world.settings, tasks=world.tasks)
        await LogOutService(accounts=world.accounts, audit=audit, tickets=Tickets(), **shared).run(account.id)
        proposals = ProposalService(
            surroundings=world.accounts.surroundings, lend=ProxyTickets(SimpleNamespace()).lent, **shared
        )
        await proposals.propose(SettingsPropose(platform="imap", settings={}))
        await audit.close()
    assert [type(message) for message in asked] == [LogOut, ProposeSettings]
    assert [message.commands for message in asked] == [["true"] if executes else None] * 2

"""The accounts of ``watchkeeper demo``: every state can be seen within a minute or two, without any network."""

from typing import Any, Final

from master.api.schema import AccountCreate
from master.services.accounts import AccountService

PLATFORM: Final = "demo"

ACCOUNTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("Demo: studio comments", {"mood": "steady", "pace_seconds": 6}),
    ("Demo: shop messages", {"mood": "chatty", "pace_seconds": 4}),
    ("Demo: team mailbox", {"mood": "flaky", "pace_seconds": 10}),
    ("Demo: signed-out forum", {"mood": "signed_out", "pace_seconds": 10}),
)
"""Name and settings of each."""

INTERVAL_SECONDS: Final = 5


async def fill(accounts: AccountService) -> None:
    """Create the demo accounts in an empty profile; one that has accounts stays as it is."""
    if accounts.rows():
        return
    for name, settings in ACCOUNTS:
        await accounts.create(
            AccountCreate(platform=PLATFORM, name=name, settings=settings, interval_seconds=INTERVAL_SECONDS)
        )

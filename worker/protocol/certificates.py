"""A certificate of TLS as a connection showed it, or as a file of authorities holds it."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from worker.protocol.bases import Moment

MOST: Final = 8
"""More of one account are not told."""
DAY_MS: Final = 86_400_000
SHARE: Final = 4
"""Who renews by itself does so when a third of a life is left; of one with less than a fourth nobody takes care."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """When it begins and ends. ``name``: the server's, or the path of the file that an account names."""

    kind: Literal["server", "authority"]
    name: Annotated[str, Meta(min_length=1, max_length=4096)]
    begins_at: Moment
    expires_at: Moment

    def is_near(self, now: int, days: int) -> bool:
        """Tell whether its end is worth a warning: less than ``days`` and less than a fourth of its life are left.

        So one of a year is told of ``days`` before; one of six days, which is renewed every other day, only when that
        was not done.
        """
        return self.expires_at - now < min(days * DAY_MS, (self.expires_at - self.begins_at) // SHARE)

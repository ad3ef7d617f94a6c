"""What the tray shows, as one value: what is true now, in words that were made elsewhere."""

import msgspec

ROWS = 5
"""Most items and most accounts that the menu names."""


class TrayEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the menu that leads somewhere: ``key`` is the id of an item or account."""

    key: str
    words: str


class TrayPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that icon, tooltip and menu tell."""

    level: str = "idle"
    """The worst state: ``ok warn bad idle``."""
    sentence: str = ""
    """All that is wrong, or that nothing is."""
    unread: int = 0
    items: tuple[TrayEntry, ...] = ()
    """The newest that are unread, at most :data:`ROWS`."""
    accounts: tuple[TrayEntry, ...] = ()
    """Those that need sign-in, at most :data:`ROWS`."""
    accounts_more: int = 0
    """So many more need it."""
    all_paused: bool = False
    watched: int = 0
    """Accounts there are, paused or not."""
    muted: bool = False
    muted_until: str = ""
    """The moment in words; empty while muted: until the person ends it."""
    quiet: bool = False
    """Quiet hours hold what is not urgent."""
    quiet_until: str = ""
    connected: bool = False
    locked: bool = False
    """Nothing that was found is told, and nothing but opening and quitting can be done."""

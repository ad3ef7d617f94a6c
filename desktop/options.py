"""What the desktop is started with."""

from pathlib import Path

import msgspec


class DesktopOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for."""

    demo: bool
    profile: Path
    host: str | None
    port: int | None
    port_explicit: bool
    log_level: str | None
    vault: str
    passphrase: str | None = None
    minimized: bool = False
    link: str = ""
    """What to open at once: a link of ours, or what means to be one."""
    usual_profile: bool = False
    """``profile`` is the one that is used without ``--profile``."""
    connect: str | None = None
    token: str = ""
    offscreen: bool = False
    seconds: float | None = None
    screenshot: Path | None = None


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the master is, and how to speak to it."""

    url: str
    token: str


def running_peer(profile: Path) -> Peer | None:
    """Return the master that holds the profile (`serve`), None when none can be found."""
    try:
        known = msgspec.json.decode((profile / "master.json").read_bytes())
        return Peer(url=str(known["url"]), token=str(known["token"]))
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return None

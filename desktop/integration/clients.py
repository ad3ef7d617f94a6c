"""The client of a window: which device it is, where the master of its profile listens now."""

import hashlib
import socket
from functools import partial
from pathlib import Path

from desktop.options import DesktopOptions, Peer, running_peer
from master.api.client import MasterClient


def make_client(peer: Peer, options: DesktopOptions) -> MasterClient:
    """Return a client of ``peer``; that of a profile looks where its master is whenever it has to connect anew."""
    return MasterClient(
        peer.url,
        peer.token,
        device_id=_device_id(options.profile),
        device_name=socket.gethostname(),
        look=partial(look, options.profile) if options.connect is None else None,
    )


def look(profile: Path) -> tuple[str, str] | None:
    """Return where the master of a profile listens now, and its token: one that was started again has others."""
    peer = running_peer(profile)
    return None if peer is None else (peer.url, peer.token)


def _device_id(profile: Path) -> str:
    identity = f"{socket.gethostname()}:{profile.resolve()}"
    return "desktop-" + hashlib.sha256(identity.encode()).hexdigest()[:16]

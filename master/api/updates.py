"""Whether there is a newer Watchkeeper: what the project publishes, and what is known of it here."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from master.api.rows import Row
from worker.protocol.texts import Text

UpdateMode = Literal["ask", "on", "off"]
"""``ask``: the person was not asked yet, and nothing is looked for."""
System = Literal["windows", "macos", "linux"]
MARK = b"watchkeeper-update-1\n"
"""Goes before the payload when it is signed, so that no other signature of the project fits."""
MAX_BYTES = 256 * 1024

Short = Annotated[str, Meta(max_length=200)]
Address = Annotated[str, Meta(max_length=2000)]


class Download(Row, frozen=True, kw_only=True):
    """A file of a release."""

    system: System
    machine: Short
    """``x86_64`` or ``arm64``."""
    kind: Short
    """``deb``, ``msi``, ``dmg`` …"""
    url: Address
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, Meta(ge=1)]


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. ``serial`` grows with everything that is published; times are UTC milliseconds."""

    serial: Annotated[int, Meta(ge=1)]
    version: Annotated[str, Meta(pattern=r"^\d{1,6}(\.\d{1,6}){1,3}$")]
    released_at: int
    expires_at: int
    """What is older than this says nothing any more: somebody may hold back what is newer."""
    minimum: dict[System, Short] = {}
    """The oldest version of each system that it runs on."""
    downloads: Annotated[list[Download], Meta(max_length=50)] = []
    page: Address = ""
    """Where people read about it."""
    notes: Annotated[dict[str, Annotated[str, Meta(max_length=8000)]], Meta(max_length=20)] = {}
    """What is new, per language; plain text."""


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file at the address: the payload as it was signed, and the signature in base64."""

    payload: str
    signature: str


class UpdateState(Row, frozen=True, kw_only=True):
    """Answer of ``GET /updates``."""

    mode: UpdateMode
    managed_by: str
    """What keeps this installation up to date instead; then nothing is looked for here."""
    address: str
    """Empty: this build has none, and nothing is looked for."""
    current: str
    checked_at: int | None
    next_at: int | None
    available: Release | None
    """A newer version, with the downloads for this machine alone."""
    fits: bool = True
    """It runs on this version of the system."""
    problem: Text | None = None
    """Why the last look told nothing."""

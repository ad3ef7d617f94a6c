"""How to reach the master that runs on a profile, as it leaves it there for others."""

from typing import Final

import msgspec

MASTER_FILE: Final = "master.json"


class MasterFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``master.json`` says while a master runs; only its owner can read it."""

    url: str
    token: str
    client_token: str
    pid: int
    started_at: int
    version: str

    def __repr__(self) -> str:
        return f"MasterFile({self.url}, pid {self.pid})"

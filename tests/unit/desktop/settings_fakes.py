"""A master that keeps settings, for the fake client: it checks versions, and tells of changes as the real one does."""

from typing import Any

import msgspec
from msgspec import UNSET

from desktop.dialogs.context import Context
from master.api.client import ApiError
from master.api.diagnostics import PlaceSize, SystemFacts
from master.api.schema import Settings, SettingsPatch
from tests.unit.desktop.fakes import NOW, FakeClient


class KeptSettings:
    """``tells`` false: changes are kept, and events of them come later (:meth:`tell`)."""

    def __init__(self, context: Context, client: FakeClient) -> None:
        self._context = context
        self.current = context.models.settings or Settings()
        self.tells = True
        client.answers["patch_settings"] = self.patch
        client.answers["settings"] = lambda: self.current

    def patch(self, body: SettingsPatch) -> Settings:
        """Do what ``PATCH /settings`` does."""
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
        if changes.pop("version", self.current.version) != self.current.version:
            raise ApiError(409, "ERR_CONFLICT", "Somebody changed this meanwhile.")
        self.change(**changes)
        return self.current

    def change(self, **changes: Any) -> None:
        """Change them as another window would."""
        self.current = msgspec.structs.replace(self.current, **changes, version=self.current.version + 1)
        if self.tells:
            self.tell()

    def tell(self) -> None:
        """Send the event of the last change."""
        self._context.bridge.send("settings.changed", self.current)  # type: ignore[attr-defined]


def make_facts() -> SystemFacts:
    """Return what the fake master runs on."""
    sizes = {"database": 45_300_000, "logs": 1_200_000, "workers": 300_000, "jobs": 0, "backups": 2_100_000_000}
    return SystemFacts(
        version="0.1.0",
        python="3.11.7",
        system="Linux",
        machine="x86_64",
        packaged=False,
        profile="/srv/watchkeeper",
        address="http://127.0.0.1:3000",
        pid=4711,
        started_at=NOW,
        uptime=60.0,
        memory_bytes=75_000_000,
        disk_free_bytes=51_000_000_000,
        disk_total_bytes=100_000_000_000,
        sizes=[PlaceSize(place=place, bytes=count) for place, count in sizes.items()],  # type: ignore[arg-type]
        tasks=[],
        libraries={},
    )

"""The catalogue: which platforms and runners there are, as the worker describes itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from master.api.system import CatalogAnswer, DeploymentType
from master.api.workers import DEPLOYMENT_TYPES
from master.errors import Invalid
from master.services.events import Publisher
from worker.protocol.manifest import BrokenPlugin, Catalog, Manifest
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

READY_SECONDS: Final = 15.0


class CatalogService:
    """Asks once (it starts a process) and remembers."""

    def __init__(self, *, describe: Callable[[], Awaitable[Catalog]], publisher: Publisher) -> None:
        self._describe = describe
        self._publisher = publisher
        self._platforms: dict[str, Manifest] = {}
        self._runners: dict[str, Manifest] = {}
        self._broken: list[BrokenPlugin] = []
        self.ready: Final = asyncio.Event()
        """Set once the catalogue is there."""

    async def load(self) -> None:
        """Ask a worker. Raises what ``describe`` raises; what was known before stays."""
        catalog = await self._describe()
        self._platforms = {manifest.id: manifest for manifest in catalog.platforms}
        self._runners = {manifest.id: manifest for manifest in catalog.runners}
        self._broken = catalog.broken
        self.ready.set()
        logger.info("platforms: %s", ", ".join(self._platforms) or "none")
        self._publisher.publish("catalog.changed", self.answer())

    def manifest(self, platform: str) -> Manifest | None:
        """Return the manifest of a platform, None when no worker knows it."""
        return self._platforms.get(platform)

    async def wait_manifest(self, platform: str) -> Manifest | None:
        """As :meth:`manifest`, but in the first moments after the start wait for the catalogue."""
        await self._wait()
        return self.manifest(platform)

    async def need_manifest(self, platform: str) -> Manifest:
        """As :meth:`wait_manifest`, of a platform that somebody named. Raises :class:`Invalid` with the choices."""
        manifest = await self.wait_manifest(platform)
        if manifest is None:
            choices = ", ".join(self.platforms())
            raise Invalid(fields={"platform": text("field_choice", choices=choices)})
        return manifest

    async def wait_runner(self, runner: str) -> Manifest | None:
        """Return the manifest of a runner, None when no worker knows it; waits as :meth:`wait_manifest`."""
        await self._wait()
        return self._runners.get(runner)

    def runners(self) -> list[str]:
        """Return the ids of all runners."""
        return list(self._runners)

    def platforms(self) -> list[str]:
        """Return the ids of all platforms."""
        return list(self._platforms)

    def answer(self) -> CatalogAnswer:
        """Return all of it."""
        return CatalogAnswer(
            platforms=list(self._platforms.values()),
            runners=list(self._runners.values()),
            deployments=[DeploymentType(id=one, title=text(f"deployment_{one}")) for one in DEPLOYMENT_TYPES],
            broken=self._broken,
        )

    async def _wait(self) -> None:
        if not self.ready.is_set():
            try:
                await asyncio.wait_for(self.ready.wait(), READY_SECONDS)
            except TimeoutError:
                logger.warning("the catalogue of platforms is not there after %.0f s", READY_SECONDS)

"""Settings proposed for what was typed so far: a worker asks around, nothing is saved."""

from typing import Any, Final

from master.api.proposals import ProposalReport, SettingsPropose
from master.errors import Invalid, Unavailable
from master.services.account_fields import check_settings
from master.services.account_tests import Lend
from master.services.catalog import CatalogService
from master.services.deliveries import Send
from master.services.settings import SettingsService
from master.services.surroundings import Surroundings
from master.services.workers import WorkerService
from worker.protocol.codec import ProtocolError
from worker.protocol.manifest import Field, Manifest
from worker.protocol.proposals import ProposeSettings, SettingsProposed
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import text

PROPOSE_SECONDS: Final = 40.0
"""The worker's own deadline is 30 s."""


class ProposalService:
    """Has the least busy worker propose."""

    def __init__(
        self,
        *,
        workers: WorkerService,
        catalog: CatalogService,
        surroundings: Surroundings,
        settings: SettingsService,
        lend: Lend,
        send: Send,
    ) -> None:
        """``lend``: gives the route of a proxy a ticket while it is used."""
        self._surroundings = surroundings
        self._settings = settings
        self._lend = lend
        self._workers = workers
        self._catalog = catalog
        self._send = send

    async def propose(self, body: SettingsPropose) -> ProposalReport:
        """Return ways to complete ``body.settings``.

        Raises :class:`Invalid` by field, :class:`Unavailable` when no worker is there to ask around.
        """
        manifest = await self._catalog.wait_manifest(body.platform)
        if manifest is None:
            raise Invalid(fields={"platform": text("unassigned_no_platform", platform=body.platform)})
        if not manifest.capabilities.propose:
            return ProposalReport(proposals=[], error=None, fields={})
        typed = {
            name: _whole(manifest.field(name), value)
            for name, value in body.settings.items()
            if value not in (None, "", [], {})
        }
        self._check(manifest, typed)
        route, worker_id = self._route(body, manifest), self._choose()
        try:
            async with self._lend(route, worker_id) as proxy:
                message = ProposeSettings(
                    platform=body.platform, settings=typed, proxy=proxy, commands=self._settings.commands_of(manifest)
                )
                answer = await self._send(worker_id, message, PROPOSE_SECONDS)
        except ProtocolError as error:
            raise Unavailable(text("check_failed", detail=error.message)) from error
        if not isinstance(answer, SettingsProposed):
            raise TypeError(f"a question for settings was answered with {type(answer).__name__}")
        return ProposalReport(proposals=answer.proposals, error=answer.error, fields=answer.fields)

    def _route(self, body: SettingsPropose, manifest: Manifest) -> ProxyRoute | None:
        """Return the proxy to ask through. Raises :class:`Invalid`."""
        faults = self._surroundings.faults({"proxy_id": body.proxy_id, "group_id": body.group_id}, manifest)
        if faults:
            raise Invalid(fields=faults)
        return self._surroundings.chosen(body.proxy_id, body.group_id)

    @staticmethod
    def _check(manifest: Manifest, typed: dict[str, Any]) -> None:
        """Raise :class:`Invalid` for what was typed wrongly; what is absent is what is asked for."""
        faults = {
            name: fault for name, fault in check_settings(manifest, typed).items() if name.partition(".")[2] in typed
        }
        if faults:
            raise Invalid(fields=faults)

    def _choose(self) -> str:
        online = [worker for worker in self._workers.rows() if worker.online]
        if not online:
            raise Unavailable(text("worker_none_online"), code="ERR_NO_WORKER")
        return min(online, key=lambda worker: (worker.active_tasks, worker.assigned_accounts)).worker_id


def _whole(field: Field | None, value: Any) -> Any:
    """Return an address with its scheme, as people leave it out."""
    bare = field is not None and field.type == "url" and isinstance(value, str) and "://" not in value
    return f"https://{value.strip()}" if bare else value

"""A client of the master: its REST API as typed calls, its socket as callbacks."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from master.api.account_calls import AccountCalls
from master.api.alert_calls import AlertCalls
from master.api.backup_calls import BackupCalls
from master.api.diagnostic_calls import DiagnosticCalls
from master.api.group_calls import GroupCalls
from master.api.item_calls import ItemCalls
from master.api.job_calls import JobCalls
from master.api.login_calls import LoginCalls
from master.api.messages import RegisterClient
from master.api.overview_calls import OverviewCalls
from master.api.proposal_calls import ProposalCalls
from master.api.proxy_calls import ProxyCalls
from master.api.rule_calls import RuleCalls
from master.api.search_calls import SearchCalls
from master.api.system_calls import SystemCalls
from master.api.transports import ApiError, Look, Transport
from master.api.update_calls import UpdateCalls
from master.api.vault_calls import VaultCalls
from master.api.worker_calls import WorkerCalls

if TYPE_CHECKING:
    from master.api.live import Listener, Live, OnConnection, OnNotification


class MasterClient(
    AccountCalls,
    AlertCalls,
    BackupCalls,
    DiagnosticCalls,
    GroupCalls,
    ItemCalls,
    JobCalls,
    LoginCalls,
    OverviewCalls,
    ProposalCalls,
    ProxyCalls,
    RuleCalls,
    SearchCalls,
    SystemCalls,
    UpdateCalls,
    VaultCalls,
    WorkerCalls,
):
    """One master, over one HTTP session and one socket. Belongs to one event loop.

    Every call returns the type of its answer and raises :class:`ApiError`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        device_id: str = "",
        device_name: str = "",
        fingerprint: bytes | None = None,
        look: Look | None = None,
    ) -> None:
        """``device_id``: stable name of this device; without it no notifications are told.

        ``fingerprint``: SHA-256 of the only certificate that is accepted (https). ``look``: asked for address and token
        before each new attempt to connect, as a master that is started again has others; None from it: as before.
        """
        self._transport = Transport(url, token, fingerprint=fingerprint, look=look)
        self._device = RegisterClient(device_id=device_id, device_name=device_name) if device_id else None
        self._live: Live | None = None

    @property
    def url(self) -> str:
        """Where the master listens."""
        return self._transport.url

    async def open(
        self,
        listener: "Listener | None" = None,
        on_notification: "OnNotification | None" = None,
        on_connection: "OnConnection | None" = None,
    ) -> None:
        """Connect the socket, and again whenever it is lost (0.2 to 5 s), until :meth:`close`.

        ``listener`` gets every event, numbered ones in order and without gaps; ``Event(type="resync", seq=0)`` says
        that some could not be had: load everything again. ``on_notification`` gets what is to be shown (the flag: one
        row stands for many); it is acknowledged once that returns. ``on_connection`` gets whether the master is
        connected, and why not. All are called in this event loop; the first and the last must not block.

        Returns after the first attempt, whether it succeeded or not.
        """
        if self._live is not None:
            raise RuntimeError("the client is open already")
        from master.api.live import Live  # the socket's library is half of a short command's start

        self._live = Live(
            self._transport,
            device=self._device,
            listener=listener,
            on_notification=on_notification,
            on_connection=on_connection,
        )
        await self._live.open()

    async def close(self) -> None:
        """Disconnect and end all. Does nothing the second time."""
        live, self._live = self._live, None
        if live is not None:
            await live.close()
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


__all__ = ["ApiError", "MasterClient"]

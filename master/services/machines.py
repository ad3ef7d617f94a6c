"""The machine that the master runs on: sleep and wake, battery. What the composition root makes of both."""

from master.api.system import Machine, Settings
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.assignments import AssignmentService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.holds import HoldService
from master.services.networks import Ways
from master.services.powers import Power, choose_reader
from master.services.savers import BatterySaver, Saving
from master.services.settings import SettingsService
from master.services.wakes import WakeService
from master.tasks import Tasks
from worker.protocol.clocks import awake_seconds


class MachineService:
    """Joins both to whom they concern."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        assignments: AssignmentService,
        alerts: AlertService,
        holds: HoldService,
        publisher: Publisher,
        settings: SettingsService,
        send: Send,
        tasks: Tasks,
    ) -> None:
        self._assignments = assignments
        self.wakes = WakeService(
            accounts=accounts.wakes, send=send, away=holds, publisher=publisher, tasks=tasks, network=Ways()
        )
        self.saver = BatterySaver(
            settings=lambda: settings.current,
            reader=choose_reader,
            changed=self._on_saving,
            tasks=tasks,
            clock=awake_seconds,
        )
        accounts.resting = alerts.quiet = lambda: self.wakes.quiet
        settings.watch(self._on_settings)

    @property
    def machine(self) -> Machine:
        """How it is now."""
        return self.wakes.machine

    def tick(self) -> None:
        """Once a second."""
        self.wakes.look()
        self.saver.tick()

    def _on_settings(self, before: Settings, after: Settings) -> None:
        names = ("battery_saver", "battery_saver_percent", "battery_saver_factor")
        if any(getattr(before, name) != getattr(after, name) for name in names):
            self.saver.look_soon()

    def _on_saving(self, saving: Saving, power: Power) -> None:
        self._assignments.save(saving.factor)
        self.wakes.show(
            on_battery=power.on_battery,
            battery_percent=power.percent,
            saving=saving.reason,
            interval_factor=saving.factor,
        )

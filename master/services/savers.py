"""Battery saver: while the machine is to save energy, accounts are checked more rarely."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from master.api.system import Settings
from master.services.powers import Power, PowerReader
from master.tasks import Tasks
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 10.0
SAVING_SECONDS: Final = 2.0
"""While it saves it looks that often: at the mains that is over at once."""


class Saving(NamedTuple):
    """What follows from a reading."""

    factor: float
    reason: Text | None
    """None: nothing is saved."""


NONE: Final = Saving(1.0, None)


def saving_of(settings: Settings, power: Power) -> Saving:
    """Return what a reading means under these settings."""
    if settings.battery_saver == "off" or not power.on_battery:
        return NONE
    factor = settings.battery_saver_factor
    if settings.battery_saver == "system":
        return Saving(float(factor), text("saver_system", factor=factor)) if power.saving else NONE
    if power.percent is None or power.percent >= settings.battery_saver_percent:
        return NONE
    return Saving(float(factor), text("saver_below", percent=power.percent, factor=factor))


class BatterySaver:
    """Reads the system's state now and then, as far as the settings ask for it."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        reader: Callable[[], PowerReader],
        changed: Callable[[Saving, Power], None],
        tasks: Tasks,
        clock: Callable[[], float],
    ) -> None:
        """``reader``: made when it is first needed; ``changed``: what is told; ``clock``: awake seconds."""
        self._settings = settings
        self._make_reader = reader
        self._reader: PowerReader | None = None
        self._changed = changed
        self._tasks = tasks
        self._clock = clock
        self._due = 0.0
        self._looking = False
        self._told: tuple[Saving, Power] = (NONE, Power())

    @property
    def saving(self) -> Saving:
        """What counts now."""
        return self._told[0]

    def tick(self) -> None:
        """Once a second: look when it is time."""
        if self._looking or self._clock() < self._due:
            return
        if self._settings().battery_saver == "off":
            self._tell(NONE, Power())
            return
        self._looking = True
        self._tasks.spawn(self.look(), name="battery")

    def look_soon(self) -> None:
        """Settings changed, or the machine woke: look at the next tick."""
        self._due = 0.0

    async def look(self) -> None:
        """Look once."""
        try:
            settings = self._settings()
            if self._reader is None:
                self._reader = self._make_reader()
            reader, wanted = self._reader, settings.battery_saver == "system"
            try:
                power = await asyncio.to_thread(lambda: reader.read(saving=wanted))
            except OSError as error:
                logger.warning("the state of the battery cannot be read: %s", error)
                power = Power()
            saving = saving_of(self._settings(), power)
            self._tell(saving, power)
            self._due = self._clock() + (SAVING_SECONDS if saving.reason is not None else LOOK_SECONDS)
        finally:
            self._looking = False

    def _tell(self, saving: Saving, power: Power) -> None:
        before, self._told = self._told, (saving, power)
        if before == self._told:
            return
        if before[0].factor != saving.factor:
            logger.info("%s", saving.reason.message if saving.reason is not None else "energy is not saved any more")
        self._changed(saving, power)

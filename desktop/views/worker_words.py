"""What is said of a worker: how it is in a sentence, its figures with units, and what can be done with it."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from master.api.schema import Beat, Worker
from worker.protocol.states import WorkerState

BUSY = (WorkerState.STARTING, WorkerState.STOPPING)
ALIVE = (WorkerState.RUNNING, WorkerState.STARTING, WorkerState.STOPPING)


class WorkerWords(QObject):
    """Words of cards and panels, in the language of the window."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def percent(self, value: float) -> str:
        """Return percent of one core."""
        return self.tr("{percent} %").format(percent=self._context.wording.number(value, 1))

    def megabytes(self, value: float) -> str:
        """Return an amount of memory."""
        return self.tr("{size} MB").format(size=self._context.wording.number(value))

    def cpu(self, worker: Worker) -> str:
        """Return what it takes of a core now; a dash when it does not run."""
        known = worker.status in ALIVE and worker.cpu_usage is not None
        return self.percent(worker.cpu_usage or 0.0) if known else "–"

    def memory(self, worker: Worker) -> str:
        """Return what it takes of the memory now; a dash when it does not run."""
        known = worker.status in ALIVE and worker.memory_usage_mb is not None
        return self.megabytes(worker.memory_usage_mb or 0.0) if known else "–"

    def ending(self, worker: Worker, now: int) -> str:
        """Return how its last process ended, and when; empty when none has."""
        if worker.last_exit is None:
            return ""
        wording = self._context.wording
        return self.tr("{how} · {age} ago").format(
            how=wording.say(worker.last_exit.text), age=wording.ago(worker.last_exit.at, now)
        )

    def sentence(self, worker: Worker, now: int) -> str:
        """Return how it is at ``now`` (UTC milliseconds)."""
        wording = self._context.wording
        if worker.status is WorkerState.RUNNING and worker.health == "dead":
            return self.tr("does not answer; its accounts were taken over")
        if worker.status in (WorkerState.CRASHED, WorkerState.ERROR) and worker.last_exit is not None:
            return self.ending(worker, now)
        if worker.status_text is not None:
            return wording.say(worker.status_text)
        if worker.status is WorkerState.RUNNING and worker.started_at is not None:
            parts = [self.tr("up {span}").format(span=wording.span((now - worker.started_at) / 1000))]
            if worker.active_tasks:
                parts.append(self.tr("%n check(s) under way", "", worker.active_tasks))
            if worker.over_capacity:
                parts.append(self.tr("more accounts than places, until others have room"))
            return " · ".join(parts)
        if worker.status is not WorkerState.STOPPED:
            return ""
        if worker.last_exit is not None:
            return wording.say(worker.last_exit.text)
        return "" if worker.epoch else self.tr("never started")

    def beat(self, beat: Beat) -> str:
        """Return a tick of the heartbeat bar in words."""
        words = {
            "ok": self.tr("on time"),
            "warn": self.tr("late"),
            "bad": self.tr("missed"),
            "idle": self.tr("not running"),
        }
        return f"{self._context.wording.moment(beat.at)}\n{words.get(beat.level, beat.level)}"

    @staticmethod
    def able(worker: Worker) -> dict[str, bool]:
        """Return which of ``start stop restart kill`` make sense now."""
        alive = worker.status in ALIVE or worker.status is WorkerState.CRASHED
        return {
            "start": worker.status not in ALIVE,
            "stop": alive and worker.status is not WorkerState.STOPPING,
            "restart": alive and worker.status not in BUSY,
            "kill": worker.pid is not None,
        }

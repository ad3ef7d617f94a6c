"""What is said of a worker: how it is in a sentence, its figures with units, and what can be done with it."""

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.models.takeovers import TOGETHER_MS
from desktop.models.workers import starts_elsewhere
from master.api.schema import Beat, Worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

TOLD_MS = 600_000
"""A worker that runs again tells for so long of the accounts that others took."""
SLACK_MS = 500
"""An end may be noted that much after what it caused."""
OUTSIDE = "exit_killed_outside"
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

    def _taken_at_end(self, worker: Worker) -> str:
        """Return what became of its accounts when its process ended; empty when it had none, or keeps them."""
        taken = self._context.models.assignments.takeovers.of(worker.worker_id)
        if taken is None or worker.last_exit is None or taken.last_at < worker.last_exit.at - TOGETHER_MS:
            return ""
        if taken.first_at < worker.last_exit.at - SLACK_MS:  # handed over in order, or taken because it did not answer
            return self.tr("; its %n account(s) were taken over", "", taken.count)
        seconds = max(100, taken.last_at - worker.last_exit.at) / 1000
        wording = self._context.wording
        span = self.tr("{count} s").format(count=wording.number(seconds, 1)) if seconds < 10 else wording.span(seconds)
        return self.tr("; its %n account(s) were taken over in {span}", "", taken.count).format(span=span)

    def ending(self, worker: Worker, now: int, more: str = "") -> str:
        """Return how its last process ended, ``more`` of it, and when; empty when none has.

        Where ``more`` is said, what may have been the cause is left out: a card has two lines.
        """
        if worker.last_exit is None:
            return ""
        wording, how = self._context.wording, worker.last_exit.text
        if more and how.code == OUTSIDE:
            how = text("exit_signal", signal=how.params["signal"], name=how.params["name"])
        age = wording.span(max(1.0, (now - worker.last_exit.at) / 1000))
        return self.tr("{how} · {age} ago").format(how=wording.say(how) + more, age=age)

    def sentence(self, worker: Worker, now: int) -> str:
        """Return how it is at ``now`` (UTC milliseconds)."""
        wording = self._context.wording
        if worker.status is WorkerState.RUNNING and worker.health == "dead":
            taken = self._context.models.assignments.takeovers.of(worker.worker_id)
            if taken is not None and now - taken.last_at < TOLD_MS:
                return self.tr("does not answer; its %n account(s) were taken over", "", taken.count)
            return self.tr("does not answer; its accounts were taken over")
        if worker.status in (WorkerState.CRASHED, WorkerState.ERROR) and worker.last_exit is not None:
            return self.ending(worker, now, self._taken_at_end(worker))
        if worker.status_text is not None:
            return wording.say(worker.status_text)
        if worker.status is WorkerState.RUNNING and worker.started_at is not None:
            parts = [self.tr("up {span}").format(span=wording.span((now - worker.started_at) / 1000))]
            if worker.host:
                parts.append(self.tr("on {host}").format(host=worker.host))
            if worker.active_tasks:
                parts.append(self.tr("%n check(s) under way", "", worker.active_tasks))
            taken = self._context.models.assignments.takeovers.of(worker.worker_id)
            if taken is not None and now - taken.last_at < TOLD_MS:
                age = wording.span(max(1.0, (now - taken.last_at) / 1000))
                parts.append(self.tr("%n account(s) were taken over {age} ago", "", taken.count).format(age=age))
            if worker.over_capacity:
                parts.append(self.tr("more accounts than places, until others have room"))
            return " · ".join(parts)
        if worker.status is not WorkerState.STOPPED:
            return ""
        if worker.last_exit is not None:
            return wording.say(worker.last_exit.text) + self._taken_at_end(worker)
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
        here = not starts_elsewhere(worker)
        return {
            "start": here and worker.status not in ALIVE,
            "stop": alive and worker.status is not WorkerState.STOPPING,
            "restart": here and alive and worker.status not in BUSY,
            "kill": here and worker.pid is not None,
        }

    def why_not(self, worker: Worker, command: str) -> str:
        """Return why a worker that is started elsewhere cannot be told this from here; empty where it can."""
        if not starts_elsewhere(worker):
            return ""
        words = {
            "start": self.tr("It is started elsewhere: see How it joins."),
            "restart": self.tr("It is started elsewhere: stop it, then start it there again."),
            "kill": self.tr("Its process runs elsewhere: end it there."),
        }
        return words.get(command, "")

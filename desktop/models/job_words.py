"""Words of jobs and schedules: states, reasons, ends, spans, sizes."""

import signal

from PySide6.QtCore import QCoreApplication

from desktop.words import Face, Wording
from master.api.schema import Job
from worker.protocol.states import JobReason, JobState, ReservationState

ENDS = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
"""States that a job never leaves."""
KB = 1024


def has_ended(job: Job) -> bool:
    """Whether it will never change its state again."""
    return job.state in ENDS


def exit_parts(job: Job) -> tuple[int | None, int | None]:
    """Return exit code and signal of ``"code:signal"``; None for what there is none of."""
    code, _sign, number = (job.exit_code or "").partition(":")
    return (int(code) if code.lstrip("-").isdecimal() else None), (int(number) or None if number.isdecimal() else None)


def signal_name(number: int) -> str:
    """Return ``SIGKILL`` for 9; empty where this system has no such signal."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


class JobWords:
    """Says how jobs are in the language of ``wording``."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        translate = QCoreApplication.translate
        self._faces = {
            JobState.PENDING: Face("ring", translate("JobWords", "Waiting"), "idle"),
            JobState.RUNNING: Face("half", translate("JobWords", "Running"), "accent"),
            JobState.COMPLETED: Face("dot", translate("JobWords", "Completed"), "ok"),
            JobState.FAILED: Face("cross", translate("JobWords", "Failed"), "bad"),
            JobState.CANCELLED: Face("square", translate("JobWords", "Cancelled"), "idle"),
        }
        self._cancelling = Face("half", translate("JobWords", "Cancelling"), "idle")
        self._reasons = self._reason_words()
        self._outcomes = {
            "started": Face("dot", translate("JobWords", "Started"), "ok"),
            "queued": Face("ring", translate("JobWords", "Queued"), "idle"),
            "skipped": Face("bars", translate("JobWords", "Skipped"), "idle"),
            "missed": Face("triangle", translate("JobWords", "Missed"), "warn"),
            "failed": Face("cross", translate("JobWords", "Not started"), "bad"),
        }
        self._holds = {
            ReservationState.RESERVED: Face("ring", translate("JobWords", "Reserved"), "idle"),
            ReservationState.ALLOCATED: Face("half", translate("JobWords", "In use"), "accent"),
            ReservationState.RELEASED: Face("square", translate("JobWords", "Released"), "idle"),
        }

    def _reason_words(self) -> dict[JobReason, str]:
        translate = QCoreApplication.translate
        return {
            JobReason.OK: translate("JobWords", "went well"),
            JobReason.SCRIPT_ERROR: translate("JobWords", "ended with an error"),
            JobReason.SIGNAL: translate("JobWords", "killed from outside"),
            JobReason.TIMEOUT: translate("JobWords", "took too long"),
            JobReason.BAD_SPEC: translate("JobWords", "values not accepted"),
            JobReason.BAD_COMMAND: translate("JobWords", "command not found"),
            JobReason.PERMISSION: translate("JobWords", "no permission"),
            JobReason.BAD_DIRECTORY: translate("JobWords", "working directory missing"),
            JobReason.NOT_ALLOWED: translate("JobWords", "not allowed by the settings"),
            JobReason.CREDENTIAL: translate("JobWords", "credential not readable"),
            JobReason.START_FAILED: translate("JobWords", "could not be started"),
            JobReason.UNAVAILABLE: translate("JobWords", "something it needs is missing"),
            JobReason.LOST: translate("JobWords", "lost"),
            JobReason.HOST_RESTART: translate("JobWords", "the computer restarted"),
            JobReason.CANCELLED: translate("JobWords", "cancelled"),
            JobReason.KILLED: translate("JobWords", "killed"),
            JobReason.REPLACED: translate("JobWords", "replaced by a later run"),
        }

    # -- faces

    def face(self, job: Job) -> Face:
        """Return how the state of a job shows."""
        if job.cancelling and not has_ended(job):
            return self._cancelling
        return self._faces[job.state]

    def state(self, state: JobState) -> Face:
        """Return how a state shows."""
        return self._faces[state]

    def outcome(self, outcome: str) -> Face:
        """Return how what became of a moment of a schedule shows."""
        return self._outcomes[outcome]

    def hold(self, state: ReservationState) -> Face:
        """Return how the state of a reservation shows."""
        return self._holds[state]

    # -- words

    def reason(self, reason: JobReason | str | None) -> str:
        """Return a reason in words; one that this version does not know as it is written."""
        known = next((words for one, words in self._reasons.items() if one == reason), None)
        return known if known is not None else str(reason or "")

    def exit_words(self, job: Job) -> str:
        """Return the exit code in words; empty where nothing ran."""
        code, number = exit_parts(job)
        translate = QCoreApplication.translate
        if number is not None:
            name = signal_name(number)
            said = f"{number} ({name})" if name else str(number)
            return translate("JobWords", "killed by signal {signal}").format(signal=said)
        if code is None:
            return ""
        return translate("JobWords", "exit code {code}").format(code=code)

    def result(self, job: Job) -> str:
        """Return how it ended, or what it waits for, in a few words."""
        if job.state is JobState.PENDING:
            return self.wording.say(job.waiting)
        if job.state is JobState.RUNNING:
            return ""
        if job.state is JobState.COMPLETED:
            return self.exit_words(job) or self.reason(JobReason.OK)
        if job.reason in (JobReason.SCRIPT_ERROR, JobReason.SIGNAL):
            return self.exit_words(job) or self.reason(job.reason)
        return self.reason(job.reason)

    def ended(self, job: Job) -> str:
        """Return the end in a sentence; empty when all went well, or nothing has ended."""
        said = self.wording.say(job.error)
        return said or (self.reason(job.reason) if job.state is JobState.FAILED else "")

    def milliseconds(self, job: Job, now: int) -> int | None:
        """Return how long it ran, or has run until ``now`` (UTC milliseconds); None when it never did."""
        if job.started_at is None:
            return None
        return max(0, (job.ended_at if job.ended_at is not None else now) - job.started_at)

    def duration(self, job: Job, now: int) -> str:
        """Return how long it ran, or has run until now; ``–`` when it never did."""
        return self.span(self.milliseconds(job, now))

    def span(self, milliseconds: int | None) -> str:
        """Return a span as ``20 ms``, ``0.4 s``, ``42 s``, ``12 min 04 s``, ``2 h 05 min`` …; ``–`` for None."""
        if milliseconds is None:
            return "–"
        translate, seconds = QCoreApplication.translate, milliseconds / 1000
        if milliseconds < 100:
            return translate("JobWords", "{count} ms").format(count=milliseconds)
        if seconds < 10:
            return translate("JobWords", "{seconds} s").format(seconds=self.wording.number(seconds, 1))
        whole = int(seconds)
        for limit, unit, below, template in (
            (60, 1, 0, translate("JobWords", "{seconds} s").replace("{seconds}", "{large}")),
            (3600, 60, 1, translate("JobWords", "{large} min {small} s")),
            (86_400, 3600, 60, translate("JobWords", "{large} h {small} min")),
        ):
            if whole < limit:
                small = whole % unit // below if below else 0
                return template.format(large=whole // unit, small=f"{small:02}")
        template = translate("JobWords", "{large} d {small} h")
        return template.format(large=self.wording.number(whole // 86_400), small=f"{whole % 86_400 // 3600:02}")

    def size(self, count: int) -> str:
        """Return bytes as ``812 bytes``, ``4.2 KB``, ``16.0 MB``, ``3.1 GB``."""
        number = self.wording.number
        if count < KB:
            return QCoreApplication.translate("JobWords", "{count} bytes").format(count=number(count))
        size, unit = count / KB, "KB"
        for larger in ("MB", "GB", "TB"):
            if size < KB:
                break
            size, unit = size / KB, larger
        return f"{number(size, 1)} {unit}"

    def limit(self, seconds: float | None) -> str:
        """Return a time limit as it is typed: ``45:00``, ``1:30:00``, ``2-12:00:00``; empty for none."""
        if seconds is None:
            return ""
        whole = round(seconds)
        days, rest = divmod(whole, 86_400)
        hours, minutes, left = rest // 3600, rest % 3600 // 60, rest % 60
        if days:
            return f"{days}-{hours:02}:{minutes:02}:{left:02}"
        return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"

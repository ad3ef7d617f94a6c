"""What can be done with jobs: each is asked of the master by itself, and refusals are told with names."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models.job_words import has_ended
from desktop.views.actions import Undo
from master.api.client import ApiError
from master.api.schema import Job
from worker.protocol.states import JobState

FAILURES = 5
"""Refusals that are told one by one; the others are counted."""
HERE = ("127.0.0.1", "localhost", "::1", "[::1]")

Call = Callable[[Job], Coroutine[Any, Any, Job]]


def job_folder(context: Context, job: Job) -> Path | None:
    """Return the folder of a job, None when the master is on another machine."""
    status = context.models.status
    host = context.address.rpartition(":")[0] or context.address
    if status is None or not status.profile or host not in HERE:
        return None
    return Path(status.profile) / "jobs" / job.id


class JobActions(QObject):
    """``parent`` is the page: its window is asked above."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""
    made = Signal(str)
    """The id of a job that was made of another one."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._page = context, parent

    def obey(self, command: str, jobs: list[Job]) -> None:
        """Do one of ``cancel force resubmit folder delete`` with those of the jobs that it fits."""
        client = self._context.bridge.client
        ended = [job for job in jobs if has_ended(job)]
        going = [job for job in jobs if not has_ended(job)]
        if command == "cancel":
            self._each(going, lambda job: client.cancel_job(job.id))
        elif command == "force":
            running = [job for job in going if job.state is JobState.RUNNING]
            self._each(running, lambda job: client.cancel_job(job.id, force=True))
        elif command == "resubmit":
            self._each(ended, lambda job: client.resubmit_job(job.id), opens=len(ended) == 1)
        elif command == "folder" and jobs:
            self._open_folder(jobs[0])
        elif command == "delete" and ended:
            self._confirm_delete(ended)

    def _open_folder(self, job: Job) -> None:
        folder = job_folder(self._context, job)
        if folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.notice.emit(self.tr("The folder cannot be opened"), str(folder), "bad")

    def _each(self, jobs: list[Job], call: Call, *, opens: bool = False) -> None:
        working(self._context, self._page, self._do_each(jobs, call, opens))

    async def _do_each(self, jobs: list[Job], call: Call, opens: bool) -> None:
        work, failed = self._context.models.work, []
        for job in jobs:
            try:
                answer = await self._context.bridge.call(call(job))
            except ApiError as error:
                failed.append(f"{job.name}: {self._context.wording.refusal(error)}")
                continue
            work.take(answer)
            if opens:
                work.jobs.settle()
                self.made.emit(answer.id)
        if failed:
            lines = failed[:FAILURES]
            if len(failed) > FAILURES:
                lines.append(self.tr("and %n more", "", len(failed) - FAILURES))
            self.notice.emit(self.tr("%n job(s) refused it", "", len(failed)), "\n".join(lines), "bad")

    def _confirm_delete(self, jobs: list[Job]) -> None:
        one = len(jobs) == 1
        ConfirmDialog(
            self._context,
            self.tr("Delete {name}?").format(name=jobs[0].name) if one else self.tr("Delete %n jobs?", "", len(jobs)),
            self.tr("What it printed is deleted with it. For 30 seconds this can be undone."),
            self.tr("Delete job") if one else self.tr("Delete jobs"),
            lambda: self._delete(jobs),
            self._page.window(),
        ).open()

    async def _delete(self, jobs: list[Job]) -> None:
        """They are seen no more; what they printed is deleted once that cannot be undone any more."""
        removals = self._context.models.work.removals
        self.offer_back(removals.remove(jobs))

    def offer_back(self, ids: list[str]) -> None:
        """Tell that these are deleted, and offer to take it back."""
        undo = Undo(self.tr("Undo"), lambda: self._give_back(ids))
        self.offer.emit(self.tr("%n job(s) deleted", "", len(ids)), "", "info", undo)

    def _give_back(self, ids: list[str]) -> None:
        """The message may have waited longer than the jobs: nobody looked at the window."""
        if late := self._context.models.work.removals.give_back(ids):
            title = self.tr("%n job(s) could not be restored", "", len(late))
            self.notice.emit(title, self.tr("The 30 seconds are over."), "bad")

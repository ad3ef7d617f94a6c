"""What a job prints: live, in colours, searched, copied, saved."""

import logging
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models.job_words import JobWords, has_ended
from desktop.models.outputs import OutputReader, Stream
from desktop.theme import IconBinding
from desktop.views.page_notices import Notice
from desktop.views.search_fields import SearchField
from desktop.views.stream_view import StreamView
from master.api.client import ApiError
from master.api.schema import Job
from worker.protocol.states import JobState

STREAMS: tuple[Stream, ...] = ("stdout", "stderr")
POLL_SECONDS = 2
log = logging.getLogger("watchkeeper.desktop")


class OutputSearch(SearchField):
    """Enter shows the hit before, Shift+Enter the next: the end is read first."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter; the rest is typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(1 if back else -1)
        else:
            super().keyPressEvent(event)


class OutputTab(QWidget):
    """Both streams of one run. What nobody looks at is not read."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._words = JobWords(context.wording)
        self._ticks = 0
        self._refused: dict[Stream, str] = {}
        self.job: Job | None = None
        self.views: dict[Stream, StreamView] = {}
        self.readers: dict[Stream, OutputReader] = {}
        self.streams = QTabBar(self)
        self.streams.setProperty("kind", "inner")
        self.streams.setDrawBase(False)
        self.streams.setExpanding(False)
        self.streams.setAccessibleName(self.tr("Stream"))
        self.runs = QComboBox(self)
        self.runs.setAccessibleName(self.tr("Run"))
        self.runs.setAccessibleDescription(self.runs.accessibleName())  # where the name is what is chosen
        self.search = OutputSearch(self.tr("Search the output"), self)
        self.hits = PlainLabel(self)
        self.hits.setProperty("kind", "small")
        self.follow = QPushButton(self.tr("Follow"), self)
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        IconBinding(context.theme, self.follow, "follow")
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copies what is marked; all lines that are shown when nothing is"))
        self.save_button = QPushButton(self.tr("Save as…"), self)
        self._stack = QStackedWidget(self)
        for stream in STREAMS:
            self._add_stream(stream)
        self.stand_in = Notice(context, self)
        self.stand_in.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.said = self.stand_in.words
        self._stack.addWidget(self.stand_in)
        self._lay_out()
        self._connect()

    def _add_stream(self, stream: Stream) -> None:
        view = StreamView(self._context.theme, self)
        view.setAccessibleName(self.tr("Output") if stream == "stdout" else self.tr("Errors"))
        reader = OutputReader(self._context.bridge, self._context.wording, self._context.run, stream, self)
        reader.began.connect(view.begin)
        reader.text_came.connect(view.feed)
        reader.skipped.connect(lambda count: view.mark(self._kept_not(count)))
        reader.cut.connect(lambda count: view.mark(self._left_out(count)))
        reader.text_came.connect(lambda _text: self._on_fine(stream))
        reader.ended.connect(partial(self._on_fine, stream))
        reader.failed.connect(partial(self._on_failed, stream))
        view.scrolled.connect(self.follow.setChecked)
        view.found.connect(partial(self._on_found, stream))
        self.views[stream], self.readers[stream] = view, reader
        self.streams.addTab(stream)
        self._stack.addWidget(view)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(8)
        bar.addWidget(self.streams)
        bar.addWidget(self.runs)
        bar.addStretch(1)
        for widget in (self.hits, self.search, self.follow, self.copy_button, self.save_button):
            bar.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 0, 4, 8)
        inside.addWidget(self._stack)
        layout.addLayout(inside, 1)

    def _connect(self) -> None:
        self.stand_in.button.clicked.connect(lambda _checked=False: self._read())
        self.streams.currentChanged.connect(lambda _position: self._on_stream())
        self.runs.activated.connect(lambda _position: self._begin())
        self.search.textChanged.connect(self._on_search)
        self.search.stepped.connect(self._go)
        self.search.given_up.connect(self._on_given_up)
        self.follow.toggled.connect(self._on_follow)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)
        self._context.models.work.printed.connect(self._on_printed)
        for keys, step in ((QKeySequence.StandardKey.FindNext, 1), (QKeySequence.StandardKey.FindPrevious, -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._go, step))

    # -- which job

    @property
    def stream(self) -> Stream:
        """The stream that is looked at."""
        return STREAMS[max(0, self.streams.currentIndex())]

    @property
    def view(self) -> StreamView:
        """Its lines."""
        return self.views[self.stream]

    def show_job(self, job: Job | None) -> None:
        """Show a job as it is now; another one from its beginning."""
        before, self.job = self.job, job
        if job is None:
            for reader in self.readers.values():
                reader.show("", None)
            return
        if before is None or before.id != job.id or before.attempts != job.attempts:
            self._list_runs(job)
            only_errors = has_ended(job) and not job.stdout_bytes and job.stderr_bytes
            self.streams.setCurrentIndex(1 if only_errors else 0)
            self.follow.setChecked(True)
            self._begin()
        elif before.state is not job.state:
            self._read()
        self._title(job)
        self._say()

    def _list_runs(self, job: Job) -> None:
        self.runs.clear()
        for number in range(1, job.attempts + 1):
            title = self.tr("Run {number} of {total}").format(number=number, total=job.attempts)
            self.runs.addItem(title, number)
        self.runs.setCurrentIndex(self.runs.count() - 1)
        self.runs.setVisible(job.attempts > 1)

    def _begin(self) -> None:
        job = self.job
        if job is None:
            return
        self._refused = {}
        attempt = self.runs.currentData()
        last = attempt in (None, job.attempts)
        for stream, reader in self.readers.items():
            size = (job.stdout_bytes if stream == "stdout" else job.stderr_bytes) if last and has_ended(job) else 0
            reader.show(job.id, attempt, size)
        self._read()
        self._say()

    def _read(self) -> None:
        if self.job is not None and self.job.attempts and self.isVisible():
            self.readers[self.stream].read()

    def _title(self, job: Job) -> None:
        sizes = (job.stdout_bytes, job.stderr_bytes)
        for position, (stream, size) in enumerate(zip(STREAMS, sizes, strict=True)):
            words = f"{stream} · {self._words.size(size)}" if size else stream
            if self.streams.tabText(position) != words:
                self.streams.setTabText(position, words)

    def tick(self) -> None:
        """A second went by while this is seen: pieces may not have been told."""
        self._ticks += 1
        if self.job is not None and not has_ended(self.job) and self._ticks % POLL_SECONDS == 0:
            self._read()

    # -- what happens

    def _on_printed(self, event: object) -> None:
        if self.job is not None and self.isVisible():
            self.readers[self.stream].on_printed(event)  # type: ignore[arg-type]

    def _on_stream(self) -> None:
        self.view.search(self.search.text())
        self.view.follow(self.follow.isChecked())
        self._read()
        self._say()

    def _on_search(self, text: str) -> None:
        self.view.search(text)

    def _go(self, step: int) -> None:
        self.view.go(step)

    def _on_follow(self, on: bool) -> None:
        self.view.follow(on)

    def _on_failed(self, stream: Stream, words: str) -> None:
        self._refused[stream] = words
        self._say()

    def _on_fine(self, stream: Stream) -> None:
        self._refused.pop(stream, None)
        self._say()

    def _on_found(self, stream: Stream, which: int, count: int) -> None:
        if stream == self.stream:
            number = self._context.wording.number
            said = self.tr("{which} of {count}").format(which=number(which), count=number(count))
            self.hits.setText((said if count else self.tr("not found")) if self.search.text() else "")

    def _on_given_up(self) -> None:
        self.search.clear()
        self.view.setFocus()

    def _say(self) -> None:
        """Show the lines, or say why there are none."""
        job, words = self.job, ""
        if job is not None and self.view.empty:
            if job.state is JobState.PENDING:
                words = self._context.wording.say(job.waiting) or self.tr("Nothing printed yet.")
            elif not job.attempts:
                words = self.tr("It never ran: there is no output.")
            elif self.stream in self._refused:
                words = self._refused[self.stream]
            elif self.readers[self.stream].complete:
                words = self.tr("It printed nothing here.")
            elif not has_ended(job):
                words = self.tr("Nothing printed yet.")
        if not words:
            self._stack.setCurrentWidget(self.view)
        elif words == self._refused.get(self.stream):
            self.stand_in.set("warning", "warn", self.tr("This could not be loaded"), words, self.tr("Try again"))
            self._stack.setCurrentWidget(self.stand_in)
        else:
            self.stand_in.set("jobs", "muted", "", words, "")
            self._stack.setCurrentWidget(self.stand_in)

    def _kept_not(self, count: int) -> str:
        return "— " + self.tr("{size} were not kept").format(size=self._words.size(count)) + " —"

    def _left_out(self, count: int) -> str:
        return "— " + self.tr("{size} before this are left out here; Save as… has what was kept").format(
            size=self._words.size(count)
        ) + " —"  # fmt: skip

    # -- what the person does

    def copy(self) -> None:
        """Copy what is marked, else all lines that are shown."""
        marked = self.view.textCursor().selectedText().replace("\u2029", "\n")
        QApplication.clipboard().setText(marked or self.view.toPlainText())

    def save(self) -> None:
        """Ask where to, then write all that is kept of the stream."""
        job = self.job
        if job is None:
            return
        plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in job.name)[:60]
        dialog = QFileDialog(self, self.tr("Save the output"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{plain}-{self.stream}.txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stream, attempt = self.stream, cast("int | None", self.runs.currentData())
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path), job, stream, attempt))
        dialog.open()

    def save_to(self, path: Path, job: Job, stream: Stream, attempt: int | None) -> None:
        """Write all that is kept of a stream."""
        working(self._context, self, self._save(path, job, stream, attempt))

    async def _save(self, path: Path, job: Job, stream: Stream, attempt: int | None) -> None:
        bridge = self._context.bridge
        offset = 0
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                while True:
                    piece = await bridge.call(bridge.client.job_output(job.id, stream, offset, attempt))
                    if piece.skipped:
                        file.write(f"\n{self._kept_not(piece.skipped)}\n")
                    file.write(piece.text)
                    if piece.complete or piece.next_offset == offset:
                        break
                    offset = piece.next_offset
        except (ApiError, OSError) as error:
            log.info("the output of %s could not be saved: %s", job.id, error)
            words = self._context.wording.refusal(error) if isinstance(error, ApiError) else str(error)
            self.notice.emit(self.tr("The output could not be saved"), words, "bad")
        else:
            self.notice.emit(self.tr("Saved"), str(path), "info")

    def showEvent(self, event: object) -> None:
        """Read what was put off."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._read()

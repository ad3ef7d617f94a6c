"""What can be done with items: mark with undo, snooze, open, copy, export, keep and forget searches."""

import contextlib
import logging
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.integration.links import open_link
from desktop.views.actions import Undo
from master.api.client import ApiError
from master.api.notifications import NotificationFilter
from master.api.rules import Snooze, SnoozeCreate, SnoozeScope
from master.api.schema import Item, ItemFilter, Search

Format = Literal["csv", "json"]
AROUND_MS = 10_000
"""A notification is made with its item: within this time of it."""
log = logging.getLogger("watchkeeper.desktop")


class InboxActions(QObject):
    """``page`` is what dialogs are shown above."""

    notice = Signal(str, str, str, object)
    """Title, body and level of a short message, and its button: None, or words and what it does."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self.exporting = False

    def tell(self, title: str, body: str = "", level: str = "info", action: object = None) -> None:
        """Show a short message."""
        self.notice.emit(title, body, level, action)

    # -- read and unread

    def mark(self, item: Item, read: bool) -> None:
        """Mark one item."""
        self._run(self._context.bridge.call(self._context.bridge.client.patch_item(item.id, read)))

    def mark_unread(self, ids: list[int]) -> None:
        """Mark these as unread."""
        self._run(self._context.models.inbox.mark_ids(ids, read=False))

    def mark_all(self, wanted: ItemFilter) -> None:
        """Mark all that fits as read; it can be taken back."""
        self._run(self._mark_all(wanted))

    async def _mark_all(self, wanted: ItemFilter) -> None:
        ids = await self._context.models.inbox.mark(wanted)
        if ids is None:
            self.tell(self.tr("All marked read"), self.tr("They were too many to take it back."))
        elif ids:
            undo = Undo(self.tr("Undo"), partial(self.mark_unread, ids))
            self.tell(self.tr("%n marked read", "", len(ids)), action=undo)

    # -- links and text

    def open(self, link: str) -> None:
        """Open a link after a look at its scheme."""
        if link and not open_link(link):
            self.tell(self.tr("This link cannot be opened: {link}").format(link=link[:200]), level="bad")

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        if text:
            QApplication.clipboard().setText(text)
            self.tell(self.tr("Copied"))

    # -- snooze

    def snooze(self, scope: SnoozeScope, target: str, until: Snooze) -> None:
        """Hold what comes of an account, of a group or of all until then."""
        self._run(self._snooze(scope, target, until))

    def snooze_item(self, item: Item, until: Snooze) -> None:
        """Tell an item again then."""
        self._run(self._snooze_item(item, until))

    async def _snooze_item(self, item: Item, until: Snooze) -> None:
        bridge = self._context.bridge
        near = NotificationFilter(
            account_id=item.account_id, since=max(0, item.stored_at - AROUND_MS), until=item.stored_at + AROUND_MS
        )
        page = await bridge.call(bridge.client.notifications(500, None, near))
        found = next((one for one in page.rows if one.item_id == item.id), None)
        if found is None:
            self.tell(
                self.tr("This item has no notification of its own"),
                self.tr("It was told together with others, or not at all. Snooze its account instead."),
            )
        else:
            await self._snooze("notification", str(found.id), until)

    async def _snooze(self, scope: SnoozeScope, target: str, until: Snooze) -> None:
        bridge, wording = self._context.bridge, self._context.wording
        body = SnoozeCreate(
            scope=scope,
            target_id=target or UNSET,
            seconds=until.seconds,
            until_at=until.until_at,
            preset=until.preset,
        )
        row = await bridge.call(bridge.client.create_snooze(body))
        when = wording.minute(row.until_at)
        undo = Undo(self.tr("Undo"), partial(self.wake, row.id))
        self.tell(self.tr("Snoozed until {time}").format(time=when), action=undo)

    def wake(self, snooze_id: str) -> None:
        """End a snooze."""
        self._run(self._context.bridge.call(self._context.bridge.client.delete_snooze(snooze_id)))

    # -- searches

    def forget_search(self, search: Search) -> None:
        """Ask, then forget a saved search."""
        client, call = self._context.bridge.client, self._context.bridge.call
        ConfirmDialog(
            self._context,
            self.tr("Delete the search {name}?").format(name=search.name),
            self.tr("Only the search is deleted; what it finds stays."),
            self.tr("Delete search"),
            lambda: call(client.delete_search(search.id)),
            self._page.window(),
        ).open()

    # -- export

    def export(self, wanted: ItemFilter, format: Format) -> None:  # noqa: A002 (the master's own name)
        """Ask where to, then write all that fits."""
        dialog = QFileDialog(self._page, self.tr("Export items"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(format)
        kinds = {"csv": self.tr("Table (*.csv)"), "json": self.tr("JSON (*.json)")}
        dialog.setNameFilter(kinds[format])
        dialog.selectFile(f"watchkeeper-items.{format}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path), wanted, format))
        dialog.open()

    def export_to(self, path: Path, wanted: ItemFilter, format: Format) -> None:  # noqa: A002
        """Write all that fits into a file, piece by piece as it comes."""
        if self.exporting:
            self.tell(self.tr("An export is running already"), self.tr("Wait until it is done."))
            return
        self.exporting = True
        self._run(self._export(path, wanted, format))

    async def _export(self, path: Path, wanted: ItemFilter, format: Format) -> None:  # noqa: A002
        bridge = self._context.bridge
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as file:
                call = bridge.client.export_items(file.write, wanted, format=format, bom=format == "csv")
                size = await bridge.call(call)
            part.replace(path)
        except (ApiError, OSError) as error:
            log.info("the export to a file failed: %s", error)
            words = self._context.wording.refusal(error) if isinstance(error, ApiError) else str(error)
            self.tell(self.tr("The items could not be exported"), words, "bad")
        else:
            kilobytes = self.tr("{size} KB").format(size=self._context.wording.number(-(-size // 1000)))
            self.tell(self.tr("Exported"), f"{path} · {kilobytes}")
        finally:
            self.exporting = False
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)  # of one that failed, or of a window that closes

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        working(self._context, self._page, coroutine)

"""Where links lead in the window: ``watchkeeper://item/5`` and the like, from a second start or from the system."""

from PySide6.QtCore import QObject

from desktop.integration.deep_links import MAX_LINK, Target, read_link
from desktop.models.hub import Models
from desktop.views.main_window import MainWindow
from desktop.words import cut_line


class LinkOpener(QObject):
    """Follows links; those that come before the models are loaded wait."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[str] | None = []

    def follow(self, link: str, window: MainWindow, models: Models) -> None:
        """Bring the window to the front and show where ``link`` leads, or say that it leads nowhere.

        An empty link is the window alone.
        """
        window.come_forward()
        if not link:
            return
        if self._waiting is not None:
            self._waiting = [*self._waiting[-2:], link]
            return
        target = read_link(link)
        if target is None:
            title = self.tr("This link leads nowhere")
            words = self.tr("“{link}” is no link of Watchkeeper. One to an item looks like watchkeeper://item/5.")
            window.toast(title, words.format(link=cut_line(link, min(80, MAX_LINK))), "warn")
        elif not self._show(target, window, models):
            title = self.tr("What this link leads to is not here")
            words = self.tr("It was deleted, or the link is of another profile.")
            window.toast(title, words, "warn")

    def wait(self) -> None:
        """Other models are loaded from now on: links wait for them."""
        if self._waiting is None:
            self._waiting = []

    def loaded(self, window: MainWindow, models: Models) -> None:
        """The models are loaded: follow what waited."""
        waiting, self._waiting = self._waiting or [], None
        for link in waiting:
            self.follow(link, window, models)

    def _show(self, target: Target, window: MainWindow, models: Models) -> bool:
        """Show it; False when it is not there. Items and jobs are asked for, and the master says what is gone."""
        if target.kind == "item":
            window.open_item(target.number)
        elif target.kind == "job":
            window.open_job(target.name)
        elif target.kind == "account":
            if models.accounts.get(target.name) is None:
                return False
            window.open_account(target.name)
        elif target.kind == "alert":
            if models.alerts.get(str(target.number)) is None:
                return False
            window.open_alert(target.number)
        elif target.kind == "page":
            if target.name not in window.pages:
                return False
            window.show_page(target.name)
        return True

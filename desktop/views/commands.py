"""What the window does when a key, the palette or a menu says so: search, back and forth, undo, the sheet of keys."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from desktop.dialogs.context import Context
from desktop.models.palettes import Candidate, Doing, Entry, begun_words, nothing_to_do
from desktop.views.accounts import AccountsPage
from desktop.views.actions import Action, key_words, on_mac
from desktop.views.inbox import InboxPage
from desktop.views.logs import LogsPage
from desktop.views.made_pages import MadePages
from desktop.views.page import Page
from desktop.views.page_histories import PageHistory
from desktop.views.page_table import PageTable
from desktop.views.palette_actions import WindowActions
from desktop.views.shortcuts import Shortcuts, page_keys
from desktop.views.toasts import ToastArea
from master.api.schema import ItemFilter

if TYPE_CHECKING:  # loaded when they are asked for: the start does without
    from desktop.views.palette import Palette
    from desktop.views.palette_rows import PaletteRows
    from desktop.views.shortcut_sheet import Section

ITEMS, JOBS, LINES = 8, 4, 4
"""Rows of each kind that the master is asked for."""
CHECKED = ("overview", "inbox", "accounts")
"""Pages on which F5 checks accounts: what they show comes from there."""


class Host(Protocol):
    """The window."""

    context: Context
    pages: MadePages
    toasts: ToastArea

    @property
    def current(self) -> Page | None:
        """The page that is shown."""

    def show_page(self, name: str) -> None: ...
    def open_item(self, item_id: int) -> None: ...
    def open_account(self, account_id: str) -> None: ...
    def open_job(self, job_id: str) -> None: ...
    def open_schedule(self, schedule_id: str) -> None: ...
    def open_worker(self, worker_id: str) -> None: ...
    def add_account(self) -> None: ...
    def ask_to_quit(self) -> None: ...


class Commands(QObject):
    """Made by the window once its pages are there; ``host`` is that window too."""

    def __init__(self, window: QMainWindow, host: Host) -> None:
        super().__init__(window)
        self._window, self._host = window, host
        self._context = host.context
        self.history = PageHistory()
        self._facts = {
            entry.name: (entry.title, entry.icon, key_words(page_keys(number)))
            for number, entry in enumerate(PageTable().entries(), 1)
        }
        self.actions = WindowActions(self._context, self, self._window, self)
        self._rows: PaletteRows | None = None
        self.shortcuts = Shortcuts(window)
        self.shortcuts.install([*self.page_actions(), *self.actions.with_keys()])
        self.palette: Palette | None = None
        if on_mac():
            self.fill_menu_bar()

    def page_actions(self) -> list[Action]:
        """Return the ways to the pages."""
        return [
            Action(name=f"page.{name}", title=facts[0], act=partial(self.show_page, name), keys=page_keys(number))
            for number, (name, facts) in enumerate(self._facts.items(), 1)
        ]

    def fill_menu_bar(self) -> None:
        """Give the window the menus that macOS shows at the top of the screen."""
        pages = [one.name for one in self.page_actions()]
        self.shortcuts.fill(
            self._window.menuBar(),
            (
                (self.tr("File"), ("window.new", "", "window.close", "window.settings", "window.quit")),
                (self.tr("Edit"), ("window.undo", "", "window.find", "window.search")),
                (self.tr("View"), ("window.palette", "window.renew", "", *pages)),
                (self.tr("Go"), ("window.back", "window.forward")),
                (self.tr("Help"), ("window.sheet",)),
            ),
        )

    # -- the window, for the rows

    @property
    def pages(self) -> MadePages:
        """The pages by name."""
        return self._host.pages

    @property
    def page_facts(self) -> Mapping[str, tuple[str, str, str]]:
        """Title, icon and key of each page by its name."""
        return self._facts

    def show_page(self, name: str) -> None:
        """Show a page."""
        self._host.show_page(name)

    def open_item(self, item_id: int) -> None:
        """Show an item."""
        self._host.open_item(item_id)

    def open_account(self, account_id: str) -> None:
        """Show an account."""
        self._host.open_account(account_id)

    def open_job(self, job_id: str) -> None:
        """Show a job."""
        self._host.open_job(job_id)

    def open_schedule(self, schedule_id: str) -> None:
        """Show a schedule."""
        self._host.open_schedule(schedule_id)

    def open_worker(self, worker_id: str) -> None:
        """Show a worker."""
        self._host.open_worker(worker_id)

    def has_page(self, name: str) -> bool:
        """Whether there is such a page."""
        return name in self._facts

    # -- palette and search

    @property
    def rows(self) -> "PaletteRows":
        """What the palette can show."""
        if self._rows is None:
            from desktop.views.palette_rows import PaletteRows

            self._rows = PaletteRows(self._context, self, self.actions.all, self)
        return self._rows

    def open_palette(self) -> None:
        """Open the palette."""
        from desktop.models.palette_verbs import VerbFinder
        from desktop.views.palette_verbs import PaletteVerbs

        here = self._here
        name = self.tr("Commands")
        hint = self.tr("Go to, or do: account, worker, job, page, action…")
        first = self.rows.first(self._context.settings.values.palette_recent, here)
        self._open(first, partial(self.rows.everything, here), hint, name, VerbFinder(PaletteVerbs().words()).rows)

    def open_search(self) -> None:
        """Open the same for searching alone: what there is, and what the master finds by its text."""
        recent = [one for one in self._context.settings.values.palette_recent if not one.startswith("action:")]
        first = [entry for key in recent if (entry := self.rows.make(key)) is not None]
        hint = self.tr("Search items, accounts, jobs, logs…")
        self._open(first, self.rows.things, hint, self.tr("Search everything"))

    def _open(
        self,
        first: list[Entry],
        source: Callable[[], list[Candidate]],
        hint: str,
        name: str,
        doing: Doing = nothing_to_do,
    ) -> None:
        if self.palette is None:
            from desktop.views.palette import Palette

            self.palette = Palette(self._context, self._search, self._window)
        self.palette.show_for(first, source, placeholder=hint, name=name, doing=doing)

    async def _search(self, query: str) -> list[Entry]:
        """Ask the master for items, jobs and lines that have the words."""
        words = query.strip()
        begun = begun_words(query)
        client, call = self._context.bridge.client, self._context.bridge.call
        items = (await call(client.items(ItemFilter(q=begun), ITEMS, None))).rows
        jobs = (await call(client.jobs(q=words, limit=JOBS))).rows
        lines = await call(client.logs(source=None, level=None, q=words, before=None, limit=LINES))
        found = [self.rows.of_item(row) for row in items]
        if items:
            title = self.tr("Show all items with “{words}”").format(words=words)
            act = partial(self.search_inbox, begun)
            found.append(Entry(key="found:items", kind=self.tr("Inbox"), title=title, act=act, icon="inbox"))
        hidden = self._context.models.jobs.is_hidden
        found += [self.rows.of_job(row) for row in jobs if not hidden(row.id)]
        return found + [self.rows.of_line(row, partial(self.search_logs, words)) for row in lines]

    def search_inbox(self, words: str) -> None:
        """Show what the master finds in the inbox."""
        self.show_page("inbox")
        page = self.pages["inbox"]
        if isinstance(page, InboxPage) and page.search is not None:
            page.search.setText(words)
            page.on_search(words)

    def search_logs(self, words: str) -> None:
        """Show the lines that have the words."""
        self.show_page("logs")
        page = self.pages["logs"]
        if isinstance(page, LogsPage) and page.search is not None:
            page.search.setText(words)
            page.on_search(words)

    # -- what keys do

    @property
    def _here(self) -> str:
        return self.pages.name_of(self._host.current)

    def open_sheet(self) -> None:
        """Show every key that works."""
        from desktop.views.shortcut_sheet import ShortcutSheet

        ShortcutSheet(self._context, self.sections(), self._window).open()

    def sections(self) -> "list[Section]":
        """Return what has keys: everywhere, the pages, and on the pages themselves, this one first."""
        everywhere = self.tr("Everywhere")
        found: list[tuple[str, list[Action]]] = [
            (everywhere, self.actions.with_keys()),
            (self.tr("Pages"), self.page_actions()),
        ]
        here = self._here
        names = [one for one in (here, *(one for one in self.pages if one != here)) if one in self._facts]
        return found + [(self._facts[name][0], self.pages[name].actions_here()) for name in names]

    def find_here(self) -> None:
        """Go to the search of the page; of one that has none, to the search of everything."""
        page = self._host.current
        if page is not None and page.search is not None and page.search.isVisible():
            page.search.setFocus()
            page.search.selectAll()
        else:
            self.open_search()

    def make_new(self) -> None:
        """What the page makes; an account where it makes nothing."""
        page = self._host.current
        if page is None or not page.add():
            self.add_account()

    def renew(self) -> None:
        """Check accounts where they or what they brought is shown; elsewhere ask the master again."""
        page, accounts = self._host.current, self.pages.get("accounts")
        if self._here in CHECKED and isinstance(accounts, AccountsPage):
            accounts.check_now(chosen_only=page is accounts)
        elif page is not None:
            page.renew()

    def check_all(self) -> None:
        """Check all accounts now."""
        accounts = self.pages.get("accounts")
        if isinstance(accounts, AccountsPage):
            accounts.check_now(chosen_only=False)

    def sign_in(self, account_id: str) -> None:
        """Show an account and sign in."""
        self.open_account(account_id)
        page, row = self.pages["accounts"], self._context.models.accounts.get(account_id)
        if isinstance(page, AccountsPage) and row is not None:
            page.actions_of_accounts.sign_in(row)

    def add_account(self) -> None:
        """Add an account."""
        self._host.add_account()

    def visited(self, name: str) -> None:
        """A page was shown."""
        self.history.visit(name)

    def go(self, by: int) -> None:
        """Go back (−1) or forth (1) through the pages."""
        name = self.history.step(by)
        if name is not None and name in self.pages:
            self.show_page(name)

    def can_go(self, by: int) -> bool:
        """Whether there is a page to go to."""
        return self.history.can(by)

    def undo(self) -> None:
        """Take back what the newest message offers to take back."""
        self._host.toasts.undo()

    def can_undo(self) -> bool:
        """Whether a message offers it."""
        return self._host.toasts.can_undo

    def close(self) -> bool:
        """Close the window."""
        return self._window.close()

    def quit(self) -> None:
        """Ask to quit."""
        self._host.ask_to_quit()

    def toast(self, title: str, body: str = "", level: str = "info") -> None:
        """Show a short message."""
        self._host.toasts.add(title, body, level)

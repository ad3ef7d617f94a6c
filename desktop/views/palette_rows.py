"""All that the command palette can show: pages, actions, and every row of the models."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.models import scopes
from desktop.models.accounts import now_ms
from desktop.models.job_words import JobWords
from desktop.models.palettes import Candidate, Entry, Verb, candidate
from desktop.views.actions import Action, key_words
from desktop.views.inbox import InboxPage
from desktop.views.page import Page
from desktop.views.rules import RulesPage
from master.api.schema import Account, Item, Job, LogRow, Schedule, Worker

PAGE, ACTION, WORKER, ROW, ACCOUNT, OF_ROW, JOB = 9, 7, 6, 5, 4, 3, 2
"""How much a kind counts where others fit as well."""
FIRST_ACTIONS = 12
"""Actions that are shown before anything is typed."""


class Places(Protocol):
    """The window, as far as the palette goes."""

    @property
    def pages(self) -> Mapping[str, Page]:
        """The pages by name."""

    @property
    def page_facts(self) -> Mapping[str, tuple[str, str, str]]:
        """Title, icon and key of each page by its name."""

    def show_page(self, name: str) -> None: ...
    def open_item(self, item_id: int) -> None: ...
    def open_account(self, account_id: str) -> None: ...
    def open_job(self, job_id: str) -> None: ...
    def open_schedule(self, schedule_id: str) -> None: ...
    def open_worker(self, worker_id: str) -> None: ...


class PaletteRows(QObject):
    """Makes candidates of everything, and the row of one when it is shown."""

    def __init__(self, context: Context, places: Places, actions: Callable[[], list[Action]], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._places, self._actions = context, places, actions
        self._words = JobWords(context.wording)

    # -- everything

    def first(self, recent: Iterable[str], here: str) -> list[Entry]:
        """Return what is shown before anything is typed: the latest choices, what can be done here, the pages."""
        rows: dict[str, Entry] = {}
        for key in recent:
            if (entry := self.make(key)) is not None:
                rows[key] = entry
        actions = self._offered(here)
        entries = [self._action(one, page) for page, one in actions[:FIRST_ACTIONS]]
        entries += [self._page(name) for name in self._places.page_facts]
        for entry in entries:
            rows.setdefault(entry.key, entry)
        return list(rows.values())

    def everything(self, here: str) -> list[Candidate]:
        """Return all there is, with what can be done on every page."""
        found = self.things()
        kind = self.tr("Action")
        for page, action in self._offered(here, everywhere=True):
            title = self._title(page)
            found.append(
                candidate(
                    f"action:{action.name}",
                    action.title,
                    partial(self._made, self._action(action, page)),
                    detail=f"{title} {kind} {action.words}",
                    weight=ACTION if ":" not in action.name else OF_ROW,
                )
            )
        return found

    def things(self) -> list[Candidate]:
        """Return pages and rows, without what can be done."""
        models, make = self._context.models, self.make
        found = [
            candidate(f"page:{name}", facts[0], make, detail=self.tr("Page"), weight=PAGE)
            for name, facts in self._places.page_facts.items()
        ]
        found += [
            candidate(f"worker:{row.worker_id}", row.worker_id, make, detail=row.name, weight=WORKER)
            for row in models.workers.values()
        ]
        found += [candidate(f"job:{row.id}", row.name, make, weight=JOB) for row in models.work.jobs.values()]
        found += [candidate(f"schedule:{row.id}", row.name, make, weight=ROW) for row in models.work.schedules.values()]
        found += [candidate(f"rule:{row.id}", row.name, make, weight=ROW) for row in models.telling.rules.values()]
        found += [candidate(f"group:{row.id}", row.name, make, weight=ROW) for row in models.inbox.groups.values()]
        found += [candidate(f"search:{row.id}", row.name, make, weight=ROW) for row in models.inbox.searches]
        groups = {row.id: row.name for row in models.inbox.groups.values()}
        badges = models.accounts.badges
        about: dict[tuple[str, str | None], str] = {}
        for account in models.accounts.values():  # thousands: what they have in common is folded once
            pair = (account.platform, account.group_id)
            detail = about.get(pair)
            if detail is None:
                badge = badges.get(account.platform)
                words = (badge.title if badge else account.platform, groups.get(account.group_id or "", ""))
                detail = about[pair] = " ".join(words).casefold()
            found.append(Candidate(f"account:{account.id}", account.name[:200].casefold(), detail, ACCOUNT, make))
        return found

    def _offered(self, here: str, *, everywhere: bool = False) -> list[tuple[str, Action]]:
        """What can be done here, in the whole window, then elsewhere, each with its page; nothing twice."""
        pages = [here, "", *(name for name in self._places.pages if everywhere and name != here)]
        found: dict[str, tuple[str, Action]] = {}
        for name in pages:
            page = self._places.pages.get(name)
            actions = self._actions() if not name else page.actions_here() if page is not None else []
            for one in actions:
                if one.listed and one.enabled() and one.name not in found:
                    found[one.name] = (name, one)
        return list(found.values())

    # -- rows

    def make(self, key: str) -> Entry | None:
        """Return the row of a key; None when there is no such thing any more."""
        kind, _, name = key.partition(":")
        makers: dict[str, Callable[[str], Entry | None]] = {
            "page": lambda one: self._page(one) if one in self._places.page_facts else None,
            "action": self._action_named,
            "account": self._account,
            "worker": self._worker,
            "job": self._job,
            "schedule": self._schedule,
            "rule": self._rule,
            "group": self._group,
            "search": self._saved_search,
        }
        return makers[kind](name) if kind in makers else None

    def _page(self, name: str) -> Entry:
        title, icon, keys = self._places.page_facts[name]
        return Entry(
            key=f"page:{name}",
            kind=self.tr("Page"),
            title=title,
            act=partial(self._places.show_page, name),
            icon=icon,
            keys=keys,
        )

    @staticmethod
    def _made(entry: Entry, _key: str) -> Entry:
        return entry

    def _action_named(self, name: str) -> Entry | None:
        found = {one.name: (one, page) for page, one in self._offered("", everywhere=True)}
        return self._action(*found[name]) if name in found else None

    def _title(self, page: str) -> str:
        return self._places.page_facts[page][0] if page in self._places.page_facts else ""

    def _action(self, action: Action, page: str) -> Entry:
        return Entry(
            key=f"action:{action.name}",
            kind=self.tr("Action"),
            title=action.title,
            detail=self._title(page),
            act=partial(self._act, action, page),
            icon="play",
            keys=key_words(action.keys),
        )

    def _act(self, action: Action, page: str) -> None:
        if page and page in self._places.pages:
            self._places.show_page(page)
        action.act()

    def _verbs(self, page: str, key: str) -> tuple[Verb, ...]:
        there = self._places.pages.get(page)
        return tuple(there.verbs_of(key)) if there is not None else ()

    def _account(self, account_id: str) -> Entry | None:
        row: Account | None = self._context.models.accounts.get(account_id)
        if row is None:
            return None
        group = self._context.models.group_name(row.group_id) if row.group_id else ""
        title = self._context.models.accounts.badge(row).title
        return Entry(
            key=f"account:{row.id}",
            kind=self.tr("Account"),
            title=row.name,
            detail=" · ".join(part for part in (title, group) if part),
            act=partial(self._places.open_account, row.id),
            face=self._context.wording.account_face(row),
            icon="accounts",
            more=partial(self._verbs, "accounts", row.id),
        )

    def _worker(self, worker_id: str) -> Entry | None:
        row: Worker | None = self._context.models.workers.get(worker_id)
        if row is None:
            return None
        return Entry(
            key=f"worker:{row.worker_id}",
            kind=self.tr("Worker"),
            title=row.worker_id,
            detail=row.name if row.name != row.worker_id else "",
            act=partial(self._places.open_worker, row.worker_id),
            face=self._context.wording.worker_face(row, now_ms()),
            icon="workers",
            more=partial(self._verbs, "workers", row.worker_id),
        )

    def _job(self, job_id: str) -> Entry | None:
        row = self._context.models.work.jobs.get(job_id)
        return self.of_job(row) if row is not None else None

    def of_job(self, row: Job) -> Entry:
        """Return the row of a job, loaded or found."""
        jobs = self._context.models.work.jobs
        when = self._context.wording.minute(row.submitted_at)
        return Entry(
            key=f"job:{row.id}",
            kind=self.tr("Job"),
            title=row.name,
            detail=f"{jobs.runner_title(row.runner)} · {when}",
            act=partial(self._places.open_job, row.id),
            face=self._words.face(row),
            icon="jobs",
            more=partial(self._verbs, "jobs", row.id),
        )

    def _schedule(self, schedule_id: str) -> Entry | None:
        schedules = self._context.models.work.schedules
        row: Schedule | None = schedules.get(schedule_id)
        if row is None:
            return None
        return Entry(
            key=f"schedule:{row.id}",
            kind=self.tr("Schedule"),
            title=row.name,
            detail=schedules.when(row),
            act=partial(self._places.open_schedule, row.id),
            face=schedules.face(row),
            icon="schedules",
            more=partial(self._verbs, "schedules", row.id),
        )

    def _rule(self, rule_id: str) -> Entry | None:
        rules = self._context.models.telling.rules
        row = rules.get(rule_id)
        if row is None:
            return None
        return Entry(
            key=f"rule:{row.id}",
            kind=self.tr("Rule"),
            title=row.name,
            detail=" · ".join((rules.switch_word(row), rules.face(row).word)),
            act=partial(self._open_rule, row.id),
            icon="rules",
            more=partial(self._verbs, "rules", row.id),
        )

    def _open_rule(self, rule_id: str) -> None:
        self._places.show_page("rules")
        page = self._places.pages["rules"]
        if isinstance(page, RulesPage):
            page.choose(rule_id)

    def _group(self, group_id: str) -> Entry | None:
        row = self._context.models.inbox.groups.get(group_id)
        if row is None:
            return None
        return Entry(
            key=f"group:{row.id}",
            kind=self.tr("Group"),
            title=row.name,
            detail=self.tr("%n account(s)", "", row.accounts),
            act=partial(self._open_scope, f"{scopes.GROUP}:{row.id}"),
            icon="group",
            more=partial(self._verbs, "accounts", f"group:{row.id}"),
        )

    def _saved_search(self, search_id: str) -> Entry | None:
        row = next((one for one in self._context.models.inbox.searches if str(one.id) == search_id), None)
        if row is None:
            return None
        return Entry(
            key=f"search:{row.id}",
            kind=self.tr("Saved search"),
            title=row.name,
            detail=row.filter.q or "" if isinstance(row.filter.q, str) else "",
            act=partial(self._open_scope, f"{scopes.SEARCH}:{row.id}"),
            icon="search",
        )

    def _open_scope(self, key: str) -> None:
        self._places.show_page("inbox")
        page = self._places.pages["inbox"]
        if isinstance(page, InboxPage):
            page.open_scope(key)

    # -- found by the master

    def of_item(self, item: Item) -> Entry:
        """Return the row of an item."""
        wording = self._context.wording
        title = item.title or " ".join(item.text[:120].split()) or wording.kind(item.kind)
        name = item.author or self._context.models.account_name(item.account_id)
        return Entry(
            key=f"item:{item.id}",
            kind=wording.kind(item.kind),
            title=title,
            detail=f"{name} · {wording.minute(item.detected_at)}",
            act=partial(self._places.open_item, item.id),
            icon="read" if item.read else "unread",
        )

    def of_line(self, row: LogRow, act: Callable[[], object]) -> Entry:
        """Return the row of a line of the log."""
        wording, record = self._context.wording, row.record
        return Entry(
            key=f"line:{row.id}",
            kind=self.tr("Log"),
            title=" ".join(record.message[:200].split()),
            detail=f"{record.source} · {wording.moment(record.at)}",
            act=act,
            icon="logs",
        )

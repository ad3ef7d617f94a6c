"""What is named on the command line: how each is called, where its rows are, and what a shell completes it with."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from master.cli.options import current


class Noun(click.ParamType[str]):
    """Something that is given by its name or its id; a shell completes it from the running master."""

    def __init__(
        self, word: str, path: str, *, key: str = "id", title: str = "name", about: Sequence[str] = (), words: Any = ()
    ) -> None:
        """``path``: of its list. ``key``, ``title``, ``about``: fields of its rows. ``words`` may stand for it."""
        self.name = word
        self.path = path
        self.key = key
        self.title = title
        self.about = tuple(about)
        self.words: tuple[str, ...] = tuple(words)

    def or_(self, *words: str) -> "Noun":
        """Return the same with words that may stand in its place."""
        return Noun(self.name, self.path, key=self.key, title=self.title, about=self.about, words=words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.strip() and text not in self.words:
            self.fail(f"give the name or the id of a {self.name}.", param, ctx)
        return text

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "|".join([self.name.upper(), *filter(None, self.words)])

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        from master.cli.lookups import rows_of

        rows = rows_of(current(ctx), self.path)
        typed = set(map(str, ctx.params.get(param.name or "", ()) or ())) if param.nargs == -1 else set()
        found = [CompletionItem(word) for word in self.words if word and word.startswith(incomplete)]
        found += [one for one in self.candidates(rows, incomplete) if one.value not in typed]
        return found

    def candidates(self, rows: Sequence[dict[str, Any]], incomplete: str) -> Iterator[CompletionItem[Any]]:
        """Return names, and ids where a name says too little or an id was begun."""
        names = [str(row.get(self.title) or "") for row in rows]
        wanted = incomplete.casefold()
        for row, name in zip(rows, names, strict=True):
            identity = str(row.get(self.key, ""))
            about = " · ".join(str(row[field]) for field in self.about if row.get(field))
            if name and names.count(name) == 1 and name.casefold().startswith(wanted):
                yield CompletionItem(name, help=about or None)
            elif identity.startswith(incomplete) and (incomplete or names.count(name) != 1 or not name):
                yield CompletionItem(identity, help=" · ".join(filter(None, (name, about))) or None)


class Number(click.IntRange):
    """The number of a row; a shell completes it from the running master, the newest first."""

    def __init__(self, word: str, path: str, *, about: Sequence[str] = ()) -> None:
        super().__init__(min=1)
        self.noun = word
        self.path = path
        self.about = tuple(about)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return self.noun.upper()

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        from master.cli.lookups import rows_of

        return [
            CompletionItem(str(row["id"]), help=self._about(row) or None)
            for row in rows_of(current(ctx), self.path, limit=50)
            if str(row.get("id", "")).startswith(incomplete)
        ]

    def _about(self, row: dict[str, Any]) -> str:
        return " · ".join(_said(row[field]) for field in self.about if row.get(field))


def _said(value: Any) -> str:
    return str(value.get("message", "")) if isinstance(value, dict) else str(value)


ACCOUNT: Final = Noun("account", "/accounts", about=("platform", "state"))
GROUP: Final = Noun("group", "/groups")
PROXY: Final = Noun("proxy", "/proxies", about=("kind", "host"))
WORKER: Final = Noun("worker", "/worker-configs", key="worker_id", title="worker_id", about=("name",))
JOB: Final = Noun("job", "/jobs", about=("state",))
SCHEDULE: Final = Noun("schedule", "/schedules", about=("cron",))
RULE: Final = Noun("rule", "/rules", about=("action",))
CREDENTIAL: Final = Noun("credential", "/credentials")
SEARCH: Final = Noun("search", "/searches")
TOKEN: Final = Noun("token", "/tokens", about=("scope",))
BACKUP: Final = Noun("backup", "/backups", title="", about=("why",))
SIGN_IN: Final = Noun("sign-in", "/login-sessions", title="", about=("platform", "state"))
SNOOZE: Final = Noun("snooze", "/snoozes", about=("scope",))
PLATFORM: Final = Noun("platform", "/catalog#platforms", title="id")
RUNNER: Final = Noun("runner", "/catalog#runners", title="id")

ITEM: Final = Number("item", "/items", about=("title",))
ALERT: Final = Number("alert", "/alerts", about=("level", "title"))
NOTIFICATION: Final = Number("notification", "/notifications", about=("state", "title"))

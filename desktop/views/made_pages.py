"""The pages by name. Each is made when it is first wanted: a start shows one of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from desktop.views.page import Page
from desktop.views.page_table import PageEntry


class MadePages(Mapping[str, Page]):
    """``make`` makes the page of an entry; to ask for one by its name is to want it."""

    def __init__(self, entries: Iterable[PageEntry], make: Callable[[PageEntry], Page]) -> None:
        self._entries = {entry.name: entry for entry in entries}
        self._make = make
        self._made: dict[str, Page] = {}

    def __getitem__(self, name: str) -> Page:
        page = self._made.get(name)
        if page is None:
            page = self._made[name] = self._make(self._entries[name])
        return page

    def __iter__(self) -> Iterator[str]:
        return iter([*self._entries, *(name for name in self._made if name not in self._entries)])

    def __len__(self) -> int:
        return len(self._made.keys() | self._entries.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._made

    def put(self, name: str, page: Page) -> None:
        """Have this page under a name, a new one or in place of another."""
        self._made[name] = page

    def made(self) -> list[Page]:
        """Return those that were made by now."""
        return list(self._made.values())

    def name_of(self, page: Page | None) -> str:
        """Return the name of a page that was made, "" for any other."""
        return next((name for name, one in self._made.items() if one is page), "")

    def unmade(self) -> str | None:
        """Return the name of one that was not made yet, None when all are there."""
        return next((name for name in self._entries if name not in self._made), None)

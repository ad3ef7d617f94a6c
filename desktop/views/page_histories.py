"""Which pages were looked at, for the way back and forth."""

MOST = 50


class PageHistory:
    """Names of pages in the order in which they were shown."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._at = -1

    def visit(self, name: str) -> None:
        """A page is shown. What lay ahead is forgotten, unless it is the page that was gone back or forth to."""
        if 0 <= self._at < len(self._names) and self._names[self._at] == name:
            return
        self._names = [*self._names[: self._at + 1], name][-MOST:]
        self._at = len(self._names) - 1

    def step(self, by: int) -> str | None:
        """Go back (−1) or forth (1); None where there is nothing."""
        at = self._at + by
        if not 0 <= at < len(self._names):
            return None
        self._at = at
        return self._names[at]

    def can(self, by: int) -> bool:
        """Whether there is a page in that direction."""
        return 0 <= self._at + by < len(self._names)

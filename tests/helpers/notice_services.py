"""A notification service in memory, for the port."""

from collections.abc import Sequence

from desktop.integration.notices import OPEN, Abilities, Acted, Notice, Permission


class FakeService:
    """Keeps notices in memory. ``dead``: it takes nothing."""

    def __init__(self, acted: Acted) -> None:
        self.acted = acted
        self.standing: dict[str, Notice] = {}
        self.shown: list[Notice] = []
        self.dead = False
        self.closed = False
        self.answer: Permission = "granted"
        self.abilities: Abilities | None = Abilities(buttons=True, sounds=True)
        self.reason = ""

    async def show(self, notice: Notice) -> bool:
        """Take a notice, unless it is dead."""
        if self.dead:
            self.abilities, self.reason = None, "dead"
            return False
        self.standing[notice.key] = notice
        self.shown.append(notice)
        return True

    async def withdraw(self, keys: Sequence[str]) -> None:
        """Forget notices."""
        for key in keys:
            self.standing.pop(key, None)

    async def permission(self, *, ask: bool) -> Permission:
        """Answer what was laid down."""
        return "unavailable" if self.dead else self.answer

    async def close(self) -> None:
        """Forget all notices."""
        self.standing.clear()
        self.closed = True

    async def click(self, key: str) -> None:
        """A person clicks a notice, which goes away."""
        del self.standing[key]
        self.acted(key, OPEN)

    async def press(self, key: str, action: str) -> None:
        """A person presses a button of a notice."""
        assert action in [button.action for button in self.standing[key].buttons]
        del self.standing[key]
        self.acted(key, action)

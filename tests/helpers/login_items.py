"""The login item of macOS, in memory."""

from desktop.integration.login_items import ENABLED, NOT_REGISTERED


class FakeItem:
    """``granted``: what the person lets it be."""

    def __init__(self, granted: int = ENABLED) -> None:
        self.granted = granted
        self.now = NOT_REGISTERED

    def status(self) -> int:
        """Say how it stands."""
        return self.now

    def register(self) -> None:
        """Become what was granted."""
        assert self.now != ENABLED, "what is registered is not registered again"
        self.now = self.granted

    def unregister(self) -> None:
        """Become nothing."""
        assert self.now != NOT_REGISTERED
        self.now = NOT_REGISTERED

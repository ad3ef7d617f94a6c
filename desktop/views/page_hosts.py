"""What the window does for its pages."""

from collections.abc import Callable
from typing import Protocol

from desktop.views.made_pages import MadePages


class PageHost(Protocol):
    """What the window does for its pages."""

    pages: MadePages

    def show_page(self, name: str) -> None:
        """Show a page."""

    def open_account(self, account_id: str) -> None:
        """Show one account."""

    def open_worker(self, worker_id: str) -> None:
        """Show one worker."""

    def open_job(self, job_id: str) -> None:
        """Show one job."""

    def open_schedule(self, schedule_id: str) -> None:
        """Show one schedule."""

    def open_alert(self, alert_id: int) -> None:
        """Show one alert."""

    def open_logs(self, source: str) -> None:
        """Show the lines of one source."""

    def open_settings(self, section: str) -> None:
        """Show a section of the settings."""

    def add_account(self) -> None:
        """Ask for a new account."""

    def toast(
        self,
        title: str,
        body: str = "",
        level: str = "info",
        action: tuple[str, Callable[[], None]] | None = None,
        *,
        merge: bool = True,
    ) -> None:
        """Show a short message."""

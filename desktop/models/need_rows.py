"""A row of what needs the person: what it is, how it shows, where it stands, and what can be done about it."""

from dataclasses import dataclass
from typing import Literal

from desktop.words import Face

Act = Literal[
    "sign_in", "check", "edit", "start_worker", "restart_worker", "acknowledge", "resubmit", "run_schedule", "back_up",
    "add_account", "open",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands: ``kind`` is what it is, ``key`` which one, or what is searched there."""

    kind: Literal["account", "accounts", "worker", "job", "jobs", "schedule", "alert", "inbox", "page", "settings"]
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Need:
    """One row. ``key`` stays while the thing goes on; ``targets``: the ids that the action is done with."""

    key: str
    face: Face
    title: str
    words: str = ""
    since_at: int | None = None
    place: Place
    act: Act = "open"
    button: str = ""
    targets: tuple[str, ...] = ()

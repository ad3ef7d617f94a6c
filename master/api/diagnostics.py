"""The master's machine as the master sees it: what ``doctor`` says, its self-test, and the support bundle."""

from typing import Annotated, Literal

from msgspec import Meta

from master.api.results import CheckResult, StepResult
from master.api.rows import Body, Row
from worker.protocol.texts import Text

Place = Literal["database", "logs", "workers", "jobs", "backups"]


class PlaceSize(Row, frozen=True, kw_only=True):
    """How much a part of the profile folder takes."""

    place: Place
    bytes: int


class SystemFacts(Row, frozen=True, kw_only=True):
    """What the master runs on; spans in seconds, sizes in bytes."""

    version: str
    python: str
    system: str
    """Name and release of the operating system."""
    machine: str
    """Kind of processor."""
    packaged: bool
    """Started from a package, not from a Python environment."""
    profile: str
    address: str
    pid: int
    started_at: int
    uptime: float
    memory_bytes: int
    disk_free_bytes: int
    disk_total_bytes: int
    sizes: list[PlaceSize]
    tasks: list[str]
    """Names of what runs in the background of the master."""
    libraries: dict[str, str]
    """Versions of the libraries that the product is made with."""


class SystemReport(Row, frozen=True, kw_only=True):
    """Answer of ``GET /system``."""

    at: int
    checks: list[CheckResult]
    facts: SystemFacts


class SelfTest(Row, frozen=True, kw_only=True):
    """Answer of ``GET /system/selftest``: the last run in a process of its own, or the one under way."""

    state: Literal["never", "running", "passed", "failed"]
    started_at: int | None = None
    ended_at: int | None = None
    steps: list[StepResult] = []
    problem: Text | None = None
    """Why it could not be run, where no step says it."""


Line = Annotated[str, Meta(max_length=4000)]


class BundleRequest(Body, frozen=True, kw_only=True):
    """Body of ``POST /system/bundle``: what the window adds of itself; it is searched for names and secrets too."""

    lines: Annotated[list[Line], Meta(max_length=500)] = []
    """The newest of its own log, oldest first."""
    facts: Annotated[dict[Annotated[str, Meta(max_length=100)], str | int | float | bool], Meta(max_length=200)] = {}


class BundlePart(Row, frozen=True, kw_only=True):
    """One file of a support bundle, as it is going to be in it."""

    name: str
    """Of the file."""
    about: Text
    """What is in it, in a sentence."""
    content: str


class Bundle(Row, frozen=True, kw_only=True):
    """A support bundle: no secret, no item text, no name; the caller makes a file of it."""

    at: int
    parts: list[BundlePart]

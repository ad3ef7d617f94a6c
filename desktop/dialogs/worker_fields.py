"""The fields of a worker: which there are, and which mean something where it runs."""

import re

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from master.api.workers import EXTERNAL, LOCAL

PLACES = 500
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LINES = ("env", "command_args")
"""Fields with one entry a line."""
ELSEWHERE = frozenset({"worker_id", "name", "description", "deployment_type", "max_accounts", "enabled"})
"""Fields that mean something for a worker that somebody else starts."""


def parse_env(text: str) -> tuple[dict[str, str], list[int]]:
    """Return the variables of ``KEY=value`` lines, and the numbers (from 1) of the lines that are none."""
    env: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, sign, value = line.partition("=")
        if sign and VARIABLE.fullmatch(name.strip()):
            env[name.strip()] = value
        else:
            wrong.append(number)
    return env, wrong


def format_env(env: dict[str, str]) -> str:
    """Return variables as ``KEY=value`` lines."""
    return "\n".join(f"{name}={value}" for name, value in env.items())


class WorkerFields(QObject):
    """Words them in the language of the window. With ``new`` its id can be chosen, and where it runs."""

    def __init__(self, context: Context, *, new: bool) -> None:
        super().__init__()
        self._context, self._new = context, new

    def groups(self) -> list[tuple[str, list[Field]]]:
        """Return headings, the first one empty, and the fields under them."""
        basics = self.basics()
        return [
            ("", basics if self._new else basics[1:]),
            (self.tr("Limits"), self.limits()),
            (self.tr("Start and restart"), self.restarts()),
            (self.tr("Process"), self.process()),
        ]

    def basics(self) -> list[Field]:
        """What it is called, and where it runs."""
        catalog = self._context.models.catalog
        say = self._context.wording.say
        kinds = tuple((one.id, say(one.title)) for one in (catalog.deployments if catalog else []))
        return [
            Field(
                name="worker_id",
                type="text",
                label=self.tr("Id"),
                required=True,
                help=self.tr("Letters, digits, dots, dashes. It never changes."),
            ),
            Field(name="name", type="text", label=self.tr("Name"), help=self.tr("Empty: the same as the id.")),
            Field(name="description", type="text", label=self.tr("Description")),
            Field(
                name="deployment_type",
                type="choice",
                label=self.tr("Where it runs"),
                choices=kinds or ((LOCAL, self.tr("On this computer")),),
                default=LOCAL,
                help=self.tr("Elsewhere it is started by you and joins with a token. It watches, and runs no jobs.")
                if EXTERNAL in dict(kinds)
                else "",
            ),
        ]

    def limits(self) -> list[Field]:
        """How much it may take."""
        return [
            Field(
                name="max_accounts",
                type="number",
                label=self.tr("Most accounts"),
                minimum=1,
                maximum=100_000,
                default=PLACES,
                required=True,
            ),
            Field(
                name="max_memory_mb",
                type="number",
                label=self.tr("Most memory"),
                suffix="MB",
                minimum=32,
                maximum=1_048_576,
                placeholder=self.tr("no limit"),
                help=self.tr("Near it the worker is renewed between two checks; above it, at once."),
            ),
            Field(
                name="cpu_cores",
                type="number",
                label=self.tr("Slots for jobs"),
                minimum=1,
                maximum=1024,
                placeholder=self.tr("one per core"),
                help=self.tr("So many jobs of one slot each run on it at the same time."),
            ),
            Field(
                name="job_memory_mb",
                type="number",
                label=self.tr("Memory for jobs"),
                suffix="MB",
                minimum=1,
                maximum=16_777_216,
                placeholder=self.tr("not counted"),
                help=self.tr("What its jobs ask for together stays within it."),
            ),
            Field(
                name="labels",
                type="list",
                label=self.tr("Labels"),
                help=self.tr("Divided by commas. Jobs may ask for a worker that has one of them."),
            ),
        ]

    def restarts(self) -> list[Field]:
        """When it is started."""
        return [
            Field(
                name="enabled",
                type="boolean",
                label=self.tr("Enabled"),
                default=True,
                help=self.tr("One that is not enabled cannot be started and gets no accounts."),
            ),
            Field(name="auto_start", type="boolean", label=self.tr("Start together with Watchkeeper"), default=True),
            Field(name="auto_restart", type="boolean", label=self.tr("Start again after a crash"), default=True),
            Field(
                name="restart_delay_ms",
                type="number",
                label=self.tr("First delay"),
                minimum=0,
                maximum=3_600_000,
                default=1000,
                suffix=self.tr("ms"),
                required=True,
                help=self.tr("It doubles with every crash in a row."),
            ),
            Field(
                name="max_restart_attempts",
                type="number",
                label=self.tr("Most crashes in a row"),
                minimum=0,
                maximum=1_000_000,
                default=3,
                required=True,
                help=self.tr("After one more the worker is given up, until it is started again by hand."),
            ),
        ]

    def process(self) -> list[Field]:
        """How its process is made."""
        return [
            Field(
                name="working_directory",
                type="folder",
                label=self.tr("Working directory"),
                placeholder=self.tr("the worker's own folder"),
            ),
            Field(
                name="env",
                type="multiline",
                label=self.tr("Environment"),
                placeholder="HTTPS_PROXY=http://127.0.0.1:8080",
                help=self.tr("One variable a line: NAME=value."),
            ),
            Field(
                name="command_args",
                type="multiline",
                label=self.tr("Arguments"),
                help=self.tr("One argument a line, as it is: no quotes."),
            ),
            Field(name="host", type="text", label=self.tr("Host"), default="localhost", advanced=True),
            Field(
                name="port",
                type="number",
                label=self.tr("Port"),
                minimum=1,
                maximum=65_535,
                advanced=True,
                help=self.tr("Only for workers on other computers."),
            ),
        ]

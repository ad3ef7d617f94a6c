"""The support bundle: what helps to find a fault, as files that can be read before they are given away.

Of settings and rows only what is known to tell nothing of anybody is taken. Lines of the log are the only free text:
they go through a :class:`Scrubber` that knows the whole database and everything that the vault holds.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from master.api.diagnostics import BundlePart, BundleRequest, SystemReport
from master.api.results import CheckResult
from master.api.system import CatalogAnswer
from master.api.upkeep import Recovery
from master.checks import bundle_tables as tables
from master.checks.log_tails import newest_lines
from master.checks.scrubbers import Scrubber
from worker.protocol.log_messages import LogRecord
from worker.protocol.texts import text
from worker.version import __version__

LINES: Final = 2_000
CRASH_BYTES: Final = 256 * 1024
CRASHES: Final = 400
ALERTS: Final = 200
ACCOUNT_COLUMNS: Final = (
    "id", "platform", "state", "state_since_at", "login_status", "priority", "interval_seconds",
    "interval_max_seconds", "last_checked_at", "last_ok_at", "paused", "created_at",
)  # fmt: skip
WORKER_COLUMNS: Final = (
    "worker_id", "deployment_type", "max_accounts", "max_memory_mb", "cpu_cores", "auto_start", "auto_restart",
    "restart_delay_ms", "max_restart_attempts", "enabled",
)  # fmt: skip
ALERT_COLUMNS: Final = ("id", "kind", "level", "raised_at", "cleared_at")
DEFAULT_WORKER: Final = re.compile(r"local-\d{1,3}")
_FRAME: Final = re.compile(r'\s*File "([^"]{1,400})", line (\d+), in ([\w<>.]{1,80})')
_RAISED: Final = re.compile(r"([A-Za-z_][\w.]{2,80}(?:Error|Exception|Exit|Interrupt|Warning))\b")
_LOGGER: Final = re.compile(
    r"(?:master|worker|desktop|watchkeeper|asyncio|aiohttp|engineio|socketio)(?:\.[\w.]{1,80})?"
)

README: Final = """Watchkeeper {version}, support bundle of {at}

Every file is text; read them before you give this away. What was left out or replaced:

- Credentials and tokens: none is read into any file. Everything that the vault holds was looked for in the lines of
  the log, and replaced.
- What was found or written: no item, no message, no job and none of their output is in here. Three words in a row that
  stand in one of the newest {rows} rows of any table of the database were replaced in the lines of the log.
- Names and addresses of accounts, groups, proxies, workers, rules, tokens, devices, servers and people, the name of
  this machine and of who is logged in: a stand-in takes the place of each ("account-3fa2c1"), the same in every bundle
  of this profile. They cannot be turned back without the profile.
- Paths, quoted texts, mail addresses, links, and words in other alphabets were replaced by their look alone.
{note}"""
NO_SECRETS: Final = """
- The vault could not be read, so what it holds could not be looked for: the lines of the log are in here without their
  words, only with time, level and where in the program they come from.
"""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What only a master that runs knows."""

    recovery: Recovery | None
    catalog: CatalogAnswer


def make_parts(
    profile: Path,
    report: SystemReport,
    request: BundleRequest,
    secrets: Sequence[str] | None,
    running: Running | None = None,
) -> list[BundlePart]:
    """Return the files of a bundle. ``secrets``: all that the vault holds, None where it cannot be read. Blocks."""
    lines = newest_lines(profile / "logs", LINES)
    with tables.opened(profile) as connection:
        identity = tables.profile_id(connection) if connection is not None else ""
        scrubber = Scrubber(identity or str(profile), spoken=_spoken(report))
        for line in _free_text(report, request, lines):
            scrubber.meet(line)
        scrubber.forbid_person()
        if connection is not None:
            for one in tables.named_of(connection):
                if not (one.kind == "worker" and DEFAULT_WORKER.fullmatch(one.identity)):
                    scrubber.name(one.kind, one.identity, *one.names)
            for words in tables.private_of(connection):
                if not DEFAULT_WORKER.fullmatch(words):
                    scrubber.forbid(words)
        for words in _texts_of_settings(profile):
            scrubber.forbid(words)
        scrubber.forbid_secrets(secrets or ())
        from_tables = _tables(connection, scrubber) if connection is not None else []
    parts = [
        _readme(report, secrets is None),
        _doctor(report, scrubber),
        _facts(report, scrubber),
        _part("settings.json", "bundle_settings", _as_json(settings_of(profile))),
        *from_tables,
        *(_of_running(running, scrubber) if running is not None else ()),
        _log(lines, scrubber, worded=secrets is not None),
        _part("crashes.txt", "bundle_crashes", "\n".join(_crashes(profile / "workers"))),
    ]
    if request.facts or request.lines:
        parts.append(_window(request, scrubber, worded=secrets is not None))
    return parts


def _spoken(report: SystemReport) -> list[str]:
    """Words that the product brings along: platforms by their id, libraries."""
    from worker.protocol import states

    found = [*report.facts.libraries]
    for kind in vars(states).values():
        if isinstance(kind, type) and hasattr(kind, "__members__"):
            found += [str(member.value) for member in kind.__members__.values()]
    folder = Path(states.__file__).parents[1]
    for place in ("platforms", "runners"):
        found += [path.name for path in (folder / place).glob("[a-z]*") if path.is_dir()]
    return found


def _free_text(report: SystemReport, request: BundleRequest, lines: list[LogRecord]) -> Iterator[str]:
    yield from (f"{check.message} {check.advice}" for check in report.checks)
    yield f"{report.facts.profile} {report.facts.address} {' '.join(report.facts.tasks)}"
    for line in lines:
        yield f"{line.source} {line.logger} {line.message} {line.traceback}"
    yield from request.lines
    yield from (str(value) for value in request.facts.values())


def _texts_of_settings(profile: Path) -> Iterator[str]:
    for name in ("settings.json", "desktop.json"):
        with suppress(OSError, ValueError):
            yield from tables.texts_of(json.loads((profile / name).read_bytes()))


def _of_running(running: Running, scrubber: Scrubber) -> Iterator[BundlePart]:
    if running.recovery is not None:
        rows = [
            {"kind": row.kind, "examined": row.examined, "repaired": row.repaired} for row in running.recovery.repairs
        ]
        found = {"at": running.recovery.at, "clean": running.recovery.clean, "repairs": rows}
        yield _part("recovery.json", "bundle_recovery", _as_json(found))
    catalog = running.catalog
    plugins = {
        "platforms": {one.id: one.libraries for one in catalog.platforms},
        "runners": {one.id: one.libraries for one in catalog.runners},
        "left out": [{"package": one.package, "reason": scrubber.clean(str(one.reason))} for one in catalog.broken],
    }
    yield _part("plugins.json", "bundle_plugins", _as_json(plugins))


def settings_of(profile: Path) -> dict[str, Any]:
    """Return the settings as they stand in the file: of texts and lists only how much there is."""
    try:
        document = json.loads((profile / "settings.json").read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        return {"problem": type(error).__name__}
    return {name: _plain(value) for name, value in document.items()} if isinstance(document, dict) else {}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if re.fullmatch(r"[a-z_]{1,20}", value) else f"(text of {len(value)} characters)"
    return f"({len(value)} entries)"


def _readme(report: SystemReport, no_secrets: bool) -> BundlePart:
    at = datetime.fromtimestamp(report.at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    note = NO_SECRETS if no_secrets else ""
    return _part(
        "README.txt", "bundle_readme", README.format(version=__version__, at=at, rows=tables.NEWEST, note=note)
    )


def _doctor(report: SystemReport, scrubber: Scrubber) -> BundlePart:
    def line(check: CheckResult) -> str:
        said = f"[{check.level}] {check.name}: {scrubber.clean(check.message)}"
        return f"{said}\n        {scrubber.clean(check.advice)}" if check.advice else said

    return _part("doctor.txt", "bundle_doctor", "\n".join(map(line, report.checks)))


def _facts(report: SystemReport, scrubber: Scrubber) -> BundlePart:
    facts = msgspec.to_builtins(report.facts)
    facts |= {name: scrubber.clean(facts[name]) for name in ("profile", "address")}
    facts["tasks"] = [scrubber.clean(name) for name in facts["tasks"]]
    return _part("facts.json", "bundle_facts", _as_json(facts))


def _tables(connection: Any, scrubber: Scrubber) -> list[BundlePart]:
    def known(kind: str, column: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def stand_in(row: dict[str, Any]) -> dict[str, Any]:
            identity = str(row[column])
            if kind == "worker" and DEFAULT_WORKER.fullmatch(identity):
                return row
            return row | {column: scrubber.stand_in(kind, identity)}

        return stand_in

    accounts = map(known("account", "id"), tables.rows_of(connection, "accounts", ACCOUNT_COLUMNS, 1_000))
    workers = map(known("worker", "worker_id"), tables.rows_of(connection, "worker_configs", WORKER_COLUMNS, 200))
    alerts = tables.rows_of(connection, "alerts", ALERT_COLUMNS, ALERTS)
    return [
        _part("tables.json", "bundle_tables", _as_json(tables.counts_of(connection))),
        _part("accounts.json", "bundle_accounts", _as_json(list(accounts))),
        _part("workers.json", "bundle_workers", _as_json(list(workers))),
        _part("alerts.json", "bundle_alerts", _as_json(alerts)),
    ]


def _log(lines: list[LogRecord], scrubber: Scrubber, *, worded: bool) -> BundlePart:
    def one(line: LogRecord) -> str:
        at = datetime.fromtimestamp(line.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        source = line.source if DEFAULT_WORKER.fullmatch(line.source) else scrubber.clean(line.source)
        logger = scrubber.clean(line.logger) if _LOGGER.fullmatch(line.logger) else "other"
        head = f"{at} {line.level:<7} {source} {logger}"
        if not worded:
            return head
        said = f"{head}: {scrubber.clean(line.message)}"
        return f"{said}\n{scrubber.clean(line.traceback)}" if line.traceback else said

    content = "\n".join(map(one, lines))
    return BundlePart(name="log.txt", about=text("bundle_log", count=len(lines)), content=content)


def _crashes(folder: Path) -> Iterator[str]:
    """Yield where workers failed: frames and kinds of exceptions, never what was said."""
    left = CRASHES
    for path in sorted(folder.glob("*/stderr.log*")):
        with suppress(OSError), path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - CRASH_BYTES))
            for raw in file.read().decode("utf-8", "replace").splitlines():
                frame, raised = _FRAME.match(raw), _RAISED.match(raw)
                if frame is not None:
                    yield f"  {_place(frame[1])}:{frame[2]} {frame[3]}"
                elif raised is not None:
                    yield f"{raised[1].rpartition('.')[2]}"
                else:
                    continue
                left -= 1
                if left == 0:
                    return


def _place(path: str) -> str:
    parts = re.split(r"[\\/]", path)
    for mark in ("site-packages", "master", "worker", "desktop"):
        if mark in parts:
            return "/".join(parts[parts.index(mark) :][-4:])
    return parts[-1] if path.startswith("<") or "lib" in parts else "(elsewhere)"


def _window(request: BundleRequest, scrubber: Scrubber, *, worded: bool) -> BundlePart:
    facts = {
        name: value if isinstance(value, bool | int | float) else scrubber.clean(value)
        for name, value in request.facts.items()
    }
    lines = [scrubber.clean(line) for line in request.lines] if worded else []
    return _part("window.txt", "bundle_window", "\n".join([_as_json(facts), *lines]))


def _part(name: str, about: str, content: str) -> BundlePart:
    return BundlePart(name=name, about=text(about), content=content + ("" if content.endswith("\n") else "\n"))


def _as_json(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=True, sort_keys=True)

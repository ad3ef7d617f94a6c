"""Words of the window: texts by code, states with their shape, times and numbers as the language writes them."""

import html
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop.dates import Dates, regional
from master.api.client import ApiError
from master.api.schema import Account, Alert, BatchResult, Worker
from worker.protocol.manifest import Manifest, Words
from worker.protocol.states import AccountState, WorkerState
from worker.protocol.texts import TEMPLATES, Param, Text

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Languages of the window and what each calls itself."""


CELL_LENGTH = 500
"""Characters of a text that a cell shows: laying out more takes longer than a frame, and no cell is as wide."""
TIP_LENGTH = 2000
"""Characters of a tooltip."""
BREAK = "\u200b"
"""A place to break a line, which is not seen."""
LONG_WORD = re.compile(r"\S{24}(?=\S)")
FAILURES = 5
"""Rows of a batch whose failure is told one by one; the others are counted."""


@dataclass(frozen=True)
class Face:
    """How a state shows: a shape, a word, a level (``ok warn bad idle accent``); never colour alone."""

    shape: str
    """``dot half triangle cross bars square ring``."""
    word: str
    level: str


def plain_tip(text: str) -> str:
    """Return a tooltip that shows ``text`` letter by letter, cut to a readable length: Qt reads ``<`` as markup."""
    text = cut_line(text, TIP_LENGTH)
    if "<" not in text and "&lt;" not in text:
        return text
    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>'


def cut_line(text: str, most: int) -> str:
    """Return ``text``, cut with an ellipsis where it has more than ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def breakable(text: str) -> str:
    """Return ``text`` with places to break in words that no panel is wide enough for."""
    return LONG_WORD.sub(f"\\g<0>{BREAK}", text)


def choose_language(wanted: str) -> str:
    """Return ``en`` or ``zh_CN``; ``system`` asks the system's locale."""
    if wanted in LANGUAGES:
        return wanted
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def install_translators(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Load the catalogues of ``language`` (ours and Qt's) into ``app``; the caller may remove what is returned.

    Qt's own widgets, such as calendars, name days and months in it from now on.
    """
    QLocale.setDefault(regional(language) or QLocale(language))
    loaded = []
    with resources.as_file(resources.files("resources.translations").joinpath(f"watchkeeper_{language}.qm")) as path:
        loaded.append(_catalogue(app, str(path), ""))
    if language != "en":
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        loaded.insert(0, _catalogue(app, f"qtbase_{language}", folder))
    there = [translator for translator in loaded if translator is not None]
    for translator in there:
        app.installTranslator(translator)
    return there


def _catalogue(app: QCoreApplication, name: str, folder: str) -> QTranslator | None:
    """Return a catalogue, None where there is none."""
    translator = QTranslator()
    if not translator.load(name, folder):
        return None
    translator.setParent(app)
    return translator


def load_codes(language: str) -> dict[str, str]:
    """Return the table of text codes of ``language``; English needs none, its sentences come with the texts."""
    if language == "en":
        return {}
    source = resources.files("resources.translations").joinpath(f"codes_{language}.toml")
    return {code: str(words) for code, words in tomllib.loads(source.read_text(encoding="utf-8")).items()}


class Wording:
    """Says things in one language; made once the catalogues are installed."""

    def __init__(self, language: str) -> None:
        self._reverse = {english: code for code, english in TEMPLATES.items() if "{" not in english}
        self._plugin: dict[str, Words] = {}
        self.speak(language)

    def speak(self, language: str) -> None:
        """Use another language from now on, whose catalogues are installed."""
        self.language = language
        self.locale = regional(language) or QLocale(language)
        self.dates = Dates(language)
        self._codes = load_codes(language)
        translate = QCoreApplication.translate
        self._spans = (
            (60, 1, translate("Wording", "{count} s")),
            (3600, 60, translate("Wording", "{count} min")),
            (86_400, 3600, translate("Wording", "{count} h")),
            (10**12, 86_400, translate("Wording", "{count} d")),
        )
        self._now = translate("Wording", "now")
        self._checking = Face("half", translate("Wording", "Checking"), "accent")
        self._unassigned = Face("ring", translate("Wording", "Unassigned"), "idle")
        self._account_faces = {
            AccountState.OK: Face("dot", translate("Wording", "OK"), "ok"),
            AccountState.PENDING: Face("ring", translate("Wording", "Pending"), "idle"),
            AccountState.STALE: Face("triangle", translate("Wording", "Stale"), "warn"),
            AccountState.UNREACHABLE: Face("triangle", translate("Wording", "Can't reach"), "warn"),
            AccountState.LOGIN_NEEDED: Face("cross", translate("Wording", "Needs sign-in"), "bad"),
            AccountState.PAUSED: Face("bars", translate("Wording", "Paused"), "idle"),
        }
        self._worker_faces = {
            WorkerState.STOPPED: Face("square", translate("Wording", "Stopped"), "idle"),
            WorkerState.STARTING: Face("half", translate("Wording", "Starting"), "accent"),
            WorkerState.RUNNING: Face("dot", translate("Wording", "Running"), "ok"),
            WorkerState.STOPPING: Face("half", translate("Wording", "Stopping"), "idle"),
            WorkerState.CRASHED: Face("triangle", translate("Wording", "Crashed"), "warn"),
            WorkerState.ERROR: Face("cross", translate("Wording", "Gave up"), "bad"),
        }
        self._over_capacity = Face("triangle", translate("Wording", "Over capacity"), "warn")
        self._not_answering = Face("triangle", translate("Wording", "Not answering"), "warn")
        self._make_faces()
        self._restarting = translate("Wording", "Restarting in {seconds} s")
        self._kinds = self._kind_words()
        self._levels = {
            "debug": translate("Wording", "Debug"),
            "info": translate("Wording", "Info"),
            "warning": translate("Wording", "Warning"),
            "error": translate("Wording", "Error"),
        }

    def _kind_words(self) -> dict[str, str]:
        translate = QCoreApplication.translate
        return {
            "comment": translate("Wording", "comment"),
            "direct_message": translate("Wording", "direct message"),
            "mail": translate("Wording", "mail"),
            "mention": translate("Wording", "mention"),
            "entry": translate("Wording", "entry"),
            "change": translate("Wording", "change"),
            "line": translate("Wording", "line"),
            "system": translate("Wording", "system"),
        }

    def _make_faces(self) -> None:
        translate = QCoreApplication.translate
        self._dead = Face("cross", translate("Wording", "Does not answer"), "bad")
        self._alerts = {
            "warn": Face("triangle", translate("Wording", "Warning"), "warn"),
            "bad": Face("cross", translate("Wording", "Serious"), "bad"),
        }
        self._over = Face("dot", translate("Wording", "Over"), "idle")
        self._healths = {
            "healthy": Face("dot", translate("Wording", "Healthy"), "ok"),
            "degraded": Face("triangle", translate("Wording", "Degraded"), "warn"),
            "dead": Face("cross", translate("Wording", "Not working"), "bad"),
        }
        self._named = self._worker_words()

    def _worker_words(self) -> dict[str, str]:
        translate = QCoreApplication.translate
        return {
            "lifecycle": translate("Wording", "Lifecycle"),
            "task": translate("Wording", "Task"),
            "system": translate("Wording", "System"),
            "error": translate("Wording", "Error"),
            "process": translate("Wording", "Process"),
            "heartbeat": translate("Wording", "Heartbeat"),
            "lease": translate("Wording", "Lease"),
            "memory": translate("Wording", "Memory"),
            "cpu": translate("Wording", "CPU"),
            "errors": translate("Wording", "Errors"),
            "backlog": translate("Wording", "Backlog"),
        }

    def learn(self, manifests: Iterable[Manifest]) -> None:
        """Take in the codes that plug-ins bring along."""
        for manifest in manifests:
            self._plugin.update(manifest.texts)

    def say(self, text: Text | None) -> str:
        """Return a text in this language; its English sentence where there is no other."""
        if text is None:
            return ""
        template = self._codes.get(text.code, "")
        if not template and self.language != "en":
            template = self._plugin.get(text.code, {}).get(self.language, "")
        if template:
            try:
                return template.format(**self._params(text.params))
            except (KeyError, IndexError, ValueError):
                return text.message or text.code
        return text.message or text.code

    def refusal(self, error: ApiError) -> str:
        """Return why the master refused or could not be asked, in this language."""
        if error.text is not None:
            return self.say(error.text)
        translate = QCoreApplication.translate
        unasked = {
            "ERR_UNREACHABLE": translate("Wording", "The master cannot be reached. Try again in a moment."),
            "ERR_TIMEOUT": translate("Wording", "The master did not answer in time. Try again in a moment."),
            "ERR_UNREADABLE": translate("Wording", "The answer of the master cannot be read. Look into the log."),
        }
        code = self._reverse.get(error.message)
        return unasked.get(error.code) or (self._codes.get(code) if code else None) or error.message

    def failures(self, failed: Sequence[BatchResult], name_of: Callable[[str], str]) -> str:
        """Return a line with name and reason for each of the first rows that failed, and how many more there are."""
        translate = QCoreApplication.translate
        unknown = translate("Wording", "no reason was given")
        lines = [f"{name_of(row.id)}: {self.say(row.error) or unknown}" for row in failed[:FAILURES]]
        if len(failed) > FAILURES:
            lines.append(translate("Wording", "and {count} more").format(count=len(failed) - FAILURES))
        return "\n".join(lines)

    def _params(self, params: Mapping[str, Param]) -> dict[str, Param]:
        """A parameter that is itself a known sentence ("crashed") is translated too."""
        said: dict[str, Param] = {}
        for name, value in params.items():
            code = self._reverse.get(value) if isinstance(value, str) else None
            said[name] = self._codes.get(code, value) if code else value
        return said

    def pick(self, words: Words) -> str:
        """Return a manifest's words in this language, else in English."""
        return words.get(self.language) or words.get("en", "")

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as the language writes it."""
        return self.locale.toString(int(value)) if digits == 0 else self.locale.toString(float(value), "f", digits)

    def span(self, seconds: float) -> str:
        """Return a span in its largest whole unit: ``4 s``, ``2 min``, ``3 h``, ``5 d``."""
        for limit, unit, template in self._spans:
            if seconds < limit:
                return template.format(count=max(0, int(seconds // unit)))
        return ""

    def ago(self, at: int | None, now: int) -> str:
        """Return how long ago ``at`` was (both in UTC milliseconds); ``–`` when it never was."""
        if at is None:
            return "–"
        seconds = (now - at) / 1000
        return self._now if seconds < 1 else self.span(seconds)

    def clock(self, at: int, now: int) -> str:
        """Return the time of day for today, else the date, in local time."""
        when, today = datetime.fromtimestamp(at / 1000).astimezone(), datetime.fromtimestamp(now / 1000).astimezone()
        if when.date() == today.date():
            return self.dates.time(when)
        return self.dates.day(when) if when.year == today.year else self.dates.date(when)

    def moment(self, at: int | None) -> str:
        """Return date and time to the second, in local time."""
        if at is None:
            return "–"
        return self.dates.moment(datetime.fromtimestamp(at / 1000).astimezone())

    def minute(self, at: int | None) -> str:
        """Return date and time to the minute, in local time."""
        if at is None:
            return "–"
        when = datetime.fromtimestamp(at / 1000).astimezone()
        return f"{self.dates.date(when)} {self.dates.time(when)}"

    def date(self, at: int) -> str:
        """Return the date, in local time."""
        return self.dates.date(datetime.fromtimestamp(at / 1000).astimezone())

    def second(self, at: int) -> str:
        """Return the time of day to the second, in local time."""
        return self.dates.second(datetime.fromtimestamp(at / 1000).astimezone())

    def weekday_moment(self, at: int) -> str:
        """Return day of the week, date and time to the minute, in local time; it breaks over no two lines."""
        when = datetime.fromtimestamp(at / 1000).astimezone()
        day = self.dates.weekday(when)
        if not day.isascii():
            day = "\u2060".join(day)  # between Chinese characters a line may break everywhere
        return f"{day} {self.dates.date(when)} {self.dates.time(when)}".replace(" ", "\u00a0")

    def account_face(self, account: Account) -> Face:
        """Return how the state of an account shows."""
        if account.state is AccountState.PENDING and account.worker_id is None:
            return self._unassigned
        if account.checking and account.state in (AccountState.OK, AccountState.PENDING, AccountState.STALE):
            return self._checking
        return self._account_faces[account.state]

    def account_state(self, state: AccountState) -> str:
        """Return the word of a state."""
        return self._account_faces[state].word

    def state_face(self, state: AccountState) -> Face:
        """Return how a state shows, whatever else is known of the account."""
        return self._account_faces[state]

    def worker_face(self, worker: Worker, now: int) -> Face:
        """Return how the state of a worker shows at ``now`` (UTC milliseconds)."""
        if worker.status is WorkerState.CRASHED and worker.restart_at is not None:
            seconds = max(0, -(-(worker.restart_at - now) // 1000))
            return Face("triangle", self._restarting.format(seconds=seconds), "warn")
        if worker.status is WorkerState.RUNNING and worker.health == "dead":
            return self._dead
        if worker.status is WorkerState.RUNNING and not worker.online:
            return self._not_answering
        over = worker.over_capacity or worker.assigned_accounts > worker.max_accounts
        if worker.status is WorkerState.RUNNING and over:
            return self._over_capacity
        return self._worker_faces[worker.status]

    def worker_state(self, state: WorkerState) -> Face:
        """Return how a state shows, whatever else is known of the worker."""
        return self._worker_faces[state]

    def alert_face(self, alert: Alert) -> Face:
        """Return how an alert shows: its level while it is open."""
        return self._over if alert.cleared_at is not None else self._alerts[alert.level]

    def health_face(self, health: str) -> Face:
        """Return how ``healthy``, ``degraded`` or ``dead`` shows."""
        return self._healths[health]

    def check_face(self, ok: bool) -> Face:
        """Return how one thing that was looked at shows."""
        return self._healths["healthy" if ok else "degraded"]

    def named(self, name: str) -> str:
        """Return the word of a kind of worker event or of a thing that is looked at in a worker."""
        return self._named.get(name, name)

    def kind(self, kind: str) -> str:
        """Return the word of an item's kind."""
        return self._kinds.get(kind, kind)

    def level(self, level: str) -> str:
        """Return the word of a log level."""
        return self._levels.get(level, level)

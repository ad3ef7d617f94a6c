"""What a person may type for a verb, in the language of the window and in English."""

from PySide6.QtCore import QObject

from desktop.models.palette_verbs import OPEN, VerbWords

ACCOUNT, GROUP, WORKER, JOB, SCHEDULE, RULE = "account", "group", "worker", "job", "schedule", "rule"


class PaletteVerbs(QObject):
    """Every verb of the rows of the palette, by the name that stands in them."""

    def words(self) -> tuple[VerbWords, ...]:
        """Return them in the language of the window."""
        every = (ACCOUNT, GROUP, WORKER, JOB, SCHEDULE, RULE)
        known = (
            (OPEN, every, self.tr("open, show"), "open show"),
            ("edit", every, self.tr("edit, change"), "edit change"),
            ("delete", every, self.tr("delete, remove"), "delete remove"),
            ("pause", (ACCOUNT,), self.tr("pause"), "pause"),
            ("resume", (ACCOUNT,), self.tr("resume, continue"), "resume continue"),
            ("check", (ACCOUNT,), self.tr("check"), "check"),
            ("sign-in", (ACCOUNT,), self.tr("sign in, log in"), "sign in,log in,login"),
            ("assign", (ACCOUNT,), self.tr("assign, move"), "assign move"),
            ("history", (ACCOUNT,), self.tr("history"), "history"),
            ("start", (WORKER,), self.tr("start"), "start"),
            ("stop", (WORKER,), self.tr("stop"), "stop"),
            ("restart", (WORKER,), self.tr("restart"), "restart"),
            ("kill", (WORKER,), self.tr("kill"), "kill"),
            ("logs", (WORKER,), self.tr("logs"), "logs"),
            ("run", (SCHEDULE, JOB), self.tr("run, run now, run again"), "run,run now,rerun"),
            ("cancel", (JOB,), self.tr("cancel, stop"), "cancel stop"),
            ("enable", (SCHEDULE, RULE), self.tr("enable, switch on"), "enable"),
            ("disable", (SCHEDULE, RULE), self.tr("disable, switch off"), "disable"),
        )
        return tuple(VerbWords(name, kinds, _phrases(here, english)) for name, kinds, here, english in known)


def _phrases(here: str, english: str) -> tuple[str, ...]:
    """Split at commas of either script; English ones without a comma are single words."""
    own = here.replace("，", ",").replace("、", ",").split(",")
    other = english.split(",") if "," in english else english.split()
    return tuple(dict.fromkeys(one for part in (*own, *other) if (one := part.strip().casefold())))

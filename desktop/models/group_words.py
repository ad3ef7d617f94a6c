"""A group in one line: its name, and what of its settings is worth knowing at a glance."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from desktop.words import Wording
from master.api.groups import Group
from master.api.rules import QuietPlan, QuietWindow

MOST = 2
"""So many windows of quiet hours are said one by one."""


def group_line(group: Group, wording: Wording, window: Callable[[QuietWindow], str]) -> str:
    """Return ``Support · every 30 s · quiet 22:00–08:00``; ``window`` words one window."""
    translate, settings, parts = QCoreApplication.translate, group.settings, [group.name]
    if settings.interval_seconds is not None:
        span = wording.span(settings.interval_seconds)
        if settings.interval_max_seconds is not None:
            span = translate("GroupWords", "{least} to {most}").format(
                least=span, most=wording.span(settings.interval_max_seconds)
            )
        parts.append(translate("GroupWords", "every {span}").format(span=span))
    if settings.quiet_hours is not None:
        parts.append(quiet_line(settings.quiet_hours, window))
    return " · ".join(parts)


def quiet_line(plan: QuietPlan, window: Callable[[QuietWindow], str]) -> str:
    """Return when it is quiet by a plan of its own."""
    translate = QCoreApplication.translate
    if not plan.windows:
        return translate("GroupWords", "never quiet")
    words = [window(one) for one in plan.windows[:MOST]]
    if len(plan.windows) > MOST:
        words.append("…")
    return translate("GroupWords", "quiet {hours}").format(hours=", ".join(words))


def plain_window(window: QuietWindow, words: Callable[[QuietWindow], str]) -> str:
    """Return a window without its days where it is for each of them; ``words`` says the days too."""
    return f"{window.start}–{window.end}" if len(set(window.days)) == 7 else words(window)

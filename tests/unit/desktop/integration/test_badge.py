"""The number on dock and taskbar."""

from PySide6.QtCore import QObject, Signal

from desktop.integration.badge import Badge
from desktop.settings import SettingsHolder


class Counter(QObject):
    changed = Signal()
    unread = 0

    def count(self, unread):
        self.unread = unread
        self.changed.emit()


def test_the_badge_follows_the_unread_count_and_the_settings(qapp):
    settings, counter, shown = SettingsHolder(), Counter(), []
    badge = Badge(settings, shown.append)
    badge.follow(counter.changed, lambda: counter.unread)
    counter.count(3)
    counter.count(3)
    counter.count(5)
    settings.update(badge=False)
    counter.count(6)
    settings.update(badge=True)
    badge.close()
    counter.count(7)
    assert shown == [3, 5, 0, 6, 0]


def test_another_language_makes_the_models_anew_and_the_badge_goes_on(qapp):
    first, second, shown = Counter(), Counter(), []
    badge = Badge(SettingsHolder(), shown.append)
    badge.follow(first.changed, lambda: first.unread)
    first.count(2)
    second.unread = 4
    badge.follow(second.changed, lambda: second.unread)
    second.count(5)
    assert shown == [2, 4, 5]

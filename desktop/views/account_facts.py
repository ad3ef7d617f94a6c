"""What is known of one account, in words: how its checks go, whose settings count, what signs it in."""

from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject

from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.group_words import plain_window, quiet_line
from master.api.account_statistics import AccountRate, AccountStatistics, CheckCounts
from master.api.client import ApiError
from master.api.inheritance import DIRECT
from master.api.schema import Account

FRESH_MS: Final = 60_000
"""So long rates are shown as they were loaded."""
SOON_DAYS: Final = 14
SOON_MS: Final = SOON_DAYS * 86_400_000
"""An end of credentials, or of a certificate, is told of so long before."""


class AccountRates(QObject):
    """Success rates of a day and a week, asked for once a minute at most while an account is shown."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rates: dict[str, AccountRate] = {}
        self._asked_at = 0

    def want(self) -> None:
        """Ask for them if those that are there are old; the next refresh of the panel shows them."""
        now = now_ms()
        if now - self._asked_at >= FRESH_MS:
            self._asked_at = now
            self._context.run(self._load())

    async def _load(self) -> None:
        bridge = self._context.bridge
        try:
            stats: AccountStatistics = await bridge.call(bridge.client.account_stats())
        except ApiError:
            return  # the rest of the panel says how the account is
        self._rates = {row.account_id: row for row in stats.accounts}

    def words(self, account_id: str) -> str:
        """Return ``99.8 % of checks in 24 h, 97 % in 7 d``; empty while nothing is known."""
        rate = self._rates.get(account_id)
        day = self._percent(rate.day) if rate is not None else ""
        week = self._percent(rate.week) if rate is not None else ""
        if not day and not week:
            return ""
        return self.tr("Success {day} in 24 h, {week} in 7 d").format(day=day or "–", week=week or "–")

    def _percent(self, counts: CheckCounts) -> str:
        if counts.success_rate is None:
            return ""
        percent = 100 * counts.success_rate
        number = self._context.wording.number(percent, 0 if percent == round(percent) else 1)
        return self.tr("{percent} %").format(percent=number)


def sign_in_facts(account: Account, context: Context) -> list[str]:
    """Return what is to be known of what signs an account in: a sign-in under way, its end, its last use."""
    wording, now, translate = context.wording, now_ms(), QCoreApplication.translate
    parts = []
    if account.login_session_id is not None:
        parts.append(translate("AccountFacts", "A sign-in is under way"))
    end = account.credentials_expire_at
    if end is not None and end <= now:
        parts.append(translate("AccountFacts", "The credentials have ended {time}").format(time=wording.moment(end)))
    elif end is not None:
        left = wording.span((end - now) / 1000)
        words = translate("AccountFacts", "Sign in again within {span}")
        if end - now > SOON_MS:
            words = translate("AccountFacts", "The credentials last {span}")
        parts.append(words.format(span=left))
    if account.credentials_used_at is not None:
        used = wording.ago(account.credentials_used_at, now)
        parts.append(translate("AccountFacts", "Credentials last used {age} ago").format(age=used))
    return parts


def certificate_facts(account: Account, context: Context) -> list[str]:
    """Return which certificates of an account's servers, or in its own file, end soon or have ended."""
    wording, now, translate = context.wording, now_ms(), QCoreApplication.translate
    parts = []
    for one in account.certificates:
        if one.expires_at <= now:
            parts.append(translate("AccountFacts", "The certificate of {name} has ended").format(name=one.name))
        elif one.is_near(now, SOON_DAYS):
            words = translate("AccountFacts", "The certificate of {name} ends in {span}")
            parts.append(words.format(name=one.name, span=wording.span((one.expires_at - now) / 1000)))
    return parts


def setting_facts(account: Account, context: Context) -> list[str]:
    """Return the interval, and what differs from the usual, with whose value it is."""
    wording, translate = context.wording, QCoreApplication.translate
    least, most = account.interval_seconds * account.interval_factor, account.interval_max_seconds
    words = translate("AccountFacts", "Every {span}").format(span=wording.span(least))
    if most is not None:
        words = translate("AccountFacts", "Every {least} to {most}").format(
            least=wording.span(least), most=wording.span(most * account.interval_factor)
        )
    if account.interval_reason is not None:
        words = translate("AccountFacts", "{words}: {reason}").format(
            words=words, reason=wording.say(account.interval_reason)
        )
    group = context.models.inbox.groups.get(account.group_id or "")
    parts = [_with_origin(words, account, "interval_seconds", group.name if group is not None else "")]
    name = group.name if group is not None else ""
    if account.proxy_id not in (None, DIRECT):
        parts.append(_with_origin(translate("AccountFacts", "Through a proxy"), account, "proxy_id", name))
    if account.quiet_hours is not None:
        window = partial(plain_window, words=context.models.telling.words.window)
        words = quiet_line(account.quiet_hours, window)
        parts.append(_with_origin(words[:1].upper() + words[1:], account, "quiet_hours", name))
    told = {
        "urgent": translate("AccountFacts", "Tells only what is urgent"),
        "none": translate("AccountFacts", "Tells nothing"),
    }.get(account.notify_level)
    if told:
        parts.append(_with_origin(told, account, "notify_level", name))
    return parts


def _with_origin(words: str, account: Account, name: str, group: str) -> str:
    found = account.effective.get(name)
    if found is not None and found.origin == "group" and group:
        return QCoreApplication.translate("AccountFacts", "{words} (from {group})").format(words=words, group=group)
    return words

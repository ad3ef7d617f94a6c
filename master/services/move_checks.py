"""Whether everything that was set up can be read again: what could not would keep the next master from starting."""

from collections.abc import Iterable
from typing import Any

import msgspec

from master.api.inheritance import Inheritable
from master.api.rules import QuietPlan, QuietWindow, RuleConditions
from master.api.schema import JobTemplate
from master.store.accounts import AccountRecord, AccountStore
from master.store.credentials import CredentialRecord, CredentialStore
from master.store.engine import Connection
from master.store.groups import GroupRecord, GroupStore, ProxyRecord, ProxyStore
from master.store.holds import HoldStore
from master.store.rules import RuleRecord, RuleStore
from master.store.schedules import ScheduleRecord, ScheduleStore
from master.store.searches import SearchRecord, SearchStore


def check_all(conn: Connection) -> None:
    """Read every row. Raises ``MsgspecError``, ``KeyError``, ``TypeError`` or ``ValueError`` of a broken one."""
    accounts = AccountStore().all(conn)
    _check(accounts, AccountRecord)
    for account in accounts:
        msgspec.convert(account.quiet_hours, QuietPlan | None)
    groups = GroupStore().all(conn)
    _check(groups, GroupRecord)
    for group in groups:
        msgspec.convert(group.settings, Inheritable)
    _check(ProxyStore().all(conn), ProxyRecord)
    _check(CredentialStore().all(conn), CredentialRecord)
    _check(RuleStore(RuleConditions).all(conn), RuleRecord[RuleConditions])
    _check(ScheduleStore(JobTemplate).all(conn), ScheduleRecord[JobTemplate])
    HoldStore(QuietWindow).quiet_hours(conn)
    searches = SearchStore().all(conn)
    _check(searches, SearchRecord)
    for search in searches:
        msgspec.json.decode(search.filter, type=dict[str, Any])


def _check(records: Iterable[msgspec.Struct], kind: Any) -> None:
    """The database takes any value in any column; the records do not."""
    for record in records:
        msgspec.convert(msgspec.to_builtins(record), kind)

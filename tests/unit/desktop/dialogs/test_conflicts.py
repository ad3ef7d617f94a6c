"""Two windows edit the same row: what changed elsewhere stands beside what was typed, and the person decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.context import Context
from desktop.dialogs.form import FieldRow
from desktop.dialogs.groups_dialog import GroupDialog
from desktop.dialogs.proxies_dialog import ProxyDialog
from desktop.dialogs.quiet_dialog import QuietDialog
from desktop.dialogs.rule_dialog import RuleDialog
from desktop.dialogs.schedule_dialog import ScheduleDialog
from desktop.dialogs.worker_dialog import WorkerDialog
from master.api.client import ApiError
from master.api.events import Deleted, Event
from master.api.rules import QuietHours, QuietWindow
from tests.unit.desktop.dialogs.test_list_dialogs import make_proxy
from tests.unit.desktop.dialogs.test_worker_dialog import make_config
from tests.unit.desktop.fakes import FakeClient, make_account, make_worker
from tests.unit.desktop.inbox_fakes import make_group
from tests.unit.desktop.job_fakes import make_schedule
from tests.unit.desktop.views.test_rules_page import make_rule

STALE = ApiError(409, "ERR_CONFLICT", "It was changed.", {}, {}, "")


@dataclass(frozen=True)
class Case:
    """One dialog: what it edits, how it asks, and a second field of its form."""

    noun: str
    row: Any
    make: Callable[[Context, Any], Any]
    patch: str
    fetch: str
    other: str

    def changed(self, **values: Any) -> Any:
        return msgspec.structs.replace(self.row, **values, version=self.row.version + 1)

    def told(self, fresh: Any) -> Event:
        data = make_worker(fresh.worker_id, config_version=fresh.version) if self.noun == "worker" else fresh
        return Event(stream="s", seq=1, type=f"{self.noun}.changed", data=data)


CASES = (
    Case("account", make_account("a1", name="Old"), AccountDialog, "patch_account", "account", "notes"),
    Case("group", make_group("g1", name="Old"), GroupDialog, "patch_group", "group", "notes"),
    Case("rule", make_rule(0, "Old"), RuleDialog, "patch_rule", "rule", "author"),
    Case("proxy", make_proxy("p1", name="Old"), ProxyDialog, "patch_proxy", "proxy", "host"),
    Case("worker", make_config(name="Old"), WorkerDialog, "patch_worker_config", "worker_config", "description"),
    Case(
        "schedule", make_schedule("s1", name="Old"), ScheduleDialog, "patch_schedule", "schedule", "working_directory"
    ),
)


@pytest.fixture(params=CASES, ids=lambda case: case.noun)
def case(request: pytest.FixtureRequest) -> Case:
    """Each dialog that edits a row."""
    found: Case = request.param
    return found


def opened(case: Case, context: Context) -> Any:
    dialog = case.make(context, case.row)
    dialog.open()
    return dialog


def row_of(dialog: Any, name: str) -> FieldRow:
    forms = dialog.forms if hasattr(dialog, "forms") else [getattr(dialog, "fields", None) or dialog]
    for one in forms:
        form = getattr(one, "form", one)
        if name in form.rows:
            found: FieldRow = form.rows[name]
            return found
    raise AssertionError(name)


def typed(dialog: Any, name: str, value: Any = None) -> Any:
    entry = row_of(dialog, name).input
    if value is not None:
        entry.set_value(value)
    return entry.value()


def conflicts(dialog: Any) -> Conflicts:
    found = dialog.conflicts
    assert isinstance(found, Conflicts)
    return found


def refuse(client: FakeClient, case: Case, fresh: Any) -> None:
    """The other window has saved: the version sent is old, once."""

    def patch(*args: Any, **_more: Any) -> Any:
        body = args[-1]
        if body.version != fresh.version:
            raise STALE
        return fresh

    client.answers[case.patch] = patch
    client.answers[case.fetch] = fresh


def test_a_refusal_shows_theirs_and_mine_and_keeps_what_was_typed(
    case: Case, context: Context, client: FakeClient
) -> None:
    dialog = opened(case, context)
    refuse(client, case, case.changed(name="Theirs"))
    typed(dialog, "name", "Mine")
    typed(dialog, case.other, "also mine")
    dialog.save()
    panel = conflicts(dialog).panel
    assert panel.isVisible()
    assert [(one.name, one.theirs, one.mine) for one in panel.differences] == [("name", "Theirs", "Mine")]
    assert "Nothing was saved" in panel.title.text()
    assert "theirs Theirs, yours Mine" in panel.accessibleDescription()
    assert (typed(dialog, "name"), typed(dialog, case.other)) == ("Mine", "also mine")
    assert not dialog.gone
    dialog.reject()


def test_overwriting_saves_what_stands_here_with_the_newer_version(
    case: Case, context: Context, client: FakeClient
) -> None:
    dialog = opened(case, context)
    refuse(client, case, case.changed(name="Theirs"))
    typed(dialog, "name", "Mine")
    dialog.save()
    conflicts(dialog).panel.overwrite.click()
    assert dialog.gone
    body = client.called(case.patch)[-1][0][-1]
    assert (body.name, body.version) == ("Mine", case.row.version + 1)


def test_using_theirs_takes_the_field_and_keeps_the_others(case: Case, context: Context, client: FakeClient) -> None:
    dialog = opened(case, context)
    refuse(client, case, case.changed(name="Theirs"))
    typed(dialog, "name", "Mine")
    typed(dialog, case.other, "also mine")
    dialog.save()
    conflicts(dialog).panel.theirs.click()
    assert not conflicts(dialog).panel.isVisible()
    assert (typed(dialog, "name"), typed(dialog, case.other)) == ("Theirs", "also mine")
    assert not dialog.gone
    dialog.save()
    assert dialog.gone
    assert client.called(case.patch)[-1][0][-1].version == case.row.version + 1


def test_it_is_told_at_once_and_saving_still_asks(case: Case, context: Context, client: FakeClient) -> None:
    dialog = opened(case, context)
    fresh = case.changed(name="Theirs")
    refuse(client, case, fresh)
    typed(dialog, "name", "Mine")
    context.bridge.event_arrived.emit(case.told(fresh))
    panel = conflicts(dialog).panel
    assert panel.title.text() == "Changed elsewhere just now."
    assert [one.theirs for one in panel.differences] == ["Theirs"]
    assert typed(dialog, "name") == "Mine"
    dialog.save()
    assert not dialog.gone
    assert "Nothing was saved" in panel.title.text()
    dialog.reject()


def test_who_has_typed_nothing_sees_the_newer_values(case: Case, context: Context, client: FakeClient) -> None:
    dialog = opened(case, context)
    fresh = case.changed(name="Theirs")
    refuse(client, case, fresh)
    context.bridge.event_arrived.emit(case.told(fresh))
    assert typed(dialog, "name") == "Theirs"
    assert conflicts(dialog).panel.differences == []
    dialog.save()
    assert dialog.gone


def test_a_change_of_what_is_not_edited_here_is_no_conflict(case: Case, context: Context, client: FakeClient) -> None:
    dialog = opened(case, context)
    refuse(client, case, case.changed(created_at=5))
    typed(dialog, "name", "Mine")
    dialog.save()
    assert dialog.gone
    assert [call[0][-1].version for call in client.called(case.patch)] == [case.row.version, case.row.version + 1]


def test_a_refusal_for_another_reason_is_said_as_it_is(case: Case, context: Context, client: FakeClient) -> None:
    dialog = opened(case, context)
    client.errors[case.patch] = ApiError(409, "ERR_CONFLICT", "It is used by others.", {}, {}, "")
    client.answers[case.fetch] = case.row
    typed(dialog, "name", "Mine")
    dialog.save()
    assert dialog.problem == "It is used by others."
    assert not conflicts(dialog).panel.isVisible()
    dialog.reject()


def test_what_was_deleted_elsewhere_is_told(case: Case, context: Context) -> None:
    dialog = opened(case, context)
    key = case.row.worker_id if case.noun == "worker" else case.row.id
    context.bridge.event_arrived.emit(Event(stream="s", seq=1, type=f"{case.noun}.deleted", data=Deleted(id=key)))
    assert dialog.problem == "This was deleted elsewhere just now."
    dialog.reject()


def test_an_event_of_another_row_or_of_a_state_changes_nothing(
    case: Case, context: Context, client: FakeClient
) -> None:
    dialog = opened(case, context)
    calls = len(client.calls)
    context.bridge.event_arrived.emit(case.told(case.row))
    assert len(client.calls) == calls
    assert not conflicts(dialog).panel.isVisible()
    dialog.reject()


def test_quiet_hours_that_another_window_changed(context: Context, client: FakeClient) -> None:
    night = QuietWindow(start="22:00", end="07:00")
    known = QuietHours(
        enabled=True, windows=[night], time_zone="local", active=False, until_at=None, next_at=None, held=0, version=1
    )
    context.models.telling.quiet = known
    dialog = QuietDialog(context)
    dialog.open()
    noon = msgspec.structs.replace(night, start="12:00", end="13:00")
    fresh = msgspec.structs.replace(known, windows=[noon], version=2)

    def patch(body: Any) -> Any:
        if body.version != 2:
            raise STALE
        return fresh

    client.answers["patch_quiet_hours"], client.answers["quiet_hours"] = patch, fresh
    dialog.windows.clear()
    dialog.windows.add(msgspec.structs.replace(night, start="21:00"))
    dialog.save()
    panel = conflicts(dialog).panel
    assert [one.name for one in panel.differences] == ["windows"]
    assert "12:00" in panel.differences[0].theirs
    assert "21:00" in panel.differences[0].mine
    assert [row.start for row in dialog.windows.values()] == ["21:00"]
    panel.theirs.click()
    assert [row.start for row in dialog.windows.values()] == ["12:00"]
    dialog.save()
    assert dialog.gone


def test_the_base_of_dialogs_waits_before_it_does_the_next(context: Context) -> None:
    dialog = BaseDialog(context, "x")
    done: list[str] = []
    dialog.when_free(lambda: done.append("at once"))

    async def request() -> None:
        dialog.when_free(lambda: done.append("afterwards"))
        done.append("request")

    dialog.start(request())
    assert done == ["at once", "request", "afterwards"]
    assert not dialog.busy
    dialog.reject()

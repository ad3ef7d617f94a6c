"""An edit of many is taken back value by value."""

from msgspec import UNSET

from desktop.models.bulk_edits import taking_back
from master.api.inheritance import Effective
from master.api.schema import AccountChanges
from tests.unit.desktop.fakes import make_account


def test_own_values_come_back_and_inherited_ones_are_inherited_again() -> None:
    own = Effective(value=30, origin="account")
    group = Effective(value=60, origin="group")
    accounts = [
        make_account("a1", interval_seconds=30, effective={"interval_seconds": own, "interval_max_seconds": own}),
        make_account("a2", interval_seconds=60, effective={"interval_seconds": group, "interval_max_seconds": group}),
        make_account("a3", interval_seconds=60, effective={"interval_seconds": group, "interval_max_seconds": group}),
    ]
    (first, one), (second, others) = taking_back(AccountChanges(interval_seconds=300), accounts)
    assert (one, others) == (["a1"], ["a2", "a3"])
    assert (first.interval_seconds, first.interval_max_seconds, first.sound) == (30, None, UNSET)
    assert (second.interval_seconds, second.interval_max_seconds) == (None, None)


def test_a_proxy_that_an_account_goes_without_by_itself() -> None:
    direct = make_account("a1", effective={"proxy_id": Effective(value=None, origin="account")})
    none = make_account("a2", effective={"proxy_id": Effective(value=None, origin="default")})
    found = taking_back(AccountChanges(proxy_id="p1"), [direct, none])
    assert [(edit.proxy_id, ids) for edit, ids in found] == [("direct", ["a1"]), (None, ["a2"])]


def test_tags_come_back_whole() -> None:
    accounts = [make_account("a1", tags=["x", "y"]), make_account("a2", tags=[])]
    found = taking_back(AccountChanges(add_tags=["z"]), accounts)
    assert [(edit.tags, edit.add_tags, ids) for edit, ids in found] == [(["x", "y"], [], ["a1"]), ([], [], ["a2"])]


def test_notes_and_priority() -> None:
    account = make_account("a1", notes="mine", priority=5, effective={"priority": Effective(value=5, origin="account")})
    ((edit, _ids),) = taking_back(AccountChanges(notes="", priority=0), [account])
    assert (edit.notes, edit.priority, edit.tags) == ("mine", 5, UNSET)

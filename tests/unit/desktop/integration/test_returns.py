"""What comes back only in part says so."""

import msgspec
import pytest

from desktop.integration import returns
from desktop.integration.returns import delete_group
from master.api.client import ApiError
from master.api.groups import Group
from master.api.schema import BatchResult
from tests.unit.desktop.fakes import FakeBridge
from worker.protocol.texts import Text

GROUP = {
    "id": "g1",
    "name": "News",
    "color": "",
    "notes": "",
    "position": 0,
    "settings": {},
    "accounts": 1,
    "version": 1,
    "created_at": 1,
    "updated_at": 1,
}


async def test_an_account_that_cannot_go_back_into_its_group_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_given: object, **_more: object) -> list[BatchResult]:
        return [BatchResult(id="a1", success=False, error=Text(code="some_reason", message="It is gone."))]

    async def answered(_call: object) -> Group:
        return group

    group = msgspec.convert(GROUP, Group)
    bridge = FakeBridge()
    monkeypatch.setattr(returns, "batch_accounts", refused)
    monkeypatch.setattr(bridge, "call", answered)
    monkeypatch.setattr(bridge, "client", _Client())
    back = await delete_group(bridge, group, lambda: ["a1"])  # type: ignore[arg-type]
    with pytest.raises(ApiError, match="It is gone"):
        await back()


class _Client:
    """Its calls are answered by the bridge."""

    def delete_group(self, _group_id: str) -> None: ...

    def create_group(self, _body: object) -> None: ...

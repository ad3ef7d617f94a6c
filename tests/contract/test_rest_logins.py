"""REST of sign-ins, sign-outs and the audit: what is right is answered, what is wrong is named."""

import pytest

from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

WRONG = (
    ("POST", "/login-sessions", {}, 400, "platform"),
    ("POST", "/login-sessions", {"platform": "nothing"}, 400, "platform"),
    ("POST", "/login-sessions", {"platform": "demo", "surplus": 1}, 400, "surplus"),
    ("POST", "/login-sessions", {"platform": "demo", "method": "x"}, 400, "method"),
    ("POST", "/login-sessions", {"platform": "demo", "method": 5}, 400, "method"),
    ("POST", "/login-sessions", {"platform": "demo", "settings": {"mood": "x"}}, 400, "settings.mood"),
    ("POST", "/login-sessions", {"platform": "demo", "credentials": {"x": 1}}, 400, "credentials.x"),
    ("POST", "/login-sessions", {"platform": "demo", "interval_seconds": 1}, 400, "interval_seconds"),
    ("POST", "/login-sessions", {"platform": "demo", "name": ""}, 400, "name"),
    ("POST", "/login-sessions", {"platform": "demo", "proxy_id": "x"}, 400, "proxy_id"),
    ("POST", "/login-sessions", {"platform": "feed"}, 409, None),
    ("POST", "/login-sessions", {"platform": "demo"}, 503, None),
    ("GET", "/login-sessions/x", None, 404, None),
    ("DELETE", "/login-sessions/x", None, 404, None),
    ("POST", "/login-sessions/x/input", {"value": "1"}, 404, None),
    ("POST", "/login-sessions/x/input", {"value": ""}, 400, "value"),
    ("POST", "/login-sessions/x/input", {"value": "x" * 4097}, 400, "value"),
    ("POST", "/login-sessions/x/input", {}, 400, "value"),
    ("POST", "/login-sessions/x/refresh", None, 404, None),
    ("POST", "/accounts/x/login", {}, 404, None),
    ("POST", "/accounts/x/login", {"method": 1}, 400, "method"),
    ("POST", "/accounts/x/login", {"value": 1}, 400, "value"),
    ("POST", "/accounts/x/logout", None, 404, None),
    ("GET", "/audit?action=x", None, 400, "action"),
    ("GET", "/audit?cursor=x", None, 400, "cursor"),
    ("GET", "/audit?limit=0", None, 400, "limit"),
    ("GET", "/audit?since=x", None, 400, "since"),
)
ADMIN = (
    ("POST", "/login-sessions"),
    ("POST", "/login-sessions/x/input"),
    ("POST", "/accounts/x/login"),
    ("POST", "/accounts/x/logout"),
    ("DELETE", "/login-sessions/x"),
)


@pytest.fixture
async def api(tmp_path):
    """A master without workers, and calls of its API as they are on the wire."""
    async with running_master(tmp_path / "profile", workers=False, demo=True) as (master, client):

        async def call(method, path, body=None, token=None):
            session = client._transport.session()
            headers = {"Authorization": f"Bearer {token or master.token}"}
            async with session.request(method, f"{master.url}/api/v1{path}", json=body, headers=headers) as answer:
                document = await answer.json()
                return answer.status, document.get("data"), document.get("error")

        call.client_token = master.client_token
        call.client = client
        yield call


async def test_what_is_wrong_is_named(api):
    for method, path, body, status, field in WRONG:
        got, _, error = await api(method, path, body)
        assert got == status, (method, path, body, error)
        assert error["message"]
        assert field is None or field in error["fields"], (method, path, body, error)


async def test_a_client_token_does_none_of_it(api):
    for method, path in ADMIN:
        status, _, error = await api(method, path, {} if method == "POST" else None, token=api.client_token)
        assert (status, error["code"]) == (403, "ERR_FORBIDDEN"), path


async def test_what_is_done_with_tokens_and_settings_is_on_record(api):
    _, token, _ = await api("POST", "/tokens", {"name": "script", "scope": "admin"})
    await api("PATCH", "/settings", {"expiry_warning_days": 3}, token=token["token"])
    await api("DELETE", f"/tokens/{token['id']}")
    status, page, _ = await api("GET", "/audit")
    assert status == 200
    found = [(row["action"], row["actor"], row["subject_name"]) for row in page["rows"]]
    assert found == [
        ("token_revoked", "admin", "script"),
        ("settings_changed", "token:script", ""),
        ("token_created", "admin", "script"),
    ]
    assert page["rows"][1]["text"]["params"] == {"names": "expiry_warning_days"}
    assert token["token"] not in str(page)


async def test_an_account_without_credentials_has_nothing_to_sign_out_of(api):
    accounts = await until(api.client.all_accounts, what="the accounts of the demo")
    account = accounts[0]
    status, report, _ = await api("POST", f"/accounts/{account.id}/logout")
    assert (status, report["revoked"], report["text"]["code"]) == (200, False, "logout_nothing")


async def test_exports_and_backups_are_on_record(api):
    status, backup, error = await api("POST", "/backups")
    assert status == 201, error
    target = "/accounts/export?format=csv"
    session = api.client._transport.session()
    headers = {"Authorization": f"Bearer {api.client._transport.token}"}
    async with session.get(f"{api.client.url}/api/v1{target}", headers=headers) as answer:
        assert answer.status == 200
    rows = (await api.client.audit()).rows
    assert [(row.action, row.subject) for row in rows] == [("exported", ""), ("backup_made", backup["id"])]

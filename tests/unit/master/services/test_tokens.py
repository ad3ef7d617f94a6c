"""Tokens: two of this process, named ones that survive it, hashed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from master.api.schema import TokenCreate
from master.errors import Conflict, Invalid, NotFound
from master.services.tokens import TokenService
from master.store.engine import Database


@pytest.fixture
async def database(profile: Path) -> AsyncIterator[Database]:
    made = Database(profile / "watchkeeper.db")
    await made.open()
    yield made
    await made.close()


async def test_fresh_tokens_have_their_scopes_and_end_with_the_process(database):
    tokens = TokenService(database=database)
    assert tokens.scope_of(tokens.admin_token) == "admin"
    assert tokens.scope_of(tokens.client_token) == "client"
    assert TokenService(database=database).scope_of(tokens.admin_token) is None
    for wrong in ("", "x", tokens.admin_token[:-1], tokens.admin_token + "x", "ü", "\ud800"):
        assert tokens.scope_of(wrong) is None


async def test_a_named_token_is_shown_once_survives_and_can_be_revoked(database, profile):
    tokens = TokenService(database=database)
    made = await tokens.create(TokenCreate(name="script", scope="client"))
    assert len(made.token) >= 40
    assert tokens.scope_of(made.token) == "client"
    (listed,) = tokens.list()
    assert not listed.token
    assert (listed.name, listed.scope) == ("script", "client")
    assert listed.last_used_at is not None
    await tokens.save_uses()
    again = TokenService(database=database)
    await again.load()
    assert again.list() == [listed]
    assert again.scope_of(made.token) == "client"
    for path in profile.iterdir():
        assert made.token.encode() not in path.read_bytes()
    await again.revoke(made.id)
    assert again.scope_of(made.token) is None
    assert again.list() == []
    with pytest.raises(NotFound):
        await again.revoke(made.id)


async def test_a_name_is_given_once(database):
    tokens = TokenService(database=database)
    await tokens.create(TokenCreate(name="one", scope="admin"))
    with pytest.raises(Conflict) as caught:
        await tokens.create(TokenCreate(name="one", scope="client"))
    assert list(caught.value.fields) == ["name"]


async def test_who_asks_is_named_by_its_token(database: Database) -> None:
    tokens = TokenService(database=database)
    await tokens.load()
    made = await tokens.create(TokenCreate(name="script", scope="client"))
    assert tokens.actor_of(tokens.admin_token) == "admin"
    assert tokens.actor_of(tokens.client_token) == "client"
    assert tokens.actor_of(made.token) == "token:script"


async def test_a_worker_s_token_lets_that_one_join_until_it_is_deleted(database: Database) -> None:
    tokens = TokenService(database=database)
    tokens.deployment_of = {"away": "external", "here": "local"}.get
    told: list[str] = []
    tokens.watch_revocations(lambda: told.append("ended"))
    made = await tokens.create(TokenCreate(name="a", scope="worker", worker_id="away"))
    other = await tokens.create(TokenCreate(name="b", scope="client"))
    assert (tokens.scope_of(made.token), tokens.worker_of(made.token)) == ("worker", "away")
    assert tokens.worker_of(other.token) is tokens.worker_of(tokens.admin_token) is tokens.worker_of("\ud800") is None
    again = TokenService(database=database)
    await again.load()
    assert (again.worker_of(made.token), again.list()[0].worker_id) == ("away", "away")
    tokens.worker_deleted("away")
    assert (tokens.worker_of(made.token), told) == (None, ["ended"])
    for scope, worker_id in (("worker", None), ("worker", "nobody"), ("worker", "here"), ("admin", "away")):
        with pytest.raises(Invalid) as caught:
            await tokens.create(TokenCreate(name="c", scope=scope, worker_id=worker_id))
        assert list(caught.value.fields) == ["worker_id"]

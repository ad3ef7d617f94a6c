"""Credentials of their own: in the vault before they count, in no answer, kept while something needs them."""

import json

import msgspec
import pytest
from sqlalchemy import insert

from master.api.schema import CredentialCreate, CredentialPatch
from master.errors import Conflict, Invalid, NotFound, Unavailable
from master.services.credentials import LARGEST, CredentialService
from master.store.job_tables import jobs, schedules
from master.vault.errors import VaultError
from tests.helpers.data import world_of
from worker.protocol.codec import now_ms

SECRET = "canary-77aa"
BODY = CredentialCreate(name="deploy", values={"token": SECRET, "user": "me"})


def service_of(world) -> CredentialService:
    return CredentialService(database=world.database, vault=world.vault, publisher=world.publisher)


@pytest.fixture
async def world(profile):
    async with world_of(profile) as made:
        yield made


async def test_values_are_read_back_and_told_to_nobody(world, profile, caplog):
    service = service_of(world)
    row = await service.create(BODY)
    assert (row.name, row.fields) == ("deploy", ["token", "user"])
    assert await service.read(row.id) == {"token": SECRET, "user": "me"}
    again = service_of(world)
    await again.load()
    await again.preload()
    assert again.rows() == [row]
    assert again.has(row.id)
    assert (await again.read(row.id))["token"] == SECRET
    events = json.dumps([msgspec.to_builtins(event) for event in world.events])
    assert "credential.changed" in events
    assert SECRET not in events + caplog.text + repr(service.rows())
    for path in profile.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes()


async def test_a_name_is_given_once_and_values_have_a_limit(world):
    service = service_of(world)
    await service.create(BODY)
    with pytest.raises(Conflict) as taken:
        await service.create(BODY)
    assert "name" in taken.value.fields
    # One that does not know of it yet: the database refuses, and nothing is left in the vault.
    with pytest.raises(Conflict):
        await service_of(world).create(BODY)
    with pytest.raises(Invalid) as large:
        await service.create(CredentialCreate(name="large", values={"a": "x" * LARGEST, "b": "y"}))
    assert set(large.value.fields) == {"values"}
    assert len(service.rows()) == 1


async def test_it_stays_while_a_job_or_a_schedule_needs_it(world):
    service = service_of(world)
    row = await service.create(BODY)
    now = now_ms()
    job = {"id": "j", "name": "Job", "template": "{}", "runner": "command", "submitted_at": now, "version": 1}
    schedule = {"id": "s", "name": "Nightly", "cron": "0 0 * * *", "time_zone": "UTC", "template": "{}", "notify": "[]"}
    schedule |= {"misfire": "once", "misfire_limit": 1, "misfire_age_seconds": 1, "overlap": "skip"}
    schedule |= {"jitter_seconds": 0, "created_at": now, "version": 1}
    needs = {"credential_id": row.id}
    await world.database.write(lambda conn: conn.execute(insert(jobs).values(job | {"state": "PENDING"} | needs)))
    with pytest.raises(Conflict) as held:
        await service.delete(row.id)
    assert held.value.text.code == "credential_used_job"
    ended = {"state": "FAILED", "ended_at": now}
    await world.database.write(lambda conn: conn.execute(jobs.update().values(ended)))
    await world.database.write(lambda conn: conn.execute(insert(schedules).values(schedule | needs)))
    with pytest.raises(Conflict) as held:
        await service.delete(row.id)
    assert held.value.text.params == {"name": "Nightly"}
    await world.database.write(lambda conn: conn.execute(schedules.delete()))
    await service.delete(row.id)
    assert service.rows() == []
    assert world.events[-1].type == "credential.deleted"
    with pytest.raises(NotFound):
        await service.read(row.id)
    with pytest.raises(NotFound):
        await service.delete(row.id)


async def test_a_vault_that_takes_nothing_leaves_nothing(world, monkeypatch):
    service = service_of(world)

    async def refuse(*_args, **_more):
        raise VaultError("vault_not_started")

    monkeypatch.setattr(world.vault, "write", refuse)
    with pytest.raises(Unavailable):
        await service.create(BODY)
    assert service.rows() == []
    monkeypatch.undo()
    row = await service.create(BODY)
    monkeypatch.setattr(world.vault, "read", refuse)
    with pytest.raises(Unavailable):
        await service.read(row.id)


async def test_the_last_use_is_shown_and_survives(world):
    service = service_of(world)
    made = await service.create(BODY)
    assert (made.version, made.last_used_at) == (1, None)
    await service.read(made.id)
    (used,) = service.rows()
    assert used.last_used_at >= made.created_at
    await service.save_uses()
    again = service_of(world)
    await again.load()
    assert again.rows() == [used]


async def test_values_are_replaced_under_the_same_id_and_those_of_before_are_gone(world):
    service = service_of(world)
    made = await service.create(BODY)
    other = await service.create(CredentialCreate(name="other", values={"a": "b"}))
    await service.read(made.id)
    renamed = await service.patch(made.id, CredentialPatch(name="release"))
    assert (renamed.name, renamed.version, renamed.fields) == ("release", 1, ["token", "user"])
    changed = await service.patch(made.id, CredentialPatch(values={"key": "canary-78bb"}, version=1))
    assert (changed.id, changed.name, changed.fields, changed.version) == (made.id, "release", ["key"], 2)
    assert changed.last_used_at is not None
    assert await service.read(made.id) == {"key": "canary-78bb"}
    with pytest.raises(VaultError):
        await world.vault.read(made.id, 1, scope="credential")
    with pytest.raises(Conflict):
        await service.patch(made.id, CredentialPatch(values={"key": "x"}, version=1))
    with pytest.raises(Conflict) as taken:
        await service.patch(made.id, CredentialPatch(name=other.name, values={"key": "x"}))
    assert "name" in taken.value.fields
    with pytest.raises(Invalid):
        await service.patch(made.id, CredentialPatch(values={"key": "x" * (LARGEST + 1)}))
    with pytest.raises(NotFound):
        await service.patch("nobody", CredentialPatch(name="x"))
    again = service_of(world)
    await again.load()
    assert [(row.name, row.version) for row in again.rows()] == [("release", 2), ("other", 1)]
    assert await again.read(made.id) == {"key": "canary-78bb"}


async def test_a_vault_that_takes_no_new_values_leaves_the_old_ones(world, monkeypatch):
    service = service_of(world)
    made = await service.create(BODY)

    async def refuse(*_given, **_more):
        raise VaultError("vault_not_started")

    with monkeypatch.context() as patched:
        patched.setattr(world.vault, "write", refuse)
        with pytest.raises(Unavailable):
            await service.patch(made.id, CredentialPatch(values={"token": "new"}))
    assert await service.read(made.id) == BODY.values
    assert service.rows()[0].version == 1

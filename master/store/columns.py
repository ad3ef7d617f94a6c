"""What all tables are made of, and how values that are no plain column are written: as JSON."""

from typing import Any, TypeVar, overload

import msgspec
from sqlalchemy import Boolean, CheckConstraint, Column, Integer, MetaData, String
from sqlalchemy import text as sql

from worker.protocol.bases import EARLIEST_MS, LATEST_MS

T = TypeVar("T")

metadata = MetaData()
"""Every table; ``master.store.tables`` fills it."""


def flag(name: str, default: int = 0) -> Column[bool]:
    """Return a column that is true or false."""
    return Column(name, Boolean(create_constraint=False), nullable=False, server_default=sql(str(default)))


def count(name: str) -> Column[int]:
    """Return a column of a number that begins at 0."""
    return Column(name, Integer, nullable=False, server_default=sql("0"))


def words(name: str) -> Column[str]:
    """Return a column of text that begins empty."""
    return Column(name, String, nullable=False, server_default=sql("''"))


def time_column(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    """Return a column of UTC milliseconds that takes no other number."""
    check = CheckConstraint(f"{name} BETWEEN {EARLIEST_MS} AND {LATEST_MS}")
    return Column(name, Integer, check, nullable=nullable, primary_key=primary_key)


def to_json(value: Any) -> str | None:
    """Return the JSON of ``value``, None for None."""
    return None if value is None else msgspec.json.encode(value).decode()


@overload
def from_json(raw: str | None, kind: type[T]) -> T: ...
@overload
def from_json(raw: str | None, kind: Any) -> Any: ...
def from_json(raw: str | None, kind: Any) -> Any:
    """Return the value of ``kind`` that :func:`to_json` wrote. Raises ``msgspec.MsgspecError``."""
    return None if raw is None else msgspec.json.decode(raw, type=kind)

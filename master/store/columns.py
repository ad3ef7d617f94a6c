"""How values that are no plain column are written: texts, lists and objects as JSON."""

from typing import Any, TypeVar, overload

import msgspec
from sqlalchemy import CheckConstraint, Column, Integer

from worker.protocol.messages import EARLIEST_MS, LATEST_MS

T = TypeVar("T")


def time_column(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a column of UTC milliseconds that takes no other number."""
    check = CheckConstraint(f"{name} BETWEEN {EARLIEST_MS} AND {LATEST_MS}")
    return Column(name, Integer, check, nullable=nullable)


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

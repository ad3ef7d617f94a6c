"""``NAME=VALUE`` for the fields of a body: typed by the very struct that the master decodes."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import click
import msgspec

from master.api.rows import Body

B = TypeVar("B", bound=Body)

WORDS: Final = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
NONE: Final = "none"


def struct_values(kind: type[B], pairs: Sequence[str], option: str = "") -> dict[str, Any]:
    """Return the values that ``pairs`` say; all fields of ``kind`` are optional.

    ``none`` is null where a field may be that; lists are parts with commas between or JSON, mappings JSON. Raises
    ``UsageError`` that names the field; ``option`` stands before it.
    """
    names = {field.name for field in msgspec.structs.fields(kind)} - {"version"}
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        said = f"{option} {name}".strip()
        if not equals:
            raise click.UsageError(f"{said}: write NAME=VALUE.")
        if name not in names:
            raise click.UsageError(f"{said}: there is no such field. There are: {', '.join(sorted(names))}.")
        values[name] = _typed(kind, name, value, said)
    return values


def _typed(kind: type[Body], name: str, value: str, said: str) -> Any:
    problem = ""
    for candidate in _candidates(value):
        try:
            return getattr(msgspec.convert({name: candidate}, kind, strict=False), name)
        except msgspec.ValidationError as error:
            problem = problem or str(error).partition(" - at ")[0]
    raise click.UsageError(f"{said}: {problem[:1].lower()}{problem[1:]}.")


def _candidates(value: str) -> Iterator[Any]:
    """Return what a value may mean, the likeliest first."""
    if value == NONE:
        yield None
    if value.lower() in WORDS:
        yield WORDS[value.lower()]
    yield value
    try:
        yield json.loads(value)
    except ValueError:
        yield [part.strip() for part in value.split(",") if part.strip()]

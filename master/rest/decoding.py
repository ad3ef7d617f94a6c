"""Requests into types, strictly; what is wrong is said field by field."""

import re
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import inspect

from master.api.rows import Body
from master.errors import Invalid
from worker.protocol.texts import Text, text

B = TypeVar("B", bound=Body)

BODY: Final = "body"
"""Name of the whole body, where no single field is wrong."""

_PLACE: Final = re.compile(r" - at `(?:key` in `)?\$(?P<path>.*)`$", re.DOTALL)
_PARTS: Final = re.compile(r"\.([^.\[\]]+)|(\[[^\]]*\])")
_UNKNOWN: Final = re.compile(r"^Object contains unknown field `(?P<name>.*?)`", re.DOTALL)
_MISSING: Final = re.compile(r"^Object missing required field `(?P<name>.*?)`", re.DOTALL)
_TYPE: Final = re.compile(r"^Expected `(?P<expected>[^`]+)`, got ")
_NAMES: Final = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}
_LONGEST_NAME: Final = 100


@cache
def _decoder(kind: type[Body]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=True)


@cache
def _lists_of(kind: type[Body]) -> frozenset[str]:
    """Return the fields that may be given several times in a query."""
    info = inspect.type_info(kind)
    if not isinstance(info, inspect.StructType):
        return frozenset()
    return frozenset(
        field.encode_name
        for field in info.fields
        if any(isinstance(one, inspect.ListType) for one in _alternatives(field.type))
    )


def decode_body(raw: bytes, kind: type[B]) -> B:
    """Return the body as ``kind``. Raises :class:`Invalid` with the wrong field's name."""
    try:
        body: B = _decoder(kind).decode(raw)
    except msgspec.ValidationError as error:
        raise Invalid(fields=_fields(str(error), kind)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(text("request_not_json", detail=str(error)[:200])) from error
    return body


def decode_query(request: web.BaseRequest, kind: type[B]) -> B:
    """Return the query as ``kind``. Raises :class:`Invalid` with the wrong parameter's name."""
    values: dict[str, Any] = {}
    lists = _lists_of(kind)
    for name in request.query:
        found = request.query.getall(name)
        if name in lists:
            values[name] = found
        elif len(found) > 1:
            raise Invalid(fields={name[:_LONGEST_NAME]: text("field_entries", minimum=1, maximum=1)})
        else:
            values[name] = found[0]
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(fields=_fields(str(error), kind)) from error


def _fields(message: str, kind: type[Body]) -> dict[str, Text]:
    """Turn the sentence of msgspec into the field's name and what is wrong with it."""
    path: list[str] = []
    place = _PLACE.search(message)
    if place is not None:
        path = [name or item for name, item in _PARTS.findall(place["path"])]
        message = message[: place.start()]
    for pattern, code in ((_UNKNOWN, "field_unknown"), (_MISSING, "field_required")):
        found = pattern.match(message)
        if found is not None:
            return {_name([*path, found["name"]]): text(code)}
    return {_name(path): _problem(message, _type_at(kind, path))}


def _name(path: list[str]) -> str:
    names = [part for part in path if not part.startswith("[")]
    return ".".join(names)[:_LONGEST_NAME] or BODY


def _problem(message: str, kind: inspect.Type) -> Text:
    wrong_type = _TYPE.match(message)
    if wrong_type is not None:
        expected = [_NAMES.get(one, one) for one in wrong_type["expected"].split(" | ")]
        return text("field_type", expected=" | ".join(expected))
    options = _alternatives(kind)
    for one in options:
        if isinstance(one, inspect.LiteralType):
            return text("field_choice", choices=", ".join(map(str, one.values)))
        if isinstance(one, inspect.EnumType):
            return text("field_choice", choices=", ".join(str(member.value) for member in one.cls))
    if " matching regex " in message:
        return _like(kind) or text("field_wrong", detail=message)
    return next(filter(None, map(_limits, options)), text("field_wrong", detail=message))


def _like(kind: inspect.Type) -> Text | None:
    """Return what a text must look like: by an example of its type, else by its pattern."""
    for one in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        if isinstance(one, inspect.Metadata) and (examples := (one.extra_json_schema or {}).get("examples")):
            return text("field_example", example=str(examples[0]))
    patterns = [one.pattern for one in _alternatives(kind) if isinstance(one, inspect.StrType)]
    return text("field_pattern", allowed=patterns[0] or "") if patterns else None


def _limits(kind: inspect.Type) -> Text | None:
    """Return what a type says of its least and its most."""
    if isinstance(kind, inspect.IntType | inspect.FloatType) and kind.ge is not None and kind.le is not None:
        return text("field_range", minimum=kind.ge, maximum=kind.le)
    if isinstance(kind, inspect.StrType) and kind.max_length is not None:
        return text("field_length", minimum=kind.min_length or 0, maximum=kind.max_length)
    if isinstance(kind, inspect.ListType | inspect.DictType) and kind.max_length is not None:
        return text("field_entries", minimum=kind.min_length or 0, maximum=kind.max_length)
    return None


def _alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    types = tuple(kind.types) if isinstance(kind, inspect.UnionType) else (kind,)
    return tuple(one.type if isinstance(one, inspect.Metadata) else one for one in types)


def _type_at(kind: type[Body], path: list[str]) -> inspect.Type:
    """Follow a path into a type; where it cannot be followed nothing is known."""
    found: inspect.Type = inspect.type_info(kind)
    for part in path:
        found = next((step for one in _alternatives(found) if (step := _step(one, part)) is not None), _ANY)
    return found


def _step(kind: inspect.Type, part: str) -> inspect.Type | None:
    if isinstance(kind, inspect.StructType):
        return next((field.type for field in kind.fields if field.encode_name == part), None)
    if isinstance(kind, inspect.ListType):
        return kind.item_type
    if isinstance(kind, inspect.DictType):
        return kind.value_type
    return None


_ANY: Final = inspect.AnyType()

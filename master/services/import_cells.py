"""Values out of the cells of a table."""

from typing import Any, Final

import msgspec

from worker.protocol.manifest import Field

TRUE: Final = frozenset({"true", "yes", "1", "是"})
FALSE: Final = frozenset({"false", "no", "0", "否"})
SEPARATOR: Final = "|"
"""Between the parts of a list; a list whose parts have it is written as JSON."""


def read_cell(field: Field, cell: Any) -> Any:
    """Return the value of a platform's field; what is no text is one already. Raises ``ValueError`` as `read_as`."""
    if not isinstance(cell, str):
        return cell
    if field.type == "url" and "://" not in cell:
        return f"https://{cell}"
    return read_as(field.type, cell)


def read_as(kind: str, cell: Any) -> Any:
    """Return the value of a cell. Raises ``ValueError`` with an example of what it must look like."""
    if not isinstance(cell, str):
        return cell
    match kind:
        case "number":
            try:
                return int(cell)
            except ValueError:
                pass
            try:
                return float(cell)
            except ValueError:
                raise ValueError("30") from None
        case "boolean":
            if cell.lower() in TRUE | FALSE:
                return cell.lower() in TRUE
            raise ValueError("true, false")
        case "list":
            if cell.startswith("["):
                return _read_list(cell)
            return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
        case "map":
            return _read_map(cell)
        case _:
            return cell


def _read_list(cell: str) -> list[str]:
    """Read parts that have the separator in them: they are written as JSON. Anything else is one part."""
    try:
        return msgspec.json.decode(cell, type=list[str])
    except msgspec.MsgspecError:
        return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]


def _read_map(cell: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = msgspec.json.decode(cell, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError('{"name": "value"}') from error
    return found

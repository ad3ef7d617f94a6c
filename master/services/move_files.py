"""Files for moving house, taken apart: what they hold, or what is wrong with them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from master.errors import Invalid
from master.store.tables import REVISIONS
from master.vault.sealed_files import Header, SealedFileError, read_header, read_lines
from worker.protocol.texts import text

T = TypeVar("T")

MAX_ROWS: Final = 50_000
"""Of what was set up; keys of the ledger are never held at once."""


class Content(NamedTuple):
    """A file once read from end to end, but for the keys."""

    header: Header
    rows: dict[str, list[dict[str, Any]]]
    secrets: dict[tuple[str, str], dict[str, Any]]
    cursors: dict[str, tuple[str | None, bool]]
    settings: dict[str, Any] | None
    keys: int


def parse(path: Path, passphrase: str | None) -> Iterator[dict[str, Any]]:
    """Yield the lines. Raises :class:`SealedFileError`, ``msgspec.MsgspecError``."""
    for line in read_lines(path, passphrase):
        yield msgspec.json.decode(line, type=dict[str, Any])


def read(path: Path, passphrase: str | None) -> Content:
    """Read a file from end to end. Raises :class:`SealedFileError`, ``msgspec.MsgspecError``."""
    header = read_header(path)
    if header.schema not in REVISIONS:
        raise SealedFileError("newer")
    content = Content(header, {}, {}, {}, None, 0)
    settings, keys, rows = None, 0, 0
    for line in parse(path, passphrase):
        match line:
            case {"t": str(noun), "r": dict(row)}:
                content.rows.setdefault(noun, []).append(row)
                rows += 1
            case {"p": str(scope), "i": str(owner), "d": dict(document)}:
                content.secrets[scope, owner] = document
                rows += 1
            case {"c": str(account), "v": str() | None as cursor, "b": bool(done)}:
                content.cursors[account] = (cursor, done)
            case {"k": str(), "v": list(some)} if all(isinstance(key, str) and key for key in some):
                keys += len(some)
            case {"s": dict(given)}:
                settings = given
            case _:
                raise SealedFileError("damaged")
        if rows > MAX_ROWS:
            raise SealedFileError("damaged")
    return content._replace(settings=settings, keys=keys)


def opened(work: Callable[..., T], *given: Any) -> T:
    """Turn what is wrong with a file into what is told."""
    try:
        return work(*given)
    except SealedFileError as error:
        field = "passphrase" if "passphrase" in error.fault else "file"
        raise Invalid(fields={field: text(f"move_{error.fault}")}) from error
    except msgspec.MsgspecError as error:
        raise Invalid(fields={"file": text("move_damaged")}) from error

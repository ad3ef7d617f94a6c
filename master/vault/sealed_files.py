"""Files that carry secrets from one machine to another: sealed in pieces under a passphrase, or open without secrets.

A line that says what it is, one line of JSON (the header), then the content: lines of JSON, packed by zlib. With a
passphrase it is cut into pieces; each is sealed by AES-256-GCM under a key made by scrypt, with its number and whether
it is the last one in the nonce and the header as associated data: nothing can be changed, left out, moved or cut off
unseen.
"""

import hashlib
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal

import msgspec

MAGIC: Final = b"WATCHKEEPER-MOVE\n"
VERSION: Final = 1
PIECE_BYTES: Final = 64 * 1024
MAX_HEADER: Final = 4096
MAX_LINE: Final = 4 * 1024 * 1024
MEMORY_LIMIT: Final = 256 * 1024 * 1024
"""Bytes that scrypt may take (128 · n · r): a forged file must not exhaust the machine."""
TAG_BYTES: Final = 16
LENGTH_BYTES: Final = 4
CHECK_BYTES: Final = 16

Fault = Literal["foreign", "newer", "damaged", "passphrase", "no_passphrase"]


class SealedFileError(Exception):
    """The file is none of ours, of a newer version, damaged, or opens with another passphrase."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Final = fault


class Derivation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the key is made. ``check`` tells a wrong passphrase from a damaged file."""

    name: Literal["scrypt"] = "scrypt"
    n: int = 2**15
    r: int = 8
    p: int = 1
    salt: str
    check: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody can read of a file."""

    version: int = VERSION
    made_at: int
    app: str
    """Version of the Watchkeeper that made it."""
    schema: str
    sealed: Derivation | None = None


class SealedWriter:
    """Writes one file: lines, then :meth:`close`. Blocks; making the key takes about 100 ms."""

    def __init__(self, file: IO[bytes], header: Header, passphrase: str | None) -> None:
        key = b""
        if passphrase is not None:
            salt = secrets.token_hex(16)
            key, check = _derive(passphrase, Derivation(salt=salt, check=""))
            header = msgspec.structs.replace(header, sealed=Derivation(salt=salt, check=check))
        head = MAGIC + msgspec.json.encode(header) + b"\n"
        self._file = file
        self._file.write(head)
        self._pack = zlib.compressobj(6)
        self._waiting = bytearray()
        self._sealer = _Sealer(key, head) if passphrase is not None else None

    def write(self, line: bytes) -> None:
        """Add a line (without its end)."""
        self._add(self._pack.compress(line + b"\n"))

    def close(self) -> None:
        """Write what is left. Without it the file counts as cut off."""
        self._add(self._pack.flush())
        if self._sealer is not None:
            self._put(bytes(self._waiting), last=True)

    def _add(self, packed: bytes) -> None:
        if self._sealer is None:
            self._file.write(packed)
            return
        self._waiting += packed
        while len(self._waiting) > PIECE_BYTES:
            self._put(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]

    def _put(self, plain: bytes, *, last: bool) -> None:
        assert self._sealer is not None
        sealed = self._sealer.seal(plain, last=last)
        self._file.write(len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)


def read_header(path: Path) -> Header:
    """Return what everybody can read. Raises :class:`SealedFileError`, ``OSError``."""
    with path.open("rb") as file:
        return _header(file)[0]


def read_lines(path: Path, passphrase: str | None) -> Iterator[bytes]:
    """Yield the lines. Raises :class:`SealedFileError`, at the latest behind the last line; ``OSError``."""
    with path.open("rb") as file:
        header, head = _header(file)
        if header.sealed is None:
            pieces = iter(lambda: file.read(PIECE_BYTES), b"")
        elif passphrase is None:
            raise SealedFileError("no_passphrase")
        else:
            key, check = _derive(passphrase, header.sealed)
            if not secrets.compare_digest(check, header.sealed.check):
                raise SealedFileError("passphrase")
            pieces = _open_pieces(file, _Sealer(key, head))
        yield from _unpack(pieces)


def _header(file: IO[bytes]) -> tuple[Header, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise SealedFileError("foreign")
    line = file.readline(MAX_HEADER)
    try:
        version = msgspec.json.decode(line, type=dict[str, object]).get("version")
        if isinstance(version, int) and version > VERSION:
            raise SealedFileError("newer")
        header = msgspec.json.decode(line, type=Header)
    except msgspec.MsgspecError as error:
        raise SealedFileError("damaged") from error
    return header, MAGIC + line


def _unpack(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    rest = b""
    try:
        for piece in pieces:
            left = piece
            while left and not unpack.eof:
                # In steps: a small piece can hold a very long line.
                rest += unpack.decompress(left, PIECE_BYTES * 4)
                left = unpack.unconsumed_tail
                *lines, rest = rest.split(b"\n")
                yield from lines
                if len(rest) > MAX_LINE:
                    raise SealedFileError("damaged")
    except zlib.error as error:
        raise SealedFileError("damaged") from error
    if not unpack.eof or rest:
        raise SealedFileError("damaged")


def _open_pieces(file: IO[bytes], sealer: "_Sealer") -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag

    length = _length(file)
    while True:
        sealed = file.read(length)
        following = _length(file)
        try:
            yield sealer.open(sealed, last=following == 0)
        except InvalidTag as error:
            raise SealedFileError("damaged") from error
        if following == 0:
            return
        length = following


def _length(file: IO[bytes]) -> int:
    """Return how long the next piece is, 0 at the end."""
    raw = file.read(LENGTH_BYTES)
    length = int.from_bytes(raw, "big")
    if raw and (len(raw) < LENGTH_BYTES or not TAG_BYTES <= length <= PIECE_BYTES + TAG_BYTES):
        raise SealedFileError("damaged")
    return length


class _Sealer:
    """Seals or opens the pieces of one file in order. Its key is of this file alone, so counting is a fresh nonce."""

    def __init__(self, key: bytes, head: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import

        self._cipher = AESGCM(key)
        self._bound = hashlib.sha256(head).digest()
        self._number = 0

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last), plain, self._bound)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        return self._cipher.decrypt(self._nonce(last), sealed, self._bound)

    def _nonce(self, last: bool) -> bytes:
        nonce = self._number.to_bytes(11, "big") + bytes([last])
        self._number += 1
        return nonce


def _derive(passphrase: str, how: Derivation) -> tuple[bytes, str]:
    """Return the key and its check."""
    import unicodedata

    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    fits = how.n >= 2**14 and how.n & (how.n - 1) == 0 and 1 <= how.r <= 32 and 1 <= how.p <= 4
    if not fits or 128 * how.n * how.r > MEMORY_LIMIT:
        raise SealedFileError("damaged")
    try:
        salt = bytes.fromhex(how.salt)
    except ValueError as error:
        raise SealedFileError("damaged") from error
    words = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    made = Scrypt(salt=salt, length=32 + CHECK_BYTES, n=how.n, r=how.r, p=how.p).derive(words)
    return made[:32], made[32:].hex()

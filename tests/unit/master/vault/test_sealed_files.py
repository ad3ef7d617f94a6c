"""Files that carry secrets: they open with their passphrase alone, and not when a single bit is another one."""

import os
import random

import msgspec
import pytest

from master.vault.sealed_files import (
    MAGIC,
    Derivation,
    Header,
    SealedFileError,
    SealedWriter,
    read_header,
    read_lines,
)

HEADER = Header(made_at=1, app="0.1", schema="0009")
LINES = [b"{}", b"x" * 200_000, os.urandom(300_000).replace(b"\n", b" ").hex().encode(), b"last"]


@pytest.fixture
def sealed(tmp_path):
    return written(tmp_path / "sealed", "correct horse")


def written(path, passphrase, lines=LINES):
    with path.open("wb") as file:
        writer = SealedWriter(file, HEADER, passphrase)
        for line in lines:
            writer.write(line)
        writer.close()
    return path


def fault(path, passphrase="correct horse"):
    with pytest.raises(SealedFileError) as caught:
        list(read_lines(path, passphrase))
    return caught.value.fault


@pytest.mark.parametrize("passphrase", ["correct horse", "密码一二三四五六", None])
def test_it_opens_with_its_passphrase(tmp_path, passphrase):
    path = written(tmp_path / "file", passphrase)
    assert list(read_lines(path, passphrase)) == LINES
    header = read_header(path)
    assert (header.made_at, header.app, header.sealed is not None) == (1, "0.1", passphrase is not None)


def test_the_same_content_never_looks_the_same(tmp_path, sealed):
    other = written(tmp_path / "other", "correct horse")
    assert other.read_bytes()[-1000:] != sealed.read_bytes()[-1000:]
    assert b"last" not in sealed.read_bytes()


def test_a_wrong_passphrase_is_told(sealed):
    assert fault(sealed, "wrong") == "passphrase"
    assert fault(sealed, "") == "passphrase"
    assert fault(sealed, None) == "no_passphrase"


def test_any_changed_bit_is_found(sealed, tmp_path):
    raw = sealed.read_bytes()
    begin = raw.index(b"\n", len(MAGIC)) + 1
    chance = random.Random(5)
    for place in [begin, begin + 3, begin + 4, len(raw) - 1, *(chance.randrange(begin, len(raw)) for _ in range(8))]:
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        (tmp_path / "changed").write_bytes(changed)
        assert fault(tmp_path / "changed") == "damaged", place


def test_a_changed_header_is_found(sealed, tmp_path):
    changed = sealed.read_bytes().replace(b'"made_at":1', b'"made_at":2', 1)
    (tmp_path / "changed").write_bytes(changed)
    assert fault(tmp_path / "changed") == "damaged"


@pytest.mark.parametrize("passphrase", ["correct horse", None])
def test_a_file_that_is_cut_off_or_goes_on_is_found(tmp_path, passphrase):
    path = written(tmp_path / "file", passphrase)
    raw = path.read_bytes()
    first = raw.index(b"\n", len(MAGIC)) + 1
    piece = 4 + int.from_bytes(raw[first : first + 4], "big")
    cuts = [raw[:-1], raw[: len(raw) // 2], raw[:first]]
    if passphrase:
        cuts += [raw[: first + piece], raw[:first] + raw[first + piece :], raw + b"\0\0\0\x20" + b"x" * 32]
    for cut in cuts:
        path.write_bytes(cut)
        assert fault(path, passphrase) == "damaged"


def test_pieces_cannot_change_places(sealed, tmp_path):
    raw = sealed.read_bytes()
    first = raw.index(b"\n", len(MAGIC)) + 1
    size = 4 + int.from_bytes(raw[first : first + 4], "big")
    swapped = raw[:first] + raw[first + size : first + 2 * size] + raw[first : first + size] + raw[first + 2 * size :]
    (tmp_path / "swapped").write_bytes(swapped)
    assert fault(tmp_path / "swapped") == "damaged"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "foreign"),
        (b"PK\x03\x04", "foreign"),
        (MAGIC + b"{}\n", "damaged"),
        (MAGIC + b'{"version": 2, "shape": "new"}\n', "newer"),
        (MAGIC + b"x" * 10_000, "damaged"),
    ],
)
def test_files_of_others(tmp_path, raw, told):
    (tmp_path / "file").write_bytes(raw)
    assert fault(tmp_path / "file") == told


@pytest.mark.parametrize("more", [{"n": 2**30}, {"n": 1000}, {"n": 2**10}, {"r": 0}, {"p": 99}, {"salt": "zz"}])
def test_a_forged_derivation_costs_nothing(tmp_path, more):
    how = msgspec.structs.replace(Derivation(salt="00" * 16, check="00"), **more)
    header = msgspec.structs.replace(HEADER, sealed=how)
    (tmp_path / "file").write_bytes(MAGIC + msgspec.json.encode(header) + b"\n" + b"\0\0\0\x20" + b"x" * 32)
    assert fault(tmp_path / "file") == "damaged"


def test_a_packed_bomb_is_given_up(tmp_path):
    path = written(tmp_path / "file", None, [b"0" * 20_000_000])
    assert path.stat().st_size < 400_000
    assert fault(path, None) == "damaged"

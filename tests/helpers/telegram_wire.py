"""The server's side of MTProto 2.0 over TCP: the exchange of a key, then encrypted messages.

It reads and writes objects with the layer of the library that the adapter uses: what both get wrong alike is not found.
"""

import asyncio
import os
import struct
import time
from collections.abc import Callable
from hashlib import sha1, sha256
from typing import Any, Final
from zlib import crc32

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from telethon import helpers
from telethon.crypto import AES, AuthKey
from telethon.extensions import BinaryReader
from telethon.tl import functions, types
from telethon.tl.core import GzipPacked, MessageContainer

PRIME: Final = int(
    "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F48198A0AA7C14058229493D22530F4DBFA336F6E0AC92513"
    "9543AED44CCE7C3720FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F642477FE96BB2A941D5BCD1D4AC8CC4988"
    "0708FA9B378E3C4F3A9060BEE67CF9A4A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754FD17ED950D5965B4"
    "B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F"
    "0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B",
    16,
)
G: Final = 3
P, Q = 1229739323, 1402015859
KEY: Final = rsa.generate_private_key(65537, 2048)


def key_pem() -> str:
    """Return the public key as a client is told of it."""
    form = serialization.PublicFormat.PKCS1
    return KEY.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def int_bytes(number: int, length: int = 0) -> bytes:
    """Return a number in big endian."""
    return number.to_bytes(length or (number.bit_length() + 7) // 8, "big")


class Line:
    """One connection of a client."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keys: dict[int, AuthKey],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._sent = 0
        self._last_id = 0
        self._sequence = 0
        self._nonces: tuple[int, int] = (0, 0)
        self._secret = 0
        self.key: AuthKey | None = None
        self.session = 0
        self.salt = struct.unpack("<q", os.urandom(8))[0]
        self.is_salted = False

    async def receive(self) -> list[tuple[int, Any]]:
        """Return the next requests with their ids; what the line itself is about is answered here."""
        packet = await self._packet()
        if packet[:8] == bytes(8):
            await self._agree(packet)
            return []
        key = self._keys.get(struct.unpack("<Q", packet[:8])[0])
        if key is None:
            await self._send(struct.pack("<i", -404))
            return []
        self.key = key
        return await self._opened(packet)

    async def answer(self, request: int, result: bytes) -> None:
        """Answer a request."""
        await self.tell(struct.pack("<Iq", 0xF35C6D01, request) + result)

    async def tell(self, body: bytes, seq_odd: bool = True) -> None:
        """Send one encrypted message."""
        assert self.key is not None
        number = self._new_id()
        sequence = self._sequence * 2 + seq_odd
        self._sequence += seq_odd
        plain = struct.pack("<qqqii", self.salt, self.session, number, sequence, len(body)) + body
        plain += os.urandom(-(len(plain) + 12) % 16 + 12)
        name = sha256(self.key.key[96:128] + plain).digest()[8:24]
        aes_key, aes_iv = _aes(self.key.key, name, 8)
        await self._send(struct.pack("<Q", self.key.key_id) + name + AES.encrypt_ige(plain, aes_key, aes_iv))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _packet(self) -> bytes:
        length, _ = struct.unpack("<ii", await self._reader.readexactly(8))
        return (await self._reader.readexactly(length - 8))[:-4]

    async def _send(self, data: bytes) -> None:
        packet = struct.pack("<ii", len(data) + 12, self._sent) + data
        self._sent += 1
        self._writer.write(packet + struct.pack("<I", crc32(packet)))
        await self._writer.drain()

    def _new_id(self) -> int:
        # Odd: the server's own.
        self._last_id = max(self._last_id + 4, (int(self._clock() * 2**32) & ~3) | 1)
        return self._last_id

    async def _opened(self, packet: bytes) -> list[tuple[int, Any]]:
        assert self.key is not None
        aes_key, aes_iv = _aes(self.key.key, packet[8:24], 0)
        plain = AES.decrypt_ige(packet[24:], aes_key, aes_iv)
        assert sha256(self.key.key[88:120] + plain).digest()[8:24] == packet[8:24], "a wrong message key"
        salt, self.session, number, sequence, length = struct.unpack("<qqqii", plain[:32])
        late = self._clock() - (number >> 32)
        if not -30 <= late <= 300:
            await self.tell(bytes(types.BadMsgNotification(number, sequence, 16 if late > 0 else 17)))
            return []
        if salt != self.salt:
            bad = types.BadServerSalt(
                bad_msg_id=number, bad_msg_seqno=sequence, error_code=48, new_server_salt=self.salt
            )
            await self.tell(bytes(bad))
            return []
        return await self._inner(number, BinaryReader(plain[32 : 32 + length]).tgread_object())

    async def _inner(self, number: int, message: Any) -> list[tuple[int, Any]]:
        if isinstance(message, MessageContainer):
            return [one for inner in message.messages for one in await self._inner(inner.msg_id, inner.obj)]
        if isinstance(message, GzipPacked):
            return await self._inner(number, BinaryReader(message.data).tgread_object())
        if isinstance(message, types.MsgsAck):
            return []
        if isinstance(message, functions.PingRequest):
            await self.tell(bytes(types.Pong(msg_id=number, ping_id=message.ping_id)))
            return []
        return [(number, message)]

    # ------------------------------------------------------------ the exchange of a key

    async def _agree(self, packet: bytes) -> None:
        _, _, length = struct.unpack("<qqi", packet[:20])
        request = BinaryReader(packet[20 : 20 + length]).tgread_object()
        answer = {
            functions.ReqPqMultiRequest: self._pq,
            functions.ReqDHParamsRequest: self._parameters,
            functions.SetClientDHParamsRequest: self._agreed,
        }[type(request)](request)
        body = bytes(answer)
        await self._send(struct.pack("<qqi", 0, self._new_id(), len(body)) + body)

    def _pq(self, request: Any) -> Any:
        self._nonces = (0, int.from_bytes(os.urandom(16), "big", signed=True))
        return types.ResPQ(
            nonce=request.nonce,
            server_nonce=self._nonces[1],
            pq=int_bytes(P * Q),
            server_public_key_fingerprints=[_fingerprint()],
        )

    def _parameters(self, request: Any) -> Any:
        numbers = KEY.private_numbers()
        assert (int.from_bytes(request.p, "big"), int.from_bytes(request.q, "big")) == (P, Q)
        sealed = pow(int.from_bytes(request.encrypted_data, "big"), numbers.d, numbers.public_numbers.n)
        opened = int_bytes(sealed, 255)
        inner = BinaryReader(opened[20:]).tgread_object()
        assert sha1(bytes(inner)).digest() == opened[:20], "a wrong hash"
        self._nonces = (inner.new_nonce, self._nonces[1])
        self._secret = int.from_bytes(os.urandom(256), "big")
        known = types.ServerDHInnerData(
            nonce=request.nonce,
            server_nonce=self._nonces[1],
            g=G,
            dh_prime=int_bytes(PRIME),
            g_a=int_bytes(pow(G, self._secret, PRIME), 256),
            server_time=int(self._clock()),
        )
        body = sha1(bytes(known)).digest() + bytes(known)
        return types.ServerDHParamsOk(
            nonce=request.nonce,
            server_nonce=self._nonces[1],
            encrypted_answer=AES.encrypt_ige(body, *self._temporary()),
        )

    def _agreed(self, request: Any) -> Any:
        opened = AES.decrypt_ige(request.encrypted_data, *self._temporary())
        inner = BinaryReader(opened[20:]).tgread_object()
        shared = pow(int.from_bytes(inner.g_b, "big"), self._secret, PRIME)
        key = AuthKey(int_bytes(shared, 256))
        self._keys[key.key_id] = key
        new, theirs = self._nonces
        return types.DhGenOk(nonce=request.nonce, server_nonce=theirs, new_nonce_hash1=key.calc_new_nonce_hash(new, 1))

    def _temporary(self) -> tuple[bytes, bytes]:
        key, iv = helpers.generate_key_data_from_nonce(self._nonces[1], self._nonces[0])
        return key, iv


def _aes(key: bytes, name: bytes, offset: int) -> tuple[bytes, bytes]:
    first = sha256(name + key[offset : offset + 36]).digest()
    second = sha256(key[offset + 40 : offset + 76] + name).digest()
    return first[:8] + second[8:24] + first[24:], second[:8] + first[8:24] + second[24:]


def _fingerprint() -> int:
    from telethon.crypto.rsa import _compute_fingerprint

    number: int = _compute_fingerprint(KEY.public_key().public_numbers())
    return number

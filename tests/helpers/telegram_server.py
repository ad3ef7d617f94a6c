"""A stand-in for Telegram: one account in two data centres, over real MTProto on loopback.

It knows the requests that signing in and watching need, as the API's documentation describes them: counters that grow
with each message (``pts``), differences in slices, dialogs, unread mentions, login tokens, codes, the second password
by SRP, limits and errors by name.
"""

import asyncio
import contextlib
import inspect
import os
import struct
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from telethon.crypto import AuthKey
from telethon.password import compute_hash
from telethon.sessions import StringSession
from telethon.tl import functions, types

from tests.helpers.ports import LOOPBACK
from tests.helpers.telegram_wire import PRIME, G, Line, int_bytes, key_pem
from tests.helpers.threaded_servers import ThreadedServer

API_ID, API_HASH = 12345, "0123456789abcdef0123456789abcdef"
PHONE, CODE = "15550100", "54321"
ME, ADA = 1001, 2002
GROUP, BIG = 300, 400


class Refused(Exception):
    """An error that the API names."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(name)
        self.code = code
        self.name = name


class TelegramServer(ThreadedServer):
    """A context manager. Methods may be called from any thread, but :meth:`handle`."""

    def __init__(self) -> None:
        super().__init__("telegram-server")
        self.port = self.second_port = 0
        self.keys: dict[int, AuthKey] = {}
        self.signed_in: set[int] = set()
        """Ids of keys that belong to the account."""
        self.home = 2
        """The data centre that the account lives in."""
        self.password = ""
        self.slice = 100
        """Most messages of one difference."""
        self.too_long = False
        self.closed = False
        """Whether the big group has thrown us out."""
        self.refusal: tuple[int, str] | None = None
        self.silent = False
        self.skew = 0.0
        """So many seconds its clock is ahead."""
        self.events: list[tuple[int, Any]] = []
        """What the account is told, each with its counter."""
        self.dialogs: dict[str, dict[str, Any]] = {}
        self.mentions: dict[int, list[Any]] = {}
        self.read: list[Any] = []
        self.asked: list[str] = []
        self.lines: dict[Line, int] = {}
        self.scanned: set[bytes] = set()
        self.tokens: list[bytes] = []
        self.pts = 10
        self._next = 100
        self._srp = 0

    # ------------------------------------------------------------ what happens

    def settings(self, folder: Path) -> dict[str, Any]:
        """Return the settings of an account here; its key is written into ``folder``."""
        path = folder / "server.pem"
        path.write_text(key_pem())
        return {"api_id": API_ID, "server": f"{LOOPBACK}:{self.port}", "server_key": str(path)}

    def session(self, known: bool = True) -> str:
        """Return a session of the account, signed in, or one that nobody knows."""
        key = AuthKey(os.urandom(256))
        if known:
            self.keys[key.key_id] = key
            self.signed_in.add(key.key_id)
        session = StringSession()
        session.set_dc(2, LOOPBACK, self.port)
        session.auth_key = key
        return str(session.save())

    def message(self, said: str, peer: Any = None, number: int = 0, **more: Any) -> Any:
        """Return a message, from Ada to us unless said otherwise."""
        if not number:
            self._next += 1
            number = self._next
        moment = datetime.fromtimestamp(int(time.time()), UTC)
        return types.Message(id=number, peer_id=peer or types.PeerUser(ADA), date=moment, message=said, **more)

    def say(self, said: str, peer: Any = None, push: bool = True, **more: Any) -> Any:
        """Send a message to us in private or in a small group."""
        message = self.message(said, peer, **more)
        self.pts += 1
        update = types.UpdateNewMessage(message, pts=self.pts, pts_count=1)
        self.events.append((self.pts, update))
        self._row(message, unread=not message.out, mentions=bool(message.mentioned))
        if push:
            self.push(update)
        return message

    def mention(self, said: str, push: bool = True, **more: Any) -> Any:
        """Mention us in a big group."""
        message = self.message(said, types.PeerChannel(BIG), mentioned=True, from_id=types.PeerUser(ADA), **more)
        self.mentions.setdefault(BIG, []).append(message)
        self._row(message, mentions=True)
        if push:
            self.push(types.UpdateNewChannelMessage(message, pts=message.id, pts_count=1))
        return message

    def read_elsewhere(self, number: int) -> None:
        """Read the private chat up to a message."""
        self.pts += 1
        update = types.UpdateReadHistoryInbox(
            types.PeerUser(ADA), max_id=number, still_unread_count=0, pts=self.pts, pts_count=1
        )
        self.events.append((self.pts, update))
        self.push(update)

    def push(self, update: Any) -> None:
        """Tell all lines of the account."""
        body = bytes(types.Updates([update], _users(), _chats(), datetime.now(UTC), 0))
        self._on_loop(lambda line: line.tell(body))

    def scan(self, token: bytes) -> None:
        """Scan a QR code with a phone that is signed in, and agree."""
        self.scanned.add(token)
        body = bytes(types.UpdateShort(types.UpdateLoginToken(), datetime.now(UTC)))
        self._on_loop(lambda line: line.tell(body), everybody=True)

    def revoke(self) -> None:
        """End the session from another device."""
        self.signed_in.clear()

    def hang_up(self) -> None:
        """Close all lines."""

        async def close(line: Line) -> None:
            line.close()

        self._on_loop(close, everybody=True)

    def refuse(self, code: int = 0, name: str = "") -> None:
        """Refuse all requests but those of the connection with an error; without one no longer."""
        self.refusal = (code, name) if name else None

    def _row(self, message: Any, unread: bool = False, mentions: bool = False) -> None:
        row = self.dialogs.setdefault(str(message.peer_id), {"peer": message.peer_id, "unread": 0, "mentions": 0})
        row |= {"last": message, "unread": row["unread"] + unread, "mentions": row["mentions"] + mentions}

    def _on_loop(self, call: Callable[[Line], Any], everybody: bool = False) -> None:
        async def each() -> None:
            for line in list(self.lines):
                if everybody or (line.key is not None and line.key.key_id in self.signed_in):
                    with contextlib.suppress(ConnectionError):
                        await call(line)

        if self.loop is not None:
            asyncio.run_coroutine_threadsafe(each(), self.loop).result(60)

    # ------------------------------------------------------------ the server

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Two centres, each on a port of its own."""
        first = await asyncio.start_server(lambda r, w: self._line(r, w, 2), LOOPBACK, 0)
        second = await asyncio.start_server(lambda r, w: self._line(r, w, 4), LOOPBACK, 0)
        self.port, self.second_port = (server.sockets[0].getsockname()[1] for server in (first, second))
        yield
        for server in (first, second):
            server.close()
        for line in list(self.lines):
            line.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(tasks, timeout=60) if tasks else None

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, centre: int) -> None:
        line = Line(reader, writer, self.keys, lambda: time.time() + self.skew)
        self.lines[line] = centre
        try:
            while True:
                for number, request in await line.receive():
                    if not self.silent:
                        await self._reply(line, number, request)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self.lines[line]
            writer.close()

    async def _reply(self, line: Line, number: int, request: Any) -> None:
        while hasattr(request, "query"):
            request = request.query
        self.asked.append(type(request).__name__)
        try:
            result = self._answer(line, request)
        except Refused as error:
            result = types.RpcError(error_code=error.code, error_message=error.name)
        if isinstance(result, list):
            await line.answer(number, struct.pack("<Ii", 0x1CB5C415, len(result)) + b"".join(map(bytes, result)))
        elif isinstance(result, bool):
            await line.answer(number, struct.pack("<I", 0x997275B5 if result else 0xBC799737))
        else:
            await line.answer(number, bytes(result))

    def _answer(self, line: Line, request: Any) -> Any:
        assert line.key is not None
        if isinstance(request, functions.help.GetConfigRequest):
            return self._config(self.lines[line])
        if self.refusal is not None:
            raise Refused(*self.refusal)
        found = {**_SIGNING_IN, **_WATCHING}.get(type(request))
        if found is None:
            raise Refused(400, "METHOD_INVALID")
        if type(request) in _WATCHING and line.key.key_id not in self.signed_in:
            raise Refused(401, "AUTH_KEY_UNREGISTERED")
        return found(self, line, request)

    def _config(self, centre: int) -> Any:
        now = datetime.now(UTC)
        numbers = dict.fromkeys(_CONFIG_NUMBERS, 1) | {"this_dc": centre}
        ports = ((2, self.port), (4, self.second_port))
        return types.Config(
            date=now,
            expires=now,
            test_mode=True,
            dc_options=[
                types.DcOption(4, "::1", 1, ipv6=True),
                *(types.DcOption(number, LOOPBACK, port) for number, port in ports),
            ],
            dc_txt_domain_name="",
            me_url_prefix="https://t.me/",
            **numbers,
        )

    # ------------------------------------------------------------ signing in

    def _export(self, line: Line, request: Any) -> Any:
        self._check_application(request)
        if any(token in self.scanned for token in self.tokens):
            if self.home != self.lines[line]:
                return types.auth.LoginTokenMigrateTo(dc_id=self.home, token=self.tokens[-1])
            return types.auth.LoginTokenSuccess(self._begin(line))
        self.tokens.append(os.urandom(16))
        return types.auth.LoginToken(datetime.fromtimestamp(int(time.time()) + 30, UTC), self.tokens[-1])

    def _import(self, line: Line, request: Any) -> Any:
        if request.token not in self.tokens:
            raise Refused(400, "AUTH_TOKEN_INVALID")
        return types.auth.LoginTokenSuccess(self._begin(line))

    def _send_code(self, line: Line, request: Any) -> Any:
        self._check_application(request)
        if self.home != self.lines[line]:
            raise Refused(303, f"PHONE_MIGRATE_{self.home}")
        if request.phone_number != PHONE:
            raise Refused(400, "PHONE_NUMBER_INVALID")
        return types.auth.SentCode(types.auth.SentCodeTypeApp(5), phone_code_hash="hash")

    def _sign_in(self, line: Line, request: Any) -> Any:
        if request.phone_code_hash != "hash" or request.phone_number != PHONE or request.phone_code != CODE:
            raise Refused(400, "PHONE_CODE_INVALID")
        return self._begin(line)

    def _check_application(self, request: Any) -> None:
        if (request.api_id, request.api_hash) != (API_ID, API_HASH):
            raise Refused(400, "API_ID_INVALID")

    def _begin(self, line: Line) -> Any:
        if self.password:
            raise Refused(401, "SESSION_PASSWORD_NEEDED")
        return self._authorized(line)

    def _authorized(self, line: Line) -> Any:
        assert line.key is not None
        self.signed_in.add(line.key.key_id)
        return types.auth.Authorization(_users()[0])

    def _get_password(self, line: Line, request: Any) -> Any:
        algorithm = _algorithm()
        verifier = pow(G, int.from_bytes(compute_hash(algorithm, self.password), "big"), PRIME)
        self._srp = int.from_bytes(os.urandom(256), "big") % PRIME
        k = int.from_bytes(sha256(int_bytes(PRIME) + int_bytes(G, 256)).digest(), "big")
        public = (k * verifier + pow(G, self._srp, PRIME)) % PRIME
        return types.account.Password(
            new_algo=algorithm,
            new_secure_algo=types.SecurePasswordKdfAlgoUnknown(),
            secure_random=b"",
            has_password=True,
            current_algo=algorithm,
            srp_B=int_bytes(public, 256),
            srp_id=7,
            hint="the usual",
        )

    def _check_password(self, line: Line, request: Any) -> Any:
        algorithm, given = _algorithm(), request.password
        verifier = pow(G, int.from_bytes(compute_hash(algorithm, self.password), "big"), PRIME)
        k = int.from_bytes(sha256(int_bytes(PRIME) + int_bytes(G, 256)).digest(), "big")
        ours = int_bytes((k * verifier + pow(G, self._srp, PRIME)) % PRIME, 256)
        theirs = int.from_bytes(given.A, "big")
        u = int.from_bytes(sha256(int_bytes(theirs, 256) + ours).digest(), "big")
        key = sha256(int_bytes(pow(theirs * pow(verifier, u, PRIME), self._srp, PRIME), 256)).digest()
        mixed = bytes(
            a ^ b for a, b in zip(sha256(int_bytes(PRIME)).digest(), sha256(int_bytes(G, 256)).digest(), strict=True)
        )
        salts = sha256(algorithm.salt1).digest() + sha256(algorithm.salt2).digest()
        if sha256(mixed + salts + int_bytes(theirs, 256) + ours + key).digest() != given.M1:
            raise Refused(400, "PASSWORD_HASH_INVALID")
        return self._authorized(line)

    # ------------------------------------------------------------ watching

    def _state(self, line: Line, request: Any) -> Any:
        return types.updates.State(self.pts, 0, datetime.now(UTC), 1, 0)

    def _difference(self, line: Line, request: Any) -> Any:
        if self.too_long and request.pts < self.pts:
            self.too_long = False
            return types.updates.DifferenceTooLong(self.pts)
        fresh = [(pts, update) for pts, update in self.events if pts > request.pts]
        if not fresh:
            return types.updates.DifferenceEmpty(datetime.now(UTC), 1)
        page = fresh[: self.slice]
        parts = [
            [update.message for _, update in page if isinstance(update, types.UpdateNewMessage)],
            [],
            [update for _, update in page if not isinstance(update, types.UpdateNewMessage)],
            _chats(),
            _users(),
            types.updates.State(page[-1][0], 0, datetime.now(UTC), 1, 0),
        ]
        whole = len(page) == len(fresh)
        return types.updates.Difference(*parts) if whole else types.updates.DifferenceSlice(*parts)

    def _get_dialogs(self, line: Line, request: Any) -> Any:
        rows = sorted(self.dialogs.values(), key=lambda row: int(row["last"].id), reverse=True)
        if request.offset_id:
            rows = [row for row in rows if row["last"].id < request.offset_id]
        page = rows[: request.limit]
        dialogs = [
            types.Dialog(
                peer=row["peer"],
                top_message=row["last"].id,
                read_inbox_max_id=0,
                read_outbox_max_id=0,
                unread_count=row["unread"],
                unread_mentions_count=row["mentions"],
                unread_reactions_count=0,
                unread_poll_votes_count=0,
                notify_settings=types.PeerNotifySettings(),
            )
            for row in page
        ]
        messages = [row["last"] for row in page]
        if len(page) < len(rows):
            return types.messages.DialogsSlice(len(rows), dialogs, messages, _chats(), _users())
        return types.messages.Dialogs(dialogs, messages, _chats(), _users())

    def _unread_mentions(self, line: Line, request: Any) -> Any:
        if self.closed:
            raise Refused(400, "CHANNEL_PRIVATE")
        if isinstance(request.peer, types.InputPeerChat):
            messages = [update.message for _, update in self.events if isinstance(update, types.UpdateNewMessage)]
            mentions = [one for one in messages if one.mentioned and one.peer_id == types.PeerChat(GROUP)]
        elif (request.peer.channel_id, request.peer.access_hash) == (BIG, BIG * 7):
            mentions = self.mentions.get(BIG, [])
        else:
            raise Refused(400, "CHANNEL_INVALID")
        found = [one for one in mentions if one.id > request.min_id]
        found = [one for one in found if not request.offset_id or one.id < request.offset_id]
        page = found[::-1][: request.limit]
        return types.messages.ChannelMessages(1, len(found), page, [], _chats(), _users())

    def _history(self, line: Line, request: Any) -> Any:
        if (request.peer.user_id, request.peer.access_hash) != (ADA, ADA * 7):
            raise Refused(400, "PEER_ID_INVALID")
        messages = [update.message for _, update in self.events if isinstance(update, types.UpdateNewMessage)]
        private = [one for one in messages if isinstance(one.peer_id, types.PeerUser) and one.id > request.min_id]
        private = [one for one in private if not request.offset_id or one.id < request.offset_id]
        return types.messages.Messages(private[::-1][: request.limit], [], _chats(), _users())

    def _get_users(self, line: Line, request: Any) -> Any:
        return _users()[:1]

    def _mark(self, line: Line, request: Any) -> Any:
        if self.closed:
            raise Refused(403, "CHAT_FORBIDDEN")
        self.read.append(request)
        if isinstance(request, functions.channels.ReadMessageContentsRequest):
            return True
        return types.messages.AffectedMessages(self.pts, 0)

    def _log_out(self, line: Line, request: Any) -> Any:
        assert line.key is not None
        self.signed_in.discard(line.key.key_id)
        return types.auth.LoggedOut()


_SIGNING_IN: dict[Any, Any] = {
    functions.auth.ExportLoginTokenRequest: TelegramServer._export,
    functions.auth.ImportLoginTokenRequest: TelegramServer._import,
    functions.auth.SendCodeRequest: TelegramServer._send_code,
    functions.auth.SignInRequest: TelegramServer._sign_in,
    functions.account.GetPasswordRequest: TelegramServer._get_password,
    functions.auth.CheckPasswordRequest: TelegramServer._check_password,
}
_WATCHING: dict[Any, Any] = {
    functions.updates.GetStateRequest: TelegramServer._state,
    functions.updates.GetDifferenceRequest: TelegramServer._difference,
    functions.messages.GetDialogsRequest: TelegramServer._get_dialogs,
    functions.messages.GetUnreadMentionsRequest: TelegramServer._unread_mentions,
    functions.messages.GetHistoryRequest: TelegramServer._history,
    functions.users.GetUsersRequest: TelegramServer._get_users,
    functions.messages.ReadHistoryRequest: TelegramServer._mark,
    functions.messages.ReadMessageContentsRequest: TelegramServer._mark,
    functions.channels.ReadMessageContentsRequest: TelegramServer._mark,
    functions.auth.LogOutRequest: TelegramServer._log_out,
}
_CONFIG_NUMBERS = [name for name, one in inspect.signature(types.Config).parameters.items() if one.annotation is int]


def _users() -> list[Any]:
    return [
        types.User(ME, is_self=True, access_hash=1, first_name="Me", username="me"),
        types.User(ADA, access_hash=ADA * 7, first_name="Ada", last_name="L.", username="ada"),
    ]


def _chats() -> list[Any]:
    now = datetime.fromtimestamp(1_700_000_000, UTC)
    photo = types.ChatPhotoEmpty()
    return [
        types.Chat(GROUP, "Family", photo, 3, now, 1),
        types.Channel(BIG, "Garden", photo, now, megagroup=True, access_hash=BIG * 7, username="garden"),
    ]


def _algorithm() -> Any:
    return types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        salt1=b"salt-one", salt2=b"salt-two", g=G, p=int_bytes(PRIME)
    )

"""Signing in by QR code or phone number, with the second password where there is one."""

import base64
import time
from functools import partial
from typing import Any, Final

from telethon import errors
from telethon.password import compute_check

from worker.sdk.apis import own_text
from worker.sdk.errors import AuthFailed, InvalidConfig, PlatformError
from worker.sdk.logins import Qr, SignedIn, Talk
from worker.sdk.platform import Context, Text, text

from .faults import CALL_SECONDS
from .servers import api_id, first_centre
from .wires import Wire, functions, types

TRIES: Final = 5
HASH_SECONDS: Final = 20.0
_MOVED: Final = (errors.PhoneMigrateError, errors.NetworkMigrateError, errors.UserMigrateError)
_WRONG_PHONE: Final = (errors.PhoneNumberInvalidError, errors.PhoneNumberUnoccupiedError)
_WRONG_CODE: Final = (errors.PhoneCodeInvalidError, errors.PhoneCodeEmptyError)
_OLD_CODE: Final = (errors.PhoneCodeExpiredError, errors.PhoneCodeHashEmptyError)


class SignIn:
    """One sign-in."""

    def __init__(self, context: Context, talk: Talk) -> None:
        self._context = context
        self._talk = talk
        self._api_id = api_id(context)
        self._api_hash = ""
        self._wire: Wire | None = None

    async def by(self, method: str) -> SignedIn:
        """Sign in by ``qr`` or ``code``."""
        self._api_hash = (await self._context.secret()).get("api_hash").strip()
        if not self._api_hash:
            reason = text("field_required")
            raise InvalidConfig(reason, {"api_hash": reason})
        try:
            await self._go_to(Wire(self._context, self._api_id, await first_centre(self._context), None))
            await (self._by_code() if method == "code" else self._by_qr())
            return SignedIn(document={"session": self._line.session, "api_hash": self._api_hash})
        finally:
            if self._wire is not None:
                await self._wire.close()

    @property
    def _line(self) -> Wire:
        if self._wire is None:
            raise RuntimeError("no connection was made")
        return self._wire

    async def _go_to(self, wire: Wire) -> None:
        before, self._wire = self._wire, wire
        if before is not None:
            await before.close()
        await wire.open_or_close()

    async def _by_qr(self) -> None:
        """Show codes until one was scanned; the account may live in another data centre."""
        export = functions.auth.ExportLoginTokenRequest(self._api_id, self._api_hash, [])
        early: list[Any] = []

        async def make() -> Qr:
            self._line.ear.login.clear()
            answer = await self._or_password(export)
            if not isinstance(answer, types.auth.LoginToken):
                # The one before was scanned just now.
                early.append(answer)
                self._line.ear.login.set()
                return Qr(text="tg://login")
            token = base64.urlsafe_b64encode(answer.token).decode().rstrip("=")
            left = answer.expires.timestamp() - time.time() if answer.expires is not None else CALL_SECONDS
            return Qr(text=f"tg://login?token={token}", seconds=min(max(left, 5.0), CALL_SECONDS))

        async def scan() -> None:
            await self._line.ear.login.wait()

        await self._talk.until_scanned(make, scan)
        await self._talk.scanned()
        answer = early[0] if early else await self._or_password(export)
        if isinstance(answer, types.auth.LoginTokenMigrateTo):
            await self._go_to(self._line.other(answer.dc_id))
            answer = await self._or_password(functions.auth.ImportLoginTokenRequest(answer.token))
        if answer is not None and not isinstance(answer, types.auth.LoginTokenSuccess):
            raise AuthFailed(text("auth_refused_detail", detail=type(answer).__name__))

    async def _by_code(self) -> None:
        phone, sent = await self._sent_code()
        wrong: Text | None = None
        for _ in range(TRIES):
            prompt = own_text(self._context, "telegram_code", phone=phone)
            code = "".join((await self._talk.ask_code(prompt, wrong=wrong)).split()).replace("-", "")
            try:
                answer = await self._or_password(functions.auth.SignInRequest(phone, sent.phone_code_hash, code))
            except PlatformError as error:
                if not isinstance(error.__cause__, (*_WRONG_CODE, *_OLD_CODE)):
                    raise
                wrong = own_text(self._context, "telegram_code_wrong")
                if isinstance(error.__cause__, _OLD_CODE):
                    sent = await self._send_code(phone)
                continue
            if isinstance(answer, types.auth.AuthorizationSignUpRequired):
                raise AuthFailed(own_text(self._context, "telegram_no_account"))
            return
        raise AuthFailed(own_text(self._context, "telegram_code_wrong"))

    async def _sent_code(self) -> tuple[str, Any]:
        wrong: Text | None = None
        for _ in range(TRIES):
            typed = await self._talk.ask_code(own_text(self._context, "telegram_phone"), wrong=wrong)
            phone = "".join(letter for letter in typed if letter.isdecimal())
            try:
                return phone, await self._send_code(phone)
            except PlatformError as error:
                if not isinstance(error.__cause__, _WRONG_PHONE):
                    raise
                wrong = own_text(self._context, "telegram_phone_wrong")
        raise AuthFailed(own_text(self._context, "telegram_phone_wrong"))

    async def _send_code(self, phone: str) -> Any:
        """Have a code sent, by the data centre that the number belongs to."""
        request = functions.auth.SendCodeRequest(phone, self._api_id, self._api_hash, types.CodeSettings())
        try:
            sent = await self._call(request)
        except PlatformError as error:
            moved = error.__cause__
            if not isinstance(moved, _MOVED):
                raise
            await self._go_to(self._line.other(moved.new_dc))
            sent = await self._call(request)
        if not isinstance(sent, types.auth.SentCode):
            raise AuthFailed(text("auth_refused_detail", detail=type(sent).__name__))
        return sent

    async def _or_password(self, request: Any) -> Any:
        """Return the answer; None once the second password, where one is asked, was right."""
        try:
            return await self._call(request)
        except PlatformError as error:
            if not isinstance(error.__cause__, errors.SessionPasswordNeededError):
                raise
        wrong: Text | None = None
        for _ in range(TRIES):
            account = await self._call(functions.account.GetPasswordRequest())
            hint = f"({account.hint})" if account.hint else ""
            prompt = own_text(self._context, "telegram_password", hint=hint[:200])
            typed = await self._talk.ask_code(prompt, secret=True, wrong=wrong)
            # 100,000 rounds of a hash: not on the loop.
            check = await self._context.run_blocking(partial(compute_check, account, typed), HASH_SECONDS)
            try:
                await self._call(functions.auth.CheckPasswordRequest(check))
                return None
            except PlatformError as error:
                if not isinstance(error.__cause__, errors.PasswordHashInvalidError):
                    raise
                wrong = own_text(self._context, "telegram_password_wrong")
        raise AuthFailed(own_text(self._context, "telegram_password_wrong"))

    async def _call(self, request: Any) -> Any:
        return await self._line.call(request)

"""OAuth 2: device code (RFC 8628), a page with PKCE and a loopback redirect (RFC 8252), renewal, revocation (RFC 7009).

An adapter keeps one :class:`OAuth`::

    token = await self.oauth.access_token()
    ...
    if answer.status == 401:
        token = await self.oauth.renewed(token)      # raises AuthFailed when there is nothing to renew it with

Refresh tokens may be good for one use: they are renewed through ``Context.renew_secret``, by one worker at a time.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from worker.protocol.secret import Secret
from worker.sdk.apis import Answer, Api, Site, is_web
from worker.sdk.errors import AuthFailed, RateLimited, TemporaryFailure
from worker.sdk.loopbacks import Callback, Redirect, read_redirect
from worker.sdk.oauth_tokens import (
    DEVICE_SECONDS,
    OURS,
    Device,
    Granted,
    SlowDown,
    Tokens,
    decode,
    denied,
    fault_of,
    tokens_of,
)
from worker.sdk.platform import Context, LoginExpired, Renewed, Talk, Text, now_ms, text
from worker.sdk.tasks import beside

EARLY_MS: Final = 60_000
"""An access token that ends within so much is renewed before it is used."""
SLOWER_SECONDS: Final = 5.0
SHORTEST_POLL: Final = 0.2
_PRIVATE: Final = ("refresh_token", "device_code", "code", "code_verifier")


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A service's addresses, and who we are to it. ``field``: the setting that its server was typed into."""

    client_id: str
    token_url: str
    authorize_url: str = ""
    device_url: str = ""
    revoke_url: str = ""
    client_secret: str = ""
    scopes: tuple[str, ...] = ()
    field: str = ""
    parameters: dict[str, str] = {}
    """More of the page's address, such as ``{"access_type": "offline"}``."""
    redirect_uri: str = ""
    """Where the service shows the code to the person instead (``urn:ietf:wg:oauth:2.0:oob``); empty: a loopback."""

    def __repr__(self) -> str:
        return f"Provider(token_url={self.token_url!r})"


class OAuth:
    """The tokens of one adapter. ``provider`` may depend on the credentials (a client that the service registered)."""

    def __init__(self, context: Context, provider: Provider | Callable[[Secret], Provider]) -> None:
        self._context = context
        self._provider = provider

    # ------------------------------------------------------------ tokens in use

    async def access_token(self) -> str:
        """Return an access token that should do, renewed when it is about to end. Raises what ``renewed`` raises."""
        held = await self._context.secret()
        ends = held.reveal().get("access_expires_at")
        if not isinstance(ends, int) or now_ms() + EARLY_MS < ends:
            return held.get("access_token")
        if not held.get("refresh_token"):
            # Perhaps our clock is wrong: the service says it.
            return held.get("access_token")
        return (await self._renew(held)).get("access_token")

    async def renewed(self, refused: str) -> str:
        """Return an access token in place of one that the service refused.

        Raises ``AuthFailed`` when it wants the person to sign in again, ``TemporaryFailure`` when it cannot be asked.
        """
        held = await self._context.secret()
        if held.get("access_token") != refused:
            return held.get("access_token")
        if not held.get("refresh_token"):
            raise AuthFailed(text("oauth_ended"))
        return (await self._renew(held)).get("access_token")

    async def _renew(self, held: Secret) -> Secret:
        return await self._context.renew_secret(held, self._refresh)

    async def _refresh(self, held: Secret) -> Renewed:
        provider = self._of(held)
        old = held.get("refresh_token")
        if not old:
            raise AuthFailed(text("oauth_ended"))
        fields = {"grant_type": "refresh_token", "refresh_token": old}
        tokens = await self._ask_tokens(provider, fields)
        if tokens is None:
            raise TemporaryFailure(text("oauth_strange", detail="authorization_pending"))
        if not tokens.refresh_token:
            # RFC 6749: the old one goes on.
            ends = held.reveal().get("refresh_expires_at")
            tokens = msgspec.structs.replace(tokens, refresh_token=old, refresh_expires_at=ends)
        rest = {name: value for name, value in held.reveal().items() if name not in OURS}
        return Renewed(document={**rest, **tokens.document()}, expires_at=tokens.expires_at)

    async def revoke(self) -> bool:
        """Have the service forget the tokens; False where it offers no such thing. Raises as ``renewed``."""
        held = await self._context.secret()
        provider = self._of(held)
        token, hint = held.get("refresh_token"), "refresh_token"
        if not token:
            token, hint = held.get("access_token"), "access_token"
        if not provider.revoke_url or not token:
            return False
        answer = await self._post(provider, provider.revoke_url, {"token": token, "token_type_hint": hint})
        if answer.status not in (200, 204):
            raise fault_of(answer, (token,))
        return True

    # ------------------------------------------------------------ signing in

    async def device_login(self, talk: Talk) -> Tokens:
        """Show a code that the person types on the service's page, and wait. Raises as ``Platform.login``."""
        provider = self._of(await self._context.secret())
        fields = {"scope": " ".join(provider.scopes)} if provider.scopes else {}
        answer = await self._post(provider, provider.device_url, fields)
        if answer.status != 200:
            raise fault_of(answer)
        device = decode(answer, Device)
        url = device.verification_uri or device.verification_url
        if not is_web(url) or not device.user_code or len(device.user_code) > 100:
            raise answer.site.garbage()
        loop = asyncio.get_running_loop()
        seconds = min(device.expires_in, DEVICE_SECONDS)
        deadline = loop.time() + seconds
        await talk.device_code(device.user_code, url, seconds=seconds)
        return await self._poll(provider, device, deadline)

    async def _poll(self, provider: Provider, device: "Device", deadline: float) -> Tokens:
        loop = asyncio.get_running_loop()
        pause = max(device.interval, SHORTEST_POLL)
        fields = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device.device_code}
        while loop.time() + pause < deadline:
            await asyncio.sleep(pause)
            try:
                tokens = await self._ask_tokens(provider, fields)
            except SlowDown:
                pause += SLOWER_SECONDS
            except RateLimited as error:
                pause = max(pause + SLOWER_SECONDS, error.retry_after or 0.0)
            except TemporaryFailure:
                # RFC 8628, 3.5: less often after a time-out.
                pause = max(pause * 2, 1.0)
            else:
                if tokens is not None:
                    return tokens
        raise LoginExpired(text("oauth_expired"))

    async def browser_login(self, talk: Talk) -> Tokens:
        """Have the person agree on the service's page, which leads back to this machine. Raises as ``Platform.login``.

        Where the browser runs on another machine the address that it ended at can be pasted.
        """
        provider = self._of(await self._context.secret())
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        if provider.redirect_uri:
            await talk.open_url(_page(provider, provider.redirect_uri, verifier, state), paste=True)
            redirect, uri = await _pasted(talk, state, bare=True), provider.redirect_uri
        else:
            async with Callback(state) as callback:
                uri = callback.uri
                await talk.open_url(_page(provider, uri, verifier, state), paste=True)
                redirect = await _either(callback, talk, state)
        if redirect.error:
            raise denied(redirect.error, redirect.description)
        await talk.scanned()
        fields = {
            "grant_type": "authorization_code",
            "code": redirect.code,
            "redirect_uri": uri,
            "code_verifier": verifier,
        }
        tokens = await self._ask_tokens(provider, fields)
        if tokens is None:
            raise TemporaryFailure(text("oauth_strange", detail="authorization_pending"))
        return tokens

    # ------------------------------------------------------------ requests

    def _of(self, held: Secret) -> Provider:
        return self._provider if isinstance(self._provider, Provider) else self._provider(held)

    async def _ask_tokens(self, provider: Provider, fields: Mapping[str, str]) -> Tokens | None:
        """Return tokens, None while the person has not decided. Raises ``SlowDown`` and what ``worker.sdk`` knows."""
        answer = await self._post(provider, provider.token_url, fields)
        word = answer.word("error")
        if word == "authorization_pending":
            return None
        if word == "slow_down":
            raise SlowDown
        if word == "expired_token":
            raise LoginExpired(text("oauth_expired"))
        if word or answer.status != 200:
            private = [fields[name] for name in _PRIVATE if name in fields]
            raise fault_of(answer, (*private, provider.client_secret))
        return tokens_of(decode(answer, Granted), answer)

    async def _post(self, provider: Provider, url: str, fields: Mapping[str, str]) -> Answer:
        site = Site.of(url, provider.field)
        api = Api(self._context, site, {"User-Agent": "Watchkeeper"})
        sent = {"client_id": provider.client_id, **fields}
        if provider.client_secret:
            sent["client_secret"] = provider.client_secret
        try:
            return await api.form(url, sent)
        finally:
            await api.close()


def _page(provider: Provider, redirect_uri: str, verifier: str, state: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"scope": " ".join(provider.scopes)} if provider.scopes else {}),
        **provider.parameters,
    }
    joint = "&" if urlsplit(provider.authorize_url).query else "?"
    return f"{provider.authorize_url}{joint}{urlencode(query)}"


async def _either(callback: Callback, talk: Talk, state: str) -> Redirect:
    """Return what comes first: the browser, or what is pasted."""
    found: list[Redirect] = []

    async def wait() -> None:
        found.append(await callback.wait())

    async def paste() -> None:
        found.append(await _pasted(talk, state, bare=False))
        raise _Found

    try:
        await beside(wait(), paste())
    except _Found:
        return found[0]
    return found[0]


class _Found(Exception):
    """Something was pasted."""


async def _pasted(talk: Talk, state: str, *, bare: bool) -> Redirect:
    """Return what was pasted: an address with our state, or with ``bare`` the code itself; anything else is ignored."""
    while True:
        value = (await talk.pasted()).strip()
        redirect = read_redirect(value, state)
        if redirect is not None:
            return redirect
        if bare and value and "://" not in value:
            return Redirect(code=value)


__all__ = ["OAuth", "Provider", "Text", "Tokens"]

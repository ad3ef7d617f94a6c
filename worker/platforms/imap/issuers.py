"""Where a mail provider signs people in with OAuth 2: read from what its issuer publishes (OpenID Discovery).

What a renewal needs stands in the credentials beside the tokens: they belong to the client that got them.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from worker.sdk.apis import Api, Site
from worker.sdk.errors import InvalidConfig
from worker.sdk.oauth import OAuth, Provider
from worker.sdk.platform import Context, Secret, SignedIn, Talk, text

CONFIGURATION: Final = "/.well-known/openid-configuration"
DEVICE_CODE: Final = "device_code"
_KEPT: Final = ("client_id", "client_secret", "token_url", "revoke_url")


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer publishes, as far as it matters here."""

    token_endpoint: str
    authorization_endpoint: str = ""
    device_authorization_endpoint: str = ""
    revocation_endpoint: str = ""


async def sign_in(context: Context, method: str, talk: Talk) -> SignedIn:
    """Sign in on the provider's page, by a code that is typed there or by the way back to this machine."""
    held = await context.secret()
    provider = await _provider(context, held)
    if method == DEVICE_CODE and not provider.device_url:
        raise _wrong("oauth_issuer", "no device_authorization_endpoint")
    if method != DEVICE_CODE and not provider.authorize_url:
        raise _wrong("oauth_issuer", "no authorization_endpoint")
    oauth = OAuth(context, provider)
    tokens = await (oauth.device_login(talk) if method == DEVICE_CODE else oauth.browser_login(talk))
    kept = {name: getattr(provider, name) for name in _KEPT}
    return tokens.signed_in(**{name: value for name, value in kept.items() if value})


def of_credentials(held: Secret) -> Provider:
    """Return the provider that renews and revokes the tokens in ``held``."""
    return Provider(
        client_id=held.get("client_id"),
        client_secret=held.get("client_secret"),
        token_url=held.get("token_url"),
        revoke_url=held.get("revoke_url"),
        field="oauth_issuer",
    )


async def _provider(context: Context, held: Secret) -> Provider:
    settings = _completed(context)
    client_id = str(settings.get("client_id") or "").strip()
    if not client_id:
        raise InvalidConfig(text("invalid_fields"), {"client_id": text("field_required")})
    issuer = str(settings.get("oauth_issuer") or "").strip()
    if not issuer:
        raise InvalidConfig(text("invalid_fields"), {"oauth_issuer": text("field_required")})
    site = Site.of(issuer, "oauth_issuer")
    api = Api(context, site, {"User-Agent": "Watchkeeper"})
    try:
        answer = await api.get(f"{site.url}{CONFIGURATION}")
    finally:
        await api.close()
    if answer.status != 200:
        raise _wrong("oauth_issuer", text("http_status", host=site.host, status=answer.status).message)
    found = answer.read(Configuration)
    for url in (found.token_endpoint, found.device_authorization_endpoint, found.revocation_endpoint):
        if url:
            # Refused here, where the field can be named, if it would show a token to the network.
            Site.of(url, "oauth_issuer")
    return Provider(
        client_id=client_id,
        client_secret=held.get("client_secret"),
        token_url=found.token_endpoint,
        authorize_url=found.authorization_endpoint,
        device_url=found.device_authorization_endpoint,
        revoke_url=found.revocation_endpoint,
        scopes=tuple(map(str, settings.get("oauth_scopes") or ())),
        field="oauth_issuer",
        # Without these Google gives no refresh token.
        parameters={"access_type": "offline", "prompt": "consent", "login_hint": str(settings.get("username") or "")},
    )


def _completed(context: Context) -> Mapping[str, Any]:
    """Return the settings, completed by what is known of the provider."""
    preset = context.manifest.preset_of(str(context.settings.get("username") or ""))
    given = {name: value for name, value in context.settings.items() if value not in ("", [], None)}
    return {**(preset.settings if preset is not None else {}), **given}


def _wrong(field: str, detail: str) -> InvalidConfig:
    reason = text("field_wrong", detail=detail[:200])
    return InvalidConfig(reason, {field: reason})

"""Signing in on the server's own page: every server wants to know an application first, which anybody may tell it."""

from typing import Final

import msgspec

from worker.sdk.apis import Api, Site
from worker.sdk.oauth import OAuth, Provider
from worker.sdk.platform import Context, Secret, SignedIn, Talk, text

SCOPES: Final = ("read:accounts", "read:notifications", "read:statuses")
LOOPBACK: Final = "http://127.0.0.1/callback"
"""Whatever the port (RFC 8252, 7.3)."""
SHOWN: Final = "urn:ietf:wg:oauth:2.0:oob"
"""The page shows the code, which the person copies."""
PASTED: Final = "code"


class _Application(msgspec.Struct, frozen=True):
    client_id: str
    client_secret: str


async def sign_in(context: Context, method: str, talk: Talk) -> SignedIn:
    """Register an application with the server, and have the person agree on its page."""
    site = Site.of(str(context.settings.get("server") or ""), "server")
    redirect = SHOWN if method == PASTED else LOOPBACK
    api = Api(context, site, {"User-Agent": "Watchkeeper"})
    try:
        await api.resolve()
        answer = await api.post(
            "/api/v1/apps", {"client_name": "Watchkeeper", "redirect_uris": redirect, "scopes": " ".join(SCOPES)}
        )
    finally:
        await api.close()
    if answer.status != 200:
        raise site.temporary(text("http_status", host=site.host, status=answer.status))
    application = answer.read(_Application)
    provider = Provider(
        client_id=application.client_id,
        client_secret=application.client_secret,
        authorize_url=f"{site.url}/oauth/authorize",
        token_url=f"{site.url}/oauth/token",
        scopes=SCOPES,
        field="server",
        redirect_uri=SHOWN if method == PASTED else "",
    )
    tokens = await OAuth(context, provider).browser_login(talk)
    return tokens.signed_in(client_id=application.client_id, client_secret=application.client_secret)


def of_credentials(context: Context, held: Secret) -> Provider:
    """Return the provider that takes the token in ``held`` back."""
    site = Site.of(str(context.settings.get("server") or ""), "server")
    return Provider(
        client_id=held.get("client_id"),
        client_secret=held.get("client_secret"),
        token_url=f"{site.url}/oauth/token",
        revoke_url=f"{site.url}/oauth/revoke",
        field="server",
    )

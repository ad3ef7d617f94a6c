"""How one signs in to the demo: every kind of challenge, with a made-up other device that agrees after a moment."""

import asyncio
import secrets

from worker.sdk.apis import own_text
from worker.sdk.errors import AuthFailed
from worker.sdk.platform import Context, Qr, SignedIn, Talk

WRONG = "0000"
"""The one code that the demo does not take."""
DEVICE_SECONDS = 8.0
"""So long the made-up other device takes."""
CONFIRM_SECONDS = 2.0
PAGE = "https://example.org/"


async def sign_in(context: Context, method: str, talk: Talk) -> SignedIn:
    """Sign in by ``method``, the id of one of the manifest's ways."""
    if method == "qr":
        await talk.until_scanned(_qr, _other_device)
        await talk.scanned()
        await asyncio.sleep(CONFIRM_SECONDS)
        await _ask(context, talk, secret=True)
    elif method == "code":
        await _ask(context, talk)
    elif method == "url":
        await talk.open_url(PAGE, seconds=120.0, paste=True)
        await _first(talk)
        await talk.scanned()
    else:
        await talk.device_code(f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper(), PAGE, seconds=120.0)
        await _other_device()
    return SignedIn(document={"token": secrets.token_urlsafe(16)})


async def _qr() -> Qr:
    return Qr(text=f"demo://sign-in/{secrets.token_urlsafe(24)}")


async def _other_device() -> bool:
    await asyncio.sleep(DEVICE_SECONDS)
    return True


async def _first(talk: Talk) -> None:
    """Wait for the page to be agreed to, or for its address to be pasted."""
    try:
        async with asyncio.timeout(DEVICE_SECONDS):
            await talk.pasted()
    except TimeoutError:
        return


async def _ask(context: Context, talk: Talk, *, secret: bool = False) -> None:
    """Ask for a code, three times at most."""
    prompt = own_text(context, "demo_second" if secret else "demo_code")
    code = await talk.ask_code(prompt, secret=secret)
    for _ in range(2):
        if code != WRONG:
            return
        code = await talk.ask_code(prompt, secret=secret, wrong=own_text(context, "demo_wrong"))
    if code == WRONG:
        raise AuthFailed(own_text(context, "demo_wrong"))

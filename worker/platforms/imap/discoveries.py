"""From a mail address to settings: what is known, what the domain publishes, what its name servers say.

Nothing is sent to anybody but the domain's own servers, the directory of Mozilla (which gets the domain alone), and the
name server of this machine; over HTTPS only, for whoever answers says where a password will go.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Sequence
from typing import Any, Final

import aiohttp

from worker.sdk.apis import own_text
from worker.sdk.errors import InvalidConfig, PlatformError
from worker.sdk.fetches import Address, Validators, fetch
from worker.sdk.platform import Context, Proposal, Text, text
from worker.sdk.proxies import FIELD
from worker.sdk.sessions import borrow, give_back
from worker.sdk.tls import client_context

from .autoconfigs import MAX_BYTES, Found, parse

ASK_SECONDS: Final = 8.0
DNS_SECONDS: Final = 4.0
REACH_SECONDS: Final = 3.0
DIRECTORY: Final = "https://autoconfig.thunderbird.net/v1.1/"
_DOMAIN = re.compile(r"(?=.{3,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_EXCHANGES: Final = {"google.com": "gmail", "googlemail.com": "gmail", "outlook.com": "microsoft", "qq.com": "qq"}
"""Who takes a domain's mail (the end of its MX) → the preset of the provider."""


async def propose(context: Context) -> list[Proposal]:
    """Return ways to reach the mailbox of ``username``. Raises ``InvalidConfig`` for what is no mail address."""
    address = str(context.settings.get("username") or "").strip()
    known = context.manifest.preset_of(address) if "@" in address else None
    if known is not None:
        return [_preset(context, known.id, own_text(context, "proposed_known"))]
    domain = _domain(context, address)
    if context.proxy is not None:
        # Name servers, and the usual names, can be asked from here only: that would tell them what is watched.
        found_there = await _published(context, address, domain)
        return _distinct([_named(context, found, address, source) for found, source in found_there])
    exchange, published, records = await asyncio.gather(
        _exchange(domain), _published(context, address, domain), _records(domain, address)
    )
    proposals = [_named(context, found, address, source) for found, source in published]
    if exchange:
        # A company's domain at a big provider: its sign-in is what counts.
        proposals.insert(0, _preset(context, exchange, own_text(context, "proposed_exchange", domain=domain)))
    proposals += [
        _named(context, found, address, own_text(context, "proposed_records", domain=domain)) for found in records
    ]
    if not proposals:
        proposals = [
            _named(context, found, address, own_text(context, "proposed_reached", host=found.host))
            for found in await _reached(context, domain, address)
        ]
    return _distinct(proposals)


def places(address: str, domain: str) -> list[str]:
    """Return where a domain's settings for mail programs may be published, best first."""
    return [
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
        f"{DIRECTORY}{domain}",
    ]


def _domain(context: Context, address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if not local or not _DOMAIN.fullmatch(domain) or not all(letter > " " for letter in address):
        reason = text("field_wrong", detail="you@example.org")
        raise InvalidConfig(own_text(context, "proposed_no_address"), {"username": reason})
    return domain


async def _published(context: Context, address: str, domain: str) -> list[tuple[Found, Text]]:
    tls = await context.run_blocking(client_context, ASK_SECONDS)
    user = object()
    try:
        session = borrow(user, context)
        asked = (_ask(session, url, tls) for url in places(address, domain))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        await give_back(user)
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    if failed:
        raise failed[0]
    return [
        (found, own_text(context, "proposed_published", host=host))
        for host, body in (answer for answer in answers if not isinstance(answer, BaseException))
        for found in parse(body, address)
    ]


async def _ask(session: aiohttp.ClientSession, url: str, tls: Any) -> tuple[str, bytes]:
    """Return who answered, and what; nothing where nobody did. Raises what is the proxy's fault."""
    asked = Address.of(url)
    with contextlib.suppress(TimeoutError):
        try:
            async with asyncio.timeout(ASK_SECONDS):
                fetched = await fetch(session, asked, tls, Validators(), max_bytes=MAX_BYTES)
        except PlatformError as error:
            if FIELD in error.fields:
                raise
            return asked.host, b""
        if fetched is not None and fetched.url.startswith(url.partition("://")[0] + "://"):
            return asked.host, fetched.body
    return asked.host, b""


async def _exchange(domain: str) -> str:
    """Return the id of the preset of who takes the domain's mail, "" for nobody who is known."""
    for record in await _query(domain, "MX"):
        host = str(getattr(record, "exchange", "")).rstrip(".").lower()
        for end, preset in _EXCHANGES.items():
            if host == end or host.endswith("." + end):
                return preset
    return ""


async def _records(domain: str, address: str) -> list[Found]:
    """Return the servers of the domain's SRV records (RFC 6186)."""
    found = []
    for service, security in (("_imaps", "tls"), ("_imap", "starttls")):
        for record in await _query(f"{service}._tcp.{domain}", "SRV"):
            host, port = str(getattr(record, "target", "")).rstrip(".").lower(), int(getattr(record, "port", 0))
            # A root target says that there is no such service; a server of a foreign domain would need more trust.
            if host and 0 < port < 65536 and (host == domain or host.endswith("." + domain)):
                found.append(Found(host=host, port=port, security=security, username=address))
    return found


async def _query(name: str, kind: str) -> list[Any]:
    import aiodns

    resolver = aiodns.DNSResolver(timeout=DNS_SECONDS / 2, tries=1)
    try:
        async with asyncio.timeout(DNS_SECONDS):
            answer = await resolver.query_dns(name, kind)
        return [record.data for record in answer.answer]
    except (aiodns.error.DNSError, TimeoutError, UnicodeError):
        return []
    finally:
        await resolver.close()


async def _reached(context: Context, domain: str, address: str) -> list[Found]:
    """Return the first of the usual names where somebody answers at the port of IMAP with TLS."""

    def reach() -> list[Found]:
        for host in (f"imap.{domain}", f"mail.{domain}"):
            with contextlib.suppress(OSError, UnicodeError):
                socket.create_connection((host, 993), timeout=REACH_SECONDS).close()
                return [Found(host=host, port=993, security="tls", username=address)]
        return []

    try:
        return await context.run_blocking(reach, 4 * REACH_SECONDS)
    except TimeoutError:
        return []


def _preset(context: Context, preset_id: str, source: Text) -> Proposal:
    preset = next(one for one in context.manifest.presets if one.id == preset_id)
    return Proposal(title=preset.title["en"], settings=dict(preset.settings), preset=preset.id, source=source)


def _named(context: Context, found: Found, address: str, source: Text) -> Proposal:
    """Return a server as a proposal; with the preset of the provider whose server it is."""
    presets = context.manifest.presets
    known = next((one for one in presets if one.settings.get("host") == found.host), None)
    return Proposal(
        title=found.host, settings=found.settings(address), preset=known.id if known is not None else "", source=source
    )


def _distinct(proposals: Sequence[Proposal]) -> list[Proposal]:
    first: dict[Any, Proposal] = {}
    for proposal in proposals:
        where = proposal.settings.get("host"), proposal.settings.get("port")
        first.setdefault(where, proposal)
    return list(first.values())

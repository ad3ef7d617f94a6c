"""For the tests of platforms: a context without a runtime, and the contract that every platform keeps.

The functions raise ``AssertionError`` with a sentence; they need no test framework::

    async with adapter_of(Adapter, manifest, {"url": server.url}) as adapter:
        await keeps_quiet(adapter)
"""

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from worker.protocol.account_messages import TestStep
from worker.protocol.codec import MAX_ITEM_TEXT_BYTES, now_ms
from worker.protocol.item_messages import Item
from worker.protocol.manifest import Manifest, Words, decode_manifest
from worker.protocol.secret import Secret
from worker.protocol.states import ItemKind
from worker.protocol.texts import TEMPLATES, Text, text
from worker.sdk.errors import InvalidConfig, PlatformError
from worker.sdk.logins import Qr, Talk
from worker.sdk.platform import Context, Platform, Poll, Renewed

T = TypeVar("T")
LANGUAGES = ("en", "zh_CN")
MAX_CURSOR = 256 * 1024
MAX_PAGES = 1000
_CODE = re.compile(r"[a-z][a-z0-9_]*")


class TestTalk(Talk):
    """A person who does what the test says: ``answers`` are typed, pasted or asked for (None: another QR code).

    ``shown`` has every challenge, as (kind, what was shown).
    """

    __test__ = False

    def __init__(self, *answers: str | None) -> None:
        self.shown: list[tuple[str, Any]] = []
        self.scans = 0
        self._answers = list(answers)

    async def show_qr(self, qr: Qr) -> None:
        assert qr.text or qr.image, "an empty QR code"
        self.shown.append(("qr", qr))

    async def scanned(self) -> None:
        self.scans += 1

    async def open_url(self, url: str, *, seconds: float | None = None, paste: bool = False) -> None:
        assert url.startswith(("https://", "http://")), f"no address for a browser: {url}"
        self.shown.append(("url", url))

    async def device_code(self, code: str, url: str, *, seconds: float | None = None) -> None:
        assert url.startswith(("https://", "http://")), f"no address for a browser: {url}"
        self.shown.append(("device_code", (code, url)))

    async def ask_code(self, prompt: Text, *, secret: bool = False, wrong: Text | None = None) -> str:
        self.shown.append(("code", (prompt, wrong)))
        return await self._next()

    async def pasted(self) -> str:
        return await self._next()

    async def wants_new_qr(self) -> None:
        if not self._answers or self._answers[0] is not None:
            await asyncio.Event().wait()
        self._answers.pop(0)

    async def _next(self) -> str:
        while not self._answers:
            await asyncio.Event().wait()
        answer = self._answers.pop(0)
        assert answer is not None, "the test asked for another QR code where something is to be typed"
        return answer


class TestContext(Context):
    """What the runtime gives to an adapter, without a runtime. ``steps`` are those of a probe."""

    __test__ = False

    def __init__(
        self,
        manifest: Manifest,
        settings: dict[str, Any],
        credentials: dict[str, Any] | None = None,
        account_id: str = "account",
    ) -> None:
        defaults = {field.name: field.default for field in manifest.fields if field.default is not None}
        self.account_id = account_id
        self.manifest = manifest
        self.settings = {**defaults, **settings}
        self.credentials = credentials or {}
        self.steps: list[TestStep] = []
        self.renewals = 0
        self.credentials_expire_at: int | None = None
        """As the adapter told with its last change of the credentials."""
        self._running: list[tuple[Text, int]] = []

    async def secret(self) -> Secret:
        return Secret(dict(self.credentials))

    async def update_secret(self, document: dict[str, Any], expires_at: int | None = None) -> None:
        msgspec.json.encode(document)
        self.credentials, self.credentials_expire_at = dict(document), expires_at

    async def renew_secret(self, used: Secret, renew: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        if used.reveal() == self.credentials:
            renewed = await renew(await self.secret())
            self.renewals += 1
            await self.update_secret(renewed.document, renewed.expires_at)
        return await self.secret()

    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        executor = ThreadPoolExecutor(1, "test-blocking")
        outcome = executor.submit(call)
        executor.shutdown(wait=False)
        async with asyncio.timeout(timeout):
            return await asyncio.wrap_future(outcome)

    def step_began(self, name: Text) -> None:
        self._running.append((name, now_ms()))

    def step_ended(self, error: Text | None = None) -> None:
        name, began = self._running.pop()
        self.steps.append(TestStep(name=name, milliseconds=now_ms() - began, error=error))


@asynccontextmanager
async def adapter_of(
    adapter: type[Platform],
    manifest: Manifest,
    settings: dict[str, Any],
    credentials: dict[str, Any] | None = None,
    account_id: str = "account",
) -> AsyncIterator[Platform]:
    """Make an adapter over a :class:`TestContext`, and close it."""
    made = adapter(TestContext(manifest, settings, credentials, account_id))
    try:
        yield made
    finally:
        await made.close()


def read_manifest(package: str) -> Manifest:
    """Return the manifest of the plug-in whose package is ``package``."""
    return decode_manifest(tomllib.loads(files(package).joinpath("manifest.toml").read_text(encoding="utf-8")))


async def poll_all(adapter: Platform, cursor: str | None) -> tuple[list[Item], str | None]:
    """Poll until no more pages are left; return the items of all, and the cursor after them."""
    items: list[Item] = []
    for _ in range(MAX_PAGES):
        page = await adapter.poll(cursor)
        check_page(adapter, page)
        items += page.items
        cursor = page.cursor if page.cursor is not None else cursor
        if not page.more:
            return items, cursor
    raise AssertionError(f"still more after {MAX_PAGES} pages")


# ---------------------------------------------------------------- the contract


def check_manifest(manifest: Manifest, kinds: tuple[ItemKind, ...]) -> None:
    """The manifest fits its adapter, every word stands in every language, defaults are among what is allowed."""
    assert _CODE.fullmatch(manifest.id), f"the id {manifest.id!r} is no small word"
    assert set(manifest.item_kinds) == {kind.value for kind in kinds}, "the manifest names other kinds than the adapter"
    for where, words in _words(manifest):
        missing = [language for language in LANGUAGES if not words.get(language, "").strip()]
        assert not missing, f"{where} is missing in {missing}"
    assert len(manifest.icon) == 1, "the icon is one letter"
    assert contrast_with_white(manifest.color) >= 4.5, f"white is hard to read on {manifest.color}"
    names = [field.name for field in manifest.fields]
    assert len(names) == len(set(names)), "two fields have the same name"
    if manifest.name_from:
        assert manifest.name_from in names, f"name_from is no field: {manifest.name_from}"
    has_secrets = any(field.secret for field in manifest.fields)
    signs_in = has_secrets or bool(manifest.logins)
    assert signs_in == (manifest.capabilities.credentials != "none"), "secret fields and credentials contradict"
    logins = [login.id for login in manifest.logins]
    assert len(logins) == len(set(logins)), "two ways to sign in have the same id"
    for login in manifest.logins:
        assert _CODE.fullmatch(login.id), f"the id {login.id!r} is no small word"
        unknown = set(login.fields) - set(names)
        assert not unknown, f"the way to sign in {login.id} asks for unknown fields: {unknown}"
    for field in manifest.fields:
        _check_field(field)
    _check_presets(manifest)


def _check_presets(manifest: Manifest) -> None:
    assert bool(manifest.presets) <= (manifest.field(manifest.preset_from) is not None), "preset_from is no field"
    logins = {"password", "app_password", "authorization_code", *(login.id for login in manifest.logins)}
    known: set[str] = set()
    for preset in manifest.presets:
        assert preset.id not in known, f"two presets are called {preset.id}"
        known.add(preset.id)
        assert preset.login in logins, f"preset {preset.id}: no such way to sign in: {preset.login}"
        assert not preset.link or preset.link.startswith("https://"), f"preset {preset.id}: {preset.link}"
        for name in preset.settings:
            field = manifest.field(name)
            assert field is not None, f"preset {preset.id}: no field {name}"
            assert not field.secret, f"preset {preset.id}: {name} is secret"
        for domain in preset.match:
            assert manifest.preset_of(f"x@{domain.replace('*.', 'a.')}") is preset, f"{domain} stands twice"


def _check_field(field: Any) -> None:
    assert not (field.secret and field.default is not None), f"{field.name}: a secret has no default"
    assert bool(field.choices) == (field.type == "choice"), f"{field.name}: choices are for choice fields"
    if field.type == "choice" and field.default is not None:
        assert field.default in [choice.value for choice in field.choices], f"{field.name}: default is no choice"
    if field.type == "number" and field.default is not None:
        assert (field.minimum or field.default) <= field.default <= (field.maximum or field.default), field.name
    if field.type == "password":
        assert field.secret, f"{field.name}: a password is secret, and belongs to the credentials"


def _words(manifest: Manifest) -> Iterator[tuple[str, Words]]:
    yield "title", manifest.title
    yield "summary", manifest.summary
    for field in manifest.fields:
        yield f"title of {field.name}", field.title
        if field.help:
            yield f"help of {field.name}", field.help
        for choice in field.choices:
            yield f"choice {choice.value} of {field.name}", choice.title
    for login in manifest.logins:
        yield f"title of the way to sign in {login.id}", login.title
        if login.help:
            yield f"help of the way to sign in {login.id}", login.help
    for preset in manifest.presets:
        yield f"title of preset {preset.id}", preset.title
        yield from ((f"words of preset {preset.id}", words) for words in (preset.secret, preset.note) if words)
    for login in manifest.logins:
        yield f"title of login {login.id}", login.title
        if login.help:
            yield f"help of login {login.id}", login.help
    for code, words in manifest.texts.items():
        yield f"text {code}", words


def contrast_with_white(color: str) -> float:
    """Return the contrast of white text on ``#rrggbb`` (WCAG: 1 to 21)."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def check_page(adapter: Platform, page: Poll) -> None:
    """Every item of a page is within its limits and of a kind that the adapter declares."""
    assert page.cursor is None or len(page.cursor) <= MAX_CURSOR, "the cursor is too long"
    for item in page.items:
        assert item.kind in adapter.kinds, f"{item.kind} is not declared"
        assert 0 < len(item.key) <= 512, "a key has 1 to 512 characters"
        assert item.title, "an item has a title"
        assert len(item.text.encode()) <= MAX_ITEM_TEXT_BYTES, "the text is too long"
        assert 0 <= item.created_at <= item.detected_at, "made after it was found"
        msgspec.json.encode(item)


async def keeps_quiet(adapter: Platform, known: str | None = None) -> str | None:
    """Nothing happens between two polls: the second one reports no key that the first did not. Returns the cursor."""
    first, cursor = await poll_all(adapter, known)
    second, again = await poll_all(adapter, cursor)
    strange = {item.key for item in second} - {item.key for item in first}
    assert not strange, f"new without a cause: {strange}"
    third, _ = await poll_all(adapter, again)
    assert {item.key for item in third} <= {item.key for item in second}, "what was known is reported again and again"
    return again


async def goes_on(first: Platform, second: Platform) -> None:
    """Another adapter of the same account goes on at the cursor, and calls what it reports again by the same keys."""
    found, cursor = await poll_all(first, None)
    anew, _ = await poll_all(second, None)
    assert {item.key for item in found} <= {item.key for item in anew}, "keys differ from adapter to adapter"
    continued, _ = await poll_all(second, cursor)
    assert {item.key for item in continued} <= {item.key for item in found}, "the cursor means nothing to another one"


async def survives_cursor(adapter: Platform, cursor: str) -> None:
    """A cursor that is not its own is no reason to fail for ever."""
    await poll_all(adapter, cursor)


async def raises(expected: type[PlatformError], adapter: Platform, *fields: str) -> PlatformError:
    """Both a poll and a probe raise ``expected`` (no subclass that means something else), and name ``fields``."""
    for call in (adapter.probe, lambda: poll_all(adapter, None)):
        error = await _raised(call())
        assert error is not None, f"nothing was raised instead of {expected.__name__}"
        assert type(error) is expected, f"{type(error).__name__}: {error}"
        for words in (error.reason, *error.fields.values()):
            check_text(words)
        missing = set(fields) - set(error.fields)
        assert not missing, f"{error.reason.code} does not name {missing}, but {set(error.fields)}"
    assert error is not None
    return error


async def _raised(work: Awaitable[Any]) -> PlatformError | None:
    try:
        await work
    except PlatformError as error:
        return error
    return None


async def refuses(adapter: Platform, field: str) -> PlatformError:
    """Settings that cannot work are refused as such, naming ``field``."""
    return await raises(InvalidConfig, adapter, field)


def check_text(words: Text) -> None:
    """A sentence for people has a known code and its parameters."""
    assert words.code not in TEMPLATES or words == text(words.code, **words.params), f"{words} is not its code's"
    assert words.message, f"{words.code} says nothing"


async def closes_twice(adapter: Platform) -> None:
    """Letting go twice is no fault."""
    await adapter.close()
    await adapter.close()

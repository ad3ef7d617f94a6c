"""The authorities of the system, read when the first connection needs them: 2.7 MB and 50 ms of every process."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from typing import Any


class LateContext(ssl.SSLContext):
    """A client's context with Python's defaults, which reads the system's authorities at its first connection."""

    _read = False

    def wrap_bio(self, *arguments: Any, **more: Any) -> ssl.SSLObject:
        self._read_authorities()
        return super().wrap_bio(*arguments, **more)

    def wrap_socket(self, *arguments: Any, **more: Any) -> ssl.SSLSocket:
        self._read_authorities()
        return super().wrap_socket(*arguments, **more)

    def _read_authorities(self) -> None:
        if not self._read:
            self.load_default_certs(ssl.Purpose.SERVER_AUTH)
            # After it: two threads read twice rather than that one connects without any.
            self._read = True


@contextlib.contextmanager
def late_authorities() -> Iterator[None]:
    """Around the first import of ``aiohttp``, which makes two contexts and reads the authorities for both.

    Its context that verifies becomes a :class:`LateContext`; the other verifies nothing and needs none. Contexts that
    other threads make meanwhile are what they always are.
    """
    mine = threading.get_ident()
    make, load, read = (
        ssl.create_default_context,
        ssl.SSLContext.load_default_certs,
        ssl.SSLContext.set_default_verify_paths,
    )

    def create(*arguments: Any, **more: Any) -> ssl.SSLContext:
        context = make(*arguments, **more)
        if not arguments and not more and threading.get_ident() == mine:
            context.__class__ = LateContext
        return context

    def load_here(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        if threading.get_ident() != mine:
            load(context, purpose)

    def read_here(context: ssl.SSLContext) -> None:
        if threading.get_ident() != mine:
            read(context)

    ssl.create_default_context = create
    ssl.SSLContext.load_default_certs = load_here  # type: ignore[assignment, method-assign]
    ssl.SSLContext.set_default_verify_paths = read_here  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        ssl.create_default_context = make
        ssl.SSLContext.load_default_certs = load  # type: ignore[method-assign]
        # It belongs to the class below; what was put over it goes.
        del ssl.SSLContext.set_default_verify_paths

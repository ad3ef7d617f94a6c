"""Keeping optional parts of libraries out of a process."""

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def without(*modules: str) -> Iterator[None]:
    """Let optional imports of ``modules`` fail, where nobody has imported them yet."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None is how Python marks them
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]

"""A value that must not be seen: no repr, no str, no pickle, no format."""

from typing import Any, NoReturn


class Secret:
    """Holds one credential document (JSON object) and shows it only through :meth:`reveal`."""

    __slots__ = ("_document",)

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def reveal(self) -> dict[str, Any]:
        """Return a copy of the document. Call it at the last moment and keep the result nowhere."""
        return dict(self._document)

    def get(self, name: str, default: str = "") -> str:
        """Return one field as text, ``default`` when it is absent."""
        return str(self._document.get(name, default))

    def wipe(self) -> None:
        """Forget the document. Later reads find it empty."""
        self._document.clear()

    def __bool__(self) -> bool:
        return bool(self._document)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")


def veiled(of: object) -> str:
    """Be the ``__repr__`` of what has something secret in it: ``__repr__ = veiled``."""
    return f"{type(of).__name__}(…)"

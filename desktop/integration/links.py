"""Opening links of items: untrusted, so only after a look at their scheme."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

SCHEMES = frozenset({"http", "https", "mailto"})


def safe_url(link: str) -> QUrl | None:
    """Return the address if it may be opened: a valid ``http``, ``https`` or ``mailto`` one."""
    url = QUrl(link.strip(), QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme().lower() not in SCHEMES:
        return None
    if url.scheme().lower() != "mailto" and not url.host():
        return None
    return url


def open_link(link: str) -> bool:
    """Open a link in the person's browser or mail program. False when it is refused or nothing opened it."""
    url = safe_url(link)
    return url is not None and QDesktopServices.openUrl(url)

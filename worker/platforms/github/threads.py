"""Threads of the inbox as the API tells them, and as items."""

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from worker.sdk.apis import is_web, seconds_of
from worker.sdk.platform import Item, ItemKind, make_item

_KINDS: Final = {
    "mention": ItemKind.MENTION,
    "team_mention": ItemKind.MENTION,
    "comment": ItemKind.COMMENT,
    "author": ItemKind.COMMENT,
    "manual": ItemKind.COMMENT,
}
"""By reason; all others are entries."""
_PAGES: Final = {
    "CheckSuite": "/actions",
    "WorkflowRun": "/actions",
    "Discussion": "/discussions",
    "Release": "/releases",
    "RepositoryInvitation": "/invitations",
    "RepositoryVulnerabilityAlert": "/security/dependabot",
    "RepositoryDependabotAlertsThread": "/security/dependabot",
}
"""Where a browser finds a subject that has no page of its own in the API's answer."""
_PLACE = re.compile(r"/repos/[^/]+/[^/]+/(issues|pulls|commits)/([0-9A-Za-z]{1,64})$")
_COMMENT = re.compile(r"/repos/[^/]+/[^/]+/(issues/comments|pulls/comments|comments)/([0-9]{1,20})$")
_FOLDERS: Final = {"issues": "issues", "pulls": "pull", "commits": "commit"}
_ANCHORS: Final = {
    "issues/comments": "#issuecomment-",
    "pulls/comments": "#discussion_r",
    "comments": "#commitcomment-",
}


class Subject(msgspec.Struct, frozen=True):
    """What a thread is about; addresses are those of the API."""

    title: str | None = None
    url: str | None = None
    latest_comment_url: str | None = None
    type: str | None = None


class Repository(msgspec.Struct, frozen=True):
    """Where a thread is."""

    full_name: str | None = None
    html_url: str | None = None


class Thread(msgspec.Struct, frozen=True):
    """One thread of the inbox."""

    id: str
    updated_at: str
    reason: str | None = None
    unread: bool | None = True
    subject: Subject = Subject()
    repository: Repository = Repository()

    @property
    def key(self) -> str:
        """The same for ever for what happened last in the thread, and another one for what happens next."""
        comment = _COMMENT.search(_path(self.subject.latest_comment_url))
        return f"{self.id[:64]}:{self.updated_at[:40]}" + (f":{comment.group(2)}" if comment else "")

    @property
    def mark(self) -> str:
        """A short hash of the key, to be remembered."""
        return hashlib.sha256(self.key.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def moment(self) -> float:
        """When it changed, in seconds since 1970. Raises ``ValueError``."""
        return seconds_of(self.updated_at)


class Writer(msgspec.Struct, frozen=True):
    """Who wrote something."""

    login: str | None = None


class Detail(msgspec.Struct, frozen=True):
    """What a thread's latest comment says (Markdown), or its issue, pull request or release."""

    body: str | None = None
    user: Writer | None = None
    author: Writer | None = None

    @property
    def writer(self) -> str:
        """The name of who wrote it, "" where it is not told."""
        return (self.user and self.user.login) or (self.author and self.author.login) or ""


def item_of(thread: Thread, detail: Detail | None = None) -> Item:
    """Return a thread as an item. Raises ``ValueError`` for an odd time."""
    subject, name = thread.subject, thread.repository.full_name or ""
    said = (detail.body or "").replace("\r\n", "\n").strip() if detail is not None else ""
    about = [name, subject.type or "", (thread.reason or "").replace("_", " ")]
    return make_item(
        _KINDS.get(thread.reason or "", ItemKind.ENTRY),
        thread.key,
        subject.title or name or thread.id,
        body="\n\n".join(part for part in (" · ".join(part for part in about if part), said) if part),
        author=(detail.writer if detail is not None else "") or name,
        url=page_of(thread),
        thread=f"{name}#{thread.id}" if name else thread.id,
        created_at=round(thread.moment * 1000),
    )


def page_of(thread: Thread) -> str:
    """Return the address that a browser shows the thread at, its latest comment where that is known."""
    home, subject = thread.repository.html_url, thread.subject
    if home is None or not is_web(home):
        return ""
    place = _PLACE.search(_path(subject.url))
    if place is None:
        return home + _PAGES.get(subject.type or "", "")
    page = f"{home}/{_FOLDERS[place.group(1)]}/{place.group(2)}"
    comment = _COMMENT.search(_path(subject.latest_comment_url))
    return page + (f"{_ANCHORS[comment.group(1)]}{comment.group(2)}" if comment else "")


def _path(url: str | None) -> str:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""

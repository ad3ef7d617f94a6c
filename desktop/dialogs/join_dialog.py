"""How a worker that is started elsewhere joins: a token of its own, shown once, and the commands that start it."""

from typing import Final
from urllib.parse import urlsplit

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.copy_boxes import CopyBox
from desktop.dialogs.new_tokens import make_token
from master.api.system import Token, TokenCreate

FILE: Final = "FILE"
"""Stands for the path of the token's file in the commands."""
IMAGE: Final = "watchkeeper-worker"


def start_command(url: str, worker_id: str) -> str:
    """Return what starts it where the program is installed."""
    return f"watchkeeper worker --connect {url} --id {worker_id} --token-file {FILE}"


def container_commands(url: str, worker_id: str) -> str:
    """Return what starts it in a container: the token is a secret of it, what it found is in a volume."""
    name = f"watchkeeper-{worker_id}"
    return (
        f"podman secret create {name} {FILE}\n"
        f"podman run -d --name {name} --network host \\\n"
        f"  --secret {name} -v {name}:/data \\\n"
        f"  {IMAGE} --connect {url} \\\n"
        f"  --id {worker_id} --token-file /run/secrets/{name}"
    )


def tunnel_command(url: str) -> str:
    """Return what leads from another computer to the master."""
    port = urlsplit(url).port
    return f"ssh -N -L {port}:127.0.0.1:{port} USER@HOST"


def free_name(worker_id: str, tokens: list[Token]) -> str:
    """Return what a further token of a worker is called: ``attic``, then ``attic 2``."""
    taken = {one.name for one in tokens}
    names = [worker_id, *(f"{worker_id} {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


class JoinDialog(BaseDialog):
    """The token is made when it is asked for: those that there are already stay valid."""

    def __init__(self, context: Context, worker_id: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(context, self.tr("How {name} joins").format(name=name), parent)
        self._worker_id, self._tokens = worker_id, list[Token]()
        url = context.bridge.client.url
        self._say(self.tr("Watchkeeper does not start this worker: start it where it is to run, with its token."))
        self.token = CopyBox(self.tr("Token"), self)
        self.token.hide()
        self.body.addWidget(self.token)
        self.words = self._say("")
        self.words.hide()
        self.start_box = self._box(self.tr("Where Watchkeeper is installed"), start_command(url, worker_id))
        self._say(self.tr("{file} is the path of the file that has the token.").format(file=FILE), "small")
        self.container_box = self._box(self.tr("In a container"), container_commands(url, worker_id))
        self.tunnel_box = self._box(self.tr("On another computer, a tunnel first"), tunnel_command(url))
        self._say(
            self.tr(
                "The master listens on its own computer alone, which is {host} here. The tunnel leads there;"
                " while it is open, the commands above work on the other computer as they are."
            ).format(host="HOST"),
            "small",
        )
        self.body.addStretch(1)
        self.close_button = self.add_button(self.tr("Close"), busy=False)
        self.close_button.clicked.connect(lambda _checked=False: self.reject())
        self.make_button = self.add_button(self.tr("Make token"), kind="primary")
        self.make_button.clicked.connect(lambda _checked=False: self.make())
        self.fit()

    def open_with_token(self) -> None:
        """Open it, and have a token made."""
        self.open()
        self.make()

    def open_known(self) -> None:
        """Open it, and say which tokens there are."""
        self.open()
        self.start(self._look())

    def make(self) -> None:
        """Have a token made; its value is in this answer and nowhere else."""
        self.start(self._make())

    def _say(self, words: str, kind: str = "muted") -> PlainLabel:
        label = PlainLabel(words, self)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label

    def _box(self, title: str, command: str) -> CopyBox:
        box = CopyBox(title, self, command)
        self.body.addWidget(box)
        return box

    async def _look(self) -> bool:
        """False: the dialog was closed meanwhile."""
        self._tokens = await self.context.bridge.call(self.context.bridge.client.tokens())
        if self.gone:
            return False
        known = sum(one.worker_id == self._worker_id for one in self._tokens)
        words = self.tr("It has no token yet.")
        if known:
            words = self.tr("%n token(s) of it are valid, and stay so. They end in Settings, Security.", "", known)
        self._tell(words)
        return True

    async def _make(self) -> None:
        if not await self._look():
            return  # nobody would see it
        body = TokenCreate(name=free_name(self._worker_id, self._tokens), scope="worker", worker_id=self._worker_id)
        token = await make_token(self.context.bridge, body, lambda: self.gone)
        if token is None:
            return
        self.token.set_text(str(token.token))
        self.token.show()
        self.make_button.hide()
        self._tell(
            self.tr(
                "Copy it now: it is kept as a hash alone and cannot be shown again."
                " Save it in a file that only the worker's user can read."
            )
        )
        self.unlock()
        self.token.copy_button.setFocus()

    def _tell(self, words: str) -> None:
        self.words.setText(words)
        self.words.show()
        self.fit()

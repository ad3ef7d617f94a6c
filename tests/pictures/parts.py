"""One part of the comparison, in a process of its own: all scenes in one language and one scheme."""

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QWidget

from desktop.theme import CJK, NORMAL, TITLE
from tests.pictures import maps, references
from tests.pictures.references import Sheet
from tests.pictures.scenes import Stage, speaking
from tests.pictures.worlds import still

PARTS = ("en-light", "en-dark", "zh_CN-light", "zh_CN-dark")
ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "1",
    "QT_FONT_DPI": "96",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "C",
}
"""What a picture must not depend on."""


@dataclass(frozen=True)
class Verdict:
    """What came of one part."""

    refused: list[str]
    """Lines for a person: scene, why, where its pictures are."""
    skipped: str = ""


def make_app() -> QApplication:
    """Return the application that pictures are taken of; nothing in it blinks."""
    qInstallMessageHandler(_tell)
    app = QApplication(sys.argv[:1])
    app.setCursorFlashTime(0)
    return app


def _tell(kind: QtMsgType, _where: object, words: str) -> None:
    if not words.startswith("This plugin does not support"):  # what the offscreen display cannot do
        print(kind.name, words, file=sys.stderr)


class Complaints(logging.Handler):
    """What the window logged: a page that failed shows a sentence about it, which is no picture to keep."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(self.format(record))


def take(app: QApplication, part: str, only: frozenset[str] = frozenset()) -> tuple[str, dict[str, QImage]]:
    """Return the key of the fonts and the picture of each scene. Ends the process when a page failed."""
    language, mode = part.rsplit("-", 1)
    pictures: dict[str, QImage] = {}

    def grab(name: str, shown: QWidget) -> None:
        pictures[name] = shown.grab().toImage()

    complaints = Complaints()
    logging.getLogger("watchkeeper").addHandler(complaints)
    with still(), speaking(app, language):
        stage = Stage(app, language, mode)
        theme = stage.context.theme
        key = maps.font_key([theme.font(NORMAL), theme.font(TITLE, bold=True)])
        stage.walk(grab, only)
        stage.close()
    if complaints.lines:
        raise SystemExit("\n".join([f"{part}: what is shown is not whole", *complaints.lines]))
    return key, pictures


def accept(app: QApplication, part: str, only: frozenset[str], folder: Path = references.FOLDER) -> None:
    """Keep the pictures of today as what is right; ``only``: those of these scenes, the others as they were."""
    key, pictures = take(app, part, only)
    path = references.path_of(part, folder)
    sheet = Sheet(fonts=key)
    if only and path.exists():
        sheet = references.read(path)
        if sheet.fonts != key:
            raise SystemExit(f"{path.name} was made with other fonts; accept all scenes at once")
    sheet.maps |= {name: maps.to_map(image) for name, image in pictures.items()}
    references.write(sheet, path)


def check(app: QApplication, part: str, only: frozenset[str], out: Path, folder: Path = references.FOLDER) -> Verdict:
    """Compare; what is refused is written to ``out``: the new picture, the kept one, and the difference."""
    language = part.rsplit("-", 1)[0]
    if language != "en" and not _has_chinese():
        return Verdict([], f"{part}: there is no Chinese font here ({', '.join(CJK)})")
    key, pictures = take(app, part, only)
    try:
        sheet = references.read(references.path_of(part, folder))
    except FileNotFoundError:
        return Verdict([f"{part}: there is no reference yet; --accept makes it"])
    kept = {name for name in sheet.maps if not only or name in only}
    refused = [f"{part} {name}: the scene is gone" for name in sorted(kept - set(pictures))]
    for name, image in pictures.items():
        words, places, old = "it is new: --accept keeps it", [QRect()], sheet.maps.get(name)
        if old is not None:
            found = maps.compare(maps.to_map(image), old, same_fonts=key == sheet.fonts)
            words, places = found.words, found.places
        if words:
            refused.append(f"{part} {name}: {words}\n    {_write(out / part, name, image, old, places)}")
    return Verdict(refused)


def _write(out: Path, name: str, image: QImage, old: maps.Map | None, places: list[QRect]) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    image.save(str(out / f"{name}.png"))
    if old is not None:
        maps.to_image(old).save(str(out / f"{name}.reference.png"))
        maps.marked(image, places).save(str(out / f"{name}.difference.png"))
    return out / f"{name}.png"


def _has_chinese() -> bool:
    from PySide6.QtGui import QFontDatabase

    return bool(set(CJK) & set(QFontDatabase.families())) or not sys.platform.startswith("linux")


def main() -> int:
    """Do one part, as the process that asked says: what, which, where to, and the scenes."""
    what, part, out, *only = sys.argv[1:]
    os.environ.update(ENVIRONMENT)
    app = make_app()
    app.setFont(QFont(app.font()))
    if what == "accept":
        accept(app, part, frozenset(only))
        return 0
    verdict = check(app, part, frozenset(only), Path(out))
    if verdict.skipped:
        print(f"skipped {verdict.skipped}")
    for line in verdict.refused:
        print(f"refused {line}")
    return 1 if verdict.refused else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # widgets that Python still holds need no order now

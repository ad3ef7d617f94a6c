"""The kept maps of a language and a scheme: one sheet, a PNG whose texts name the scenes and the fonts."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from tests.pictures.maps import Map

FOLDER = Path(__file__).parent / "references"
WIDTH = 600
"""Blocks of a sheet's rows."""


@dataclass
class Sheet:
    """``fonts``: how letters looked where it was made."""

    fonts: str
    maps: dict[str, Map] = field(default_factory=dict)


def path_of(part: str, folder: Path = FOLDER) -> Path:
    """Return where the sheet of a part (``en-light``) stands."""
    return folder / f"{part}.png"


def write(sheet: Sheet, path: Path) -> None:
    """Lay the maps out, the highest first, row by row."""
    placed: dict[str, tuple[int, int, int, int]] = {}
    left = top = height = 0
    for name, one in sorted(sheet.maps.items(), key=lambda entry: (-entry[1].shape[0], entry[0])):
        rows, columns = one.shape[:2]
        if left + columns > WIDTH:
            left, top, height = 0, top + height, 0
        placed[name] = (left, top, columns, rows)
        left, height = left + columns, max(height, rows)
    whole = np.zeros((top + height, WIDTH, 3), np.uint8)
    for name, (x, y, columns, rows) in placed.items():
        whole[y : y + rows, x : x + columns] = sheet.maps[name]
    texts = PngImagePlugin.PngInfo()
    texts.add_text("fonts", sheet.fonts)
    texts.add_text("scenes", json.dumps(placed))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(whole).save(path, pnginfo=texts, optimize=True)


def read(path: Path) -> Sheet:
    """Return what :func:`write` wrote. Raises ``FileNotFoundError`` when there is none yet."""
    with Image.open(path) as image:
        texts = dict(image.info)
        whole = np.array(image.convert("RGB"))
    placed = json.loads(texts["scenes"])
    maps = {name: whole[y : y + rows, x : x + columns] for name, (x, y, columns, rows) in placed.items()}
    return Sheet(fonts=texts["fonts"], maps=maps)

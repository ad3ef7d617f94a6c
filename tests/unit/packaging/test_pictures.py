"""Whether a picture shows anything is seen without a library."""

import pytest
from PySide6.QtGui import QColor, QImage

from makers.contexts import PackagingError
from makers.pictures import colours


@pytest.mark.parametrize("kind", [QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32])
def test_colours_are_counted_whatever_the_filters_of_the_lines(tmp_path, kind) -> None:
    path = tmp_path / "picture.png"
    image = QImage(64, 48, kind)
    image.fill(QColor("#123456"))
    assert image.save(str(path))
    assert colours(path) == 1
    seen = set()
    for y in range(48):
        for x in range(64):
            colour = QColor((x * y) % 256, (x * 3) % 256, (y * 5 + x * x) % 256, 255)
            image.setPixelColor(x, y, colour)
            seen.add(image.pixel(x, y))
    assert image.save(str(path))
    assert colours(path) == len(seen)
    assert colours(path, most=1) == len({image.pixel(x, 0) for x in range(64)})


def test_what_is_no_picture_is_told(tmp_path) -> None:
    path = tmp_path / "picture.png"
    with pytest.raises(PackagingError, match="is no picture"):
        colours(path)
    path.write_text("no picture")
    with pytest.raises(PackagingError, match="is no picture"):
        colours(path)
    grey = QImage(4, 4, QImage.Format.Format_Grayscale8)
    grey.fill(3)
    assert grey.save(str(path))
    with pytest.raises(PackagingError, match="of another kind"):
        colours(path)

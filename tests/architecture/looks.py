"""Rules of the one visual language: distances from the grid, text from the scale, colours from the tokens."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from tests.architecture.sources import nodes, python_files

GRID = frozenset({0, 1, 2, 4, 8, 12, 16, 24})
"""Distances between things in device-independent pixels; 1 and 2 are the room of a line and of a focus ring."""
STEP = 4
"""Whole heights and widths are so many times this."""
RADII = frozenset({0, 2, 4, 6, 8, 9, 10})
"""Round corners; 9 lies within the line of a card. A pill has half of its height."""
LINED = {"QPushButton": 1, "QToolButton": 1, "QLineEdit": 1, "QComboBox": 1, "QPlainTextEdit": 1, "QDateTimeEdit": 1}
"""Lines around what has them in every look: their pixels come on top of what the style sheet calls a height."""
SCALE = frozenset({11, 13, 15, 20})
SIZES = frozenset({"SMALL", "NORMAL", "LARGE", "TITLE"})
DISTANCES = frozenset(
    {"setSpacing", "setHorizontalSpacing", "setVerticalSpacing", "addSpacing", "setContentsMargins", "setMargin"}
)

THEME = "desktop/theme.py"
TRAY = "desktop/integration/tray_icons.py"  # drawn for grounds that the window does not know
OWN_COLOURS = {
    THEME,
    TRAY,
    "desktop/delegates/inks.py",  # what terminals call red and blue; made readable on the ground they stand on
    "desktop/delegates/qr_codes.py",  # black on white, or cameras do not read them
}
OWN_SIZES = {THEME, TRAY}
BALLOON = "QBalloonTip"  # Qt's own ground is pale in both schemes

RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
ROOMS = ("padding", "margin", "spacing", "right", "left", "top", "bottom")
SIZED = ("width", "height", "min-width", "min-height", "max-width", "max-height")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def _constants(tree: ast.Module) -> dict[str, int]:
    """Return the whole numbers that a module names at its top."""
    found: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and type(node.value.value) is int:
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def _numbers(node: ast.expr, names: dict[str, int]) -> Iterator[int]:
    """Yield what a distance may be: constants, named ones, both ends of a choice; sums are not looked through."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield node.value
    elif isinstance(node, ast.Name) and node.id in names:
        yield names[node.id]
    elif isinstance(node, ast.IfExp):
        yield from _numbers(node.body, names)
        yield from _numbers(node.orelse, names)


def off_the_grid(root: Path) -> list[str]:
    """Distances in layouts come from the grid."""
    faults = []
    for path, tree in python_files(root, ("desktop",)):
        names = _constants(tree)
        flows = [("FlowLayout", node) for node in nodes(tree) if _makes(node, "FlowLayout")]
        for name, call in (*_calls(tree), *flows):
            if name in DISTANCES or name == "FlowLayout":
                odd = sorted({number for arg in call.args for number in _numbers(arg, names)} - GRID)
                faults += [f"{path}:{call.lineno} {name} uses {number}" for number in odd]
    return faults


def styles_off_the_grid(root: Path) -> list[str]:
    """The style sheets have distances of the grid, whole sizes of its steps with their lines, corners of few kinds."""
    faults = []
    for path, line, text in _style_lines(root):
        for selectors, block in RULE.findall(text):
            said = dict(re.findall(r"([a-z-]+):\s*([^;]+)", block))
            across, below = _lines(selectors, said)
            sizes = {name: int(found[1]) for name in SIZED if (found := re.fullmatch(r"(\d+)px", said.get(name, "")))}
            for name in (*ROOMS, *sizes):
                for number in map(int, re.findall(r"\d+", said.get(name, ""))):
                    lined = below if "height" in name else across
                    grid = _on_grid(number, lined) if name in ROOMS else _is_step(number, lined)
                    faults += [] if grid else [f"{path}:{line} {selectors.strip()}: {name} {said[name]}"]
            whole = sizes.get("min-height", sizes.get("height", 0)) + below
            corners = RADII | {whole // 2}
            odd = sorted({int(one) for one in re.findall(r"radius:\s*(\d+)px", block)} - corners)
            faults += [f"{path}:{line} {selectors.strip()}: radius {number}" for number in odd]
    return faults


def _lines(selectors: str, said: dict[str, str]) -> tuple[int, int]:
    """Return how many pixels of line something has at left and right, and above and below, both sides together."""
    widths = [int(found[1]) for found in [re.match(r"(\d+)px", said.get("border", ""))] if found]
    usual = next((lines for kind, lines in LINED.items() if re.search(rf"\b{kind}\b(?!.*::)", selectors)), 0)
    around = 0 if said.get("border") == "none" else widths[0] if widths else usual
    edge = re.match(r"(\d+)px", said.get("border-bottom", ""))
    if "QHeaderView" in selectors:  # stands within the line of its table
        return 2, int(edge[1]) if edge else 0
    return 2 * around, 2 * around + (int(edge[1]) if edge else 0)


def _on_grid(number: int, lines: int) -> bool:
    """A distance may count from the inner or from the outer edge of a line."""
    return number in GRID or number + lines // 2 in GRID or (lines > 2 and number + lines // 2 - 1 in GRID)


def _is_step(number: int, lines: int) -> bool:
    """Lines themselves are thin."""
    return number in (0, 1) or (number + lines) % STEP == 0


def off_the_scale(root: Path) -> list[str]:
    """Text has one of the four sizes."""
    faults = []
    for path, tree in python_files(root, ("desktop",)):
        for name, call in _calls(tree):
            if name in ("setPointSize", "setPointSizeF") and path not in OWN_SIZES:
                faults.append(f"{path}:{call.lineno} {name}: sizes are pixels of the scale")
            if name == "setPixelSize" and path not in OWN_SIZES:
                size = call.args[0]
                if not (isinstance(size, ast.Name) and size.id in SIZES):
                    faults.append(f"{path}:{call.lineno} {name}({ast.unparse(size)})")
    for path, line, text in _style_lines(root):
        odd = sorted({int(size) for size in re.findall(r"font-size:\s*(\d+)px", text)} - SCALE)
        faults += [f"{path}:{line} font-size {size}" for size in odd]
        if re.search(r"font-size:\s*[\d.]+(?!px)[a-z%]", text):
            faults.append(f"{path}:{line} font-size: sizes are pixels of the scale")
    return faults


def own_colours(root: Path) -> list[str]:
    """Colours come from the tokens: none is written where it is used."""
    faults = []
    for path, tree in python_files(root, ("desktop",)):
        if path in OWN_COLOURS:
            continue
        for node in nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX.fullmatch(node.value):
                faults.append(f"{path}:{node.lineno} writes {node.value}")
            elif isinstance(node, ast.Attribute) and _global(node):
                faults.append(f"{path}:{node.lineno} uses {ast.unparse(node)}")
            elif _makes(node, "QColor"):
                faults += [f"{path}:{node.lineno} makes {ast.unparse(node)}" for arg in node.args if _written(arg)]
    for path, line, text in _style_lines(root):
        if BALLOON not in text:
            faults += [f"{path}:{line} writes {found}" for found in HEX.findall(text)]
    return faults


def own_styles(root: Path) -> list[str]:
    """The style sheet is one: widgets have none of their own."""
    return [
        f"{path}:{call.lineno} has a style sheet"
        for path, tree in python_files(root, ("desktop",))
        for name, call in _calls(tree)
        if name == "setStyleSheet" and path != THEME
    ]


def _makes(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _global(node: ast.Attribute) -> bool:
    return ast.unparse(node.value).endswith("GlobalColor") and node.attr != "transparent"


def _written(arg: ast.expr) -> bool:
    return isinstance(arg, ast.Constant)


def _style_lines(root: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted((root / "resources" / "styles").glob("*.qss")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield path.relative_to(root).as_posix(), number, text

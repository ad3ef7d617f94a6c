"""The window speaks one visual language, and each rule of it finds what is planted."""

import pytest

from tests.architecture import looks
from tests.architecture.rules import ROOT

RULES = [looks.off_the_grid, looks.styles_off_the_grid, looks.off_the_scale, looks.own_colours, looks.own_styles]

QSS = "resources/styles/window.qss"
PLANTED = [
    (looks.off_the_grid, "desktop/views/a.py", "layout.setSpacing(6)"),
    (looks.off_the_grid, "desktop/views/a.py", "layout.setContentsMargins(16, 14, 16, 16)"),
    (looks.off_the_grid, "desktop/views/a.py", "GAP = 10\ngrid.setVerticalSpacing(GAP)"),
    (looks.off_the_grid, "desktop/views/a.py", "line.addSpacing(8 if wide else 5)"),
    (looks.off_the_grid, "desktop/views/a.py", "row = FlowLayout(6, self)"),
    (looks.styles_off_the_grid, QSS, "QMenu::item { padding: 6px 24px 6px 12px; }"),
    (looks.styles_off_the_grid, QSS, "QLabel { margin: 0 10px; }"),
    (looks.styles_off_the_grid, QSS, "QCheckBox { spacing: 5px; }"),
    (looks.styles_off_the_grid, QSS, 'QPushButton[kind="chip"] { min-height: 24px; }'),
    (looks.styles_off_the_grid, QSS, "QComboBox::drop-down { border: none; width: 26px; }"),
    (looks.styles_off_the_grid, QSS, "QCheckBox::indicator { width: 15px; border: 1px solid @muted; }"),
    (looks.styles_off_the_grid, QSS, "QHeaderView::section { border-bottom: 1px solid @line; min-height: 34px; }"),
    (looks.styles_off_the_grid, QSS, "QFrame { border-radius: 13px; }"),
    (looks.off_the_scale, "desktop/views/a.py", "font.setPixelSize(12)"),
    (looks.off_the_scale, "desktop/views/a.py", "font.setPixelSize(NORMAL - 1)"),
    (looks.off_the_scale, "desktop/views/a.py", "font.setPointSizeF(9.5)"),
    (looks.off_the_scale, QSS, "QLabel { font-size: 14px; }"),
    (looks.off_the_scale, QSS, "QLabel { font-size: 10pt; }"),
    (looks.own_colours, "desktop/views/a.py", "color = '#ff0000'"),
    (looks.own_colours, "desktop/views/a.py", "painter.setPen(QColor('red'))"),
    (looks.own_colours, "desktop/views/a.py", "painter.setPen(QColor(255, 0, 0))"),
    (looks.own_colours, "desktop/views/a.py", "painter.setPen(Qt.GlobalColor.red)"),
    (looks.own_colours, QSS, "QLabel { color: #ff0000; }"),
    (looks.own_styles, "desktop/views/a.py", "button.setStyleSheet('padding: 0')"),
]
INNOCENT = [
    (
        looks.off_the_grid,
        "desktop/views/a.py",
        "GAP = 12\nlayout.setSpacing(GAP)\nlayout.setContentsMargins(1, 0, 2, 24)",
    ),
    (looks.off_the_grid, "desktop/views/a.py", "layout.setContentsMargins(MARGIN, 16, MARGIN, 16)"),
    (looks.styles_off_the_grid, QSS, "QPushButton { border: 1px solid @line; padding: 0 12px; min-height: 30px; }"),
    (
        looks.styles_off_the_grid,
        QSS,
        "QLineEdit { border: 2px solid @bad; padding: 3px 7px; min-height: 28px; }",
    ),
    (looks.styles_off_the_grid, QSS, "QListWidget::item { border: 1px solid transparent; padding: 3px 7px; }"),
    (looks.styles_off_the_grid, QSS, 'QPushButton[kind="pill"] { border-radius: 14px; min-height: 26px; }'),
    (looks.styles_off_the_grid, QSS, 'QFrame[kind="rule"] { border: none; max-height: 1px; }'),
    (looks.off_the_scale, "desktop/views/a.py", "font.setPixelSize(SMALL)"),
    (looks.off_the_scale, "desktop/integration/tray_icons.py", "font.setPixelSize(9)"),
    (looks.off_the_scale, QSS, "QLabel { font-size: 15px; }"),
    (looks.own_colours, "desktop/views/a.py", "pixmap.fill(Qt.GlobalColor.transparent)\npen = QColor(tokens.text)"),
    (looks.own_colours, "desktop/views/a.py", "title = 'number #12'"),
    (looks.own_colours, "desktop/delegates/qr_codes.py", "QColor('#000000')"),
    (looks.own_colours, QSS, "QLabel { color: @muted; }"),
    (looks.own_styles, "desktop/theme.py", "app.setStyleSheet(text)"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule):
    assert rule(ROOT) == []


def _plant(root, path, text):
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text)


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_the_rule_finds_what_is_planted(tmp_path, rule, path, text):
    _plant(tmp_path, path, text)
    assert [fault for fault in rule(tmp_path) if fault.startswith(path)]


@pytest.mark.parametrize(("rule", "path", "text"), INNOCENT)
def test_the_rule_lets_pass_what_is_allowed(tmp_path, rule, path, text):
    _plant(tmp_path, path, text)
    assert rule(tmp_path) == []

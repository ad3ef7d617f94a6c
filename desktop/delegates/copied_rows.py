"""Chosen rows as text: what Ctrl+C takes along, for a table of any program."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView


def rows_text(table: QTableView) -> str:
    """Return the chosen rows, a line each, the columns that are seen parted by tabs; empty when none is chosen."""
    model, header = table.model(), table.horizontalHeader()
    seen = [header.logicalIndex(place) for place in range(header.count())]
    columns = [column for column in seen if not header.isSectionHidden(column)]
    lines = []
    for row in sorted(index.row() for index in table.selectionModel().selectedRows()):
        texts = [str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "") for column in columns]
        lines.append("\t".join(" ".join(text.split()) for text in texts))
    return "\n".join(lines)


def copies(table: QTableView, event: QKeyEvent) -> bool:
    """Obey Ctrl+C: Qt's own takes one cell of all that is chosen. False when the key means something else."""
    if not event.matches(QKeySequence.StandardKey.Copy):
        return False
    if text := rows_text(table):
        QGuiApplication.clipboard().setText(text)
    return True

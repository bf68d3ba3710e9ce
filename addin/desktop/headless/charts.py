# ruff: noqa: ANN401, D102 - names, types and meaning of these methods are those of xlwings
"""Charts: only what the charts of a reply need."""

from typing import Any

from openpyxl.chart import BarChart, LineChart, PieChart, Reference
from openpyxl.utils import get_column_letter

from addin.desktop.headless.owners import OwningSheet
from addin.desktop.headless.range import Range

POINTS_PER_CM = 28.35
KINDS: dict[str, tuple[Any, str]] = {
    "column_clustered": (BarChart, "col"),
    "bar_clustered": (BarChart, "bar"),
    "line": (LineChart, ""),
    "pie": (PieChart, ""),
}


class Charts:
    """The charts of a sheet."""

    def __init__(self, sheet: OwningSheet) -> None:
        self.parent = sheet
        self.api = self

    def __len__(self) -> int:
        return len(self.parent.ws._charts)  # noqa: SLF001

    def add(self, _left: float, _top: float, width: float, height: float, **options: Any) -> "Chart":
        """Draw the range ``source``: its first row names the series, its first column the points."""
        make, direction = KINDS[options["chart_type"]]
        chart = make()
        if direction:
            chart.type = direction
        source: Range = options["source"]
        (rows, columns), ws = source.shape, source.sheet.ws
        bottom, right = source.row + rows - 1, source.column + columns - 1
        series = Reference(ws, min_col=source.column + 1, max_col=right, min_row=source.row, max_row=bottom)
        chart.add_data(series, titles_from_data=True)
        for one in chart.series:
            one.smooth = False
        points = Reference(ws, min_col=source.column, min_row=source.row + 1, max_row=bottom)
        chart.set_categories(points)
        chart.width, chart.height = width / POINTS_PER_CM, height / POINTS_PER_CM
        anchor = options["anchor"]
        self.parent.ws.add_chart(chart, f"{get_column_letter(anchor.column)}{anchor.row}")
        return Chart(self.parent, chart)


class Chart:
    """One chart."""

    def __init__(self, parent: OwningSheet, chart: Any) -> None:
        self.parent = parent
        self.chart = chart

    @property
    def title(self) -> Any:
        return self.chart.title

    @title.setter
    def title(self, value: str | None) -> None:
        self.chart.title = value

"""The paid lines as statements show them: by provider, in order of day, each with its quantity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import CountsAs
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.run_columns import whole_numbers
from server.sheets.payroll.tally import Sums, Tally
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import MONEY, TEXT
from server.sheets.xlsx.wording import MEASURES, PLACES, Measure, quantity_look, rate_words

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A provider's visits of one service at one rate. ``rate`` is a place in ``rates_used``."""

    label: str
    rate: int
    visits: int
    quantity: int
    paid_cents: int


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """All paid lines. ``columns`` are the cells of the visits table, in the order of the log.

    ``order[bounds[p]:bounds[p + 1]]`` are provider p's lines by day and row. Of each line, ``label``
    is the place in ``labels`` of its service as shown, ``quantity`` the count or amount that its pay is based on.
    """

    columns: Sequence[Column]
    order: Positions
    bounds: Sequence[int]
    labels: Sequence[str]
    label: Positions
    quantity: Sums
    rate: Sums
    amount: Sums

    def lines_of(self, provider: int) -> Positions:
        """Return only the lines of one provider (a place in Tally.providers)."""
        return self.order[self.bounds[provider] : self.bounds[provider + 1]]

    def group_lines(self, lines: Positions) -> Iterator[Group]:
        """Yield the lines summed by service and rate, in that order."""
        keys = self.label[lines] * (int(self.rate.max(initial=0)) + 1) + self.rate[lines]
        inner = np.argsort(keys, kind="stable")
        lines = lines[inner]
        starts = np.flatnonzero(np.diff(keys[inner], prepend=-1))
        sums = (np.add.reduceat(values[lines], starts).tolist() for values in (self.quantity, self.amount))
        sizes = np.diff(starts, append=len(lines)).tolist()
        for first, visits, quantity, cents in zip(lines[starts].tolist(), sizes, *sums, strict=True):
            yield Group(self.labels[self.label[first]], int(self.rate[first]), visits, quantity, cents)


def visits_of(write: CellWriter, run: PayRun, sums: Tally, lines: Mapping[str, Column]) -> Visits:
    """Prepare the lines of a run for its statements; ``lines`` are the cells of the Lines sheet."""
    order = np.lexsort((whole_numbers(run.lines.day), sums.line_provider))  # stable, and rows are in order
    bounds = np.searchsorted(sums.line_provider[order], np.arange(len(sums.providers) + 1))
    label, labels = _service_labels(run, sums)
    rate = whole_numbers(run.lines.rate)
    kind, quantity = _line_quantities(run, rate)
    spelled = [rate_words(used) for used in run.rates_used]
    columns = (
        lines["Date of service"],
        lines["Appointment ID"],
        write.texts(np.array(labels, dtype=object), TEXT).take(label),
        _quantity_column(write, kind, quantity),
        write.texts(np.array(spelled, dtype=object), TEXT).take(rate),
        lines["Amount"],
    )
    amount = whole_numbers(run.lines.amount_cents)
    return Visits(columns, order, bounds.tolist(), labels, label, quantity, rate, amount)


def _service_labels(run: PayRun, sums: Tally) -> tuple[Positions, list[str]]:
    """Return each line's service as shown; a label says if the visit did not take place."""
    counts_as = run.lines.counts_as.astype("category").cat
    words = [str(word) for word in counts_as.categories]
    label = sums.line_service * len(words) + counts_as.codes.to_numpy(dtype=np.intp)
    labels = [
        service if word == CountsAs.ATTENDED.value else f"{service} – {word}"
        for service in sums.services
        for word in words
    ]
    return label, labels


def _line_quantities(run: PayRun, rate: Sums) -> tuple[Sums, Sums]:
    """Return for each line what is counted (a Measure) and how many or how much of it."""
    kind = np.array([*(MEASURES[used.basis][0] for used in run.rates_used), 0], dtype=np.int64)[rate]
    quantity = np.ones(len(rate), dtype=np.int64)
    for measure, field in set(MEASURES.values()):
        if field:
            values = whole_numbers(getattr(run.lines, field))
            np.copyto(quantity, values, where=kind == measure)
    return kind, quantity


def _quantity_column(write: CellWriter, kind: Sums, quantity: Sums) -> Column:
    """Return the quantities with their words, which depend on the measure, and on whether it is one, several or a fraction."""
    ones = np.array([10 ** PLACES.get(measure, 0) for measure in Measure])[kind]
    shapes, distinct = pd.factorize(kind * 4 + (quantity == ones) * 2 + (quantity % ones == 0))
    examples = [int(np.argmax(shapes == shape)) for shape in range(len(distinct))]
    looks = [quantity_look(Measure(int(kind[line])), int(quantity[line])) for line in examples]
    return write.numbers_in(quantity, looks or [MONEY], shapes)

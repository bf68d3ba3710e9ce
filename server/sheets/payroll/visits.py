"""The paid lines as statements show them: by provider, in order of day, each with its quantity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import CountsAs
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.pay_statements import MISSED_HEADINGS, VISIT_HEADINGS, rate_in_words
from server.billing.payroll.run_columns import whole_numbers
from server.sheets.payroll.tables import STATEMENT_WIDTHS
from server.sheets.payroll.tally import Sums, Tally
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.row_heights import lines_of
from server.sheets.xlsx.style import MONEY, TEXT, WRAPPED
from server.sheets.xlsx.wording import MEASURES, PLACES, Measure, counted_look, shown_quantity

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
    """All paid lines. ``columns`` are the cells of the visits table, in the order of the log, and ``missed_columns`` those of
    the table of missed visits.

    ``order[bounds[p]:bounds[p + 1]]`` are provider p's lines by day and row. Of each line, ``label``
    is the place in ``labels`` of its service as shown, ``quantity`` the count or amount that its pay is based on.
    """

    columns: Sequence[Column]
    missed_columns: Sequence[Column]
    is_missed: npt.NDArray[np.bool_]
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

    def by_attendance(self, lines: Positions) -> tuple[Positions, Positions]:
        """Return the visits that took place, and those that did not."""
        missed = self.is_missed[lines]
        return lines[~missed], lines[missed]

    def label_lines(self, lines: Positions) -> Positions:
        """Return how many lines of text the service of each line takes."""
        width = STATEMENT_WIDTHS[0]
        counts = np.array([lines_of(label, width) for label in self.labels] or [1], dtype=np.intp)
        return counts[self.label[lines]]

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


def visits_of(
    write: CellWriter,
    run: PayRun,
    sums: Tally,
    lines: Mapping[str, Column],
    services: Sequence[str],
) -> Visits:
    """Prepare the lines of a run for its statements.

    ``lines`` are the cells of the Lines sheet, ``services`` the words for the services of ``sums``.
    """
    order = np.lexsort((whole_numbers(run.lines.day), sums.line_provider))  # stable, and rows are in order
    bounds = np.searchsorted(sums.line_provider[order], np.arange(len(sums.providers) + 1))
    counts_as = run.lines.counts_as.astype("category").cat
    words = [str(word) for word in counts_as.categories]
    codes: Positions = np.asarray(counts_as.codes, dtype=np.intp)
    labels = _service_labels(services, words)
    label = sums.line_service * len(words) + codes
    rate = whole_numbers(run.lines.rate)
    kind, quantity = _line_quantities(run, rate)
    spelled = write.texts(np.array([rate_in_words(used) for used in run.rates_used], dtype=object), TEXT)
    service = write.texts(np.array(services, dtype=object), WRAPPED).take(
        np.asarray(sums.line_service, dtype=np.intp)
    )
    day, appointment, amount = (lines[title] for title in ("Date of service", "Appointment ID", "Amount"))
    happened = write.texts(np.array(words, dtype=object), TEXT).take(codes)
    rates = spelled.take(rate)
    columns = {
        "Service": service,
        "Date": day,
        "Quantity": _quantity_column(write, kind, quantity),
        "Rate": rates,
        "What happened": happened,
        "Paid": rates,
        "Appointment": appointment,
        "Amount": amount,
    }
    return Visits(
        columns=[columns[heading] for heading in VISIT_HEADINGS],
        missed_columns=[columns[heading] for heading in MISSED_HEADINGS],
        is_missed=np.array([word != CountsAs.ATTENDED.value for word in words] + [False])[codes],
        order=order,
        bounds=bounds.tolist(),
        labels=labels,
        label=label,
        quantity=quantity,
        rate=rate,
        amount=whole_numbers(run.lines.amount_cents),
    )


def _service_labels(services: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return the words for each service and what a visit counts as, which they say if it did not take place."""
    return [
        service if word == CountsAs.ATTENDED.value else f"{service}, {word}"
        for service in services
        for word in words
    ]


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
    shown = quantity.copy()
    for measure in set(kind.tolist()):
        rows = kind == measure
        shown[rows] = shown_quantity(Measure(measure), quantity[rows])
    ones = np.array([10 ** PLACES.get(measure, 0) for measure in Measure])[kind]
    shapes, distinct = pd.factorize(kind * 4 + (shown == ones) * 2 + (shown % ones == 0))
    examples = [int(np.argmax(shapes == shape)) for shape in range(len(distinct))]
    looks = [counted_look(Measure(int(kind[line])), int(shown[line])) for line in examples]
    return write.numbers_in(shown, looks or [MONEY], shapes)

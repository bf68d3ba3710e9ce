"""Rows of a sheet or of a request, decided together against the books as they stand.

Decided and recorded inside one transaction, so that nothing moves between the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.step_batches import (
    Asked,
    Batch,
    Held,
    Subject,
    cheques_in_question,
    decide_all,
    held_back,
    subjects_of,
)
from server.ledger.clinic_books import ClinicBooks


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows that can be recorded, in their order; of the others, those refused in ``batch``, and those that
    wait for another row.
    """

    good: Sequence[Asked]
    held: Mapping[int, Held]
    batch: Batch


def decide_rows(books: ClinicBooks, asked: Sequence[Asked], today: date) -> Batch:
    """Decide rows on the invoices and cheques of the books. Nothing is written."""
    invoices = books.invoices.numbered([one.request.number for one in asked])
    known = books.invoices.cheques_known(cheques_in_question(asked, invoices))
    return decide_all(asked, invoices, today, known)


def judge_rows(
    books: ClinicBooks, asked: Sequence[Asked], left_out: Mapping[int, Sequence[Subject]], today: date
) -> Judged:
    """Decide rows, and sort out which of them can be recorded without the others. Nothing is written.

    ``left_out`` are rows that cannot be asked, or are not, with what they are about.
    """
    batch = decide_rows(books, asked, today)
    subjects = {one.row: subjects_of(one.request.number, one.request) for one in asked}
    held = held_back({**subjects, **left_out}, batch.refused.keys() | left_out.keys())
    good = [one for one in asked if one.row not in batch.refused and one.row not in held]
    return Judged(good, held, batch)

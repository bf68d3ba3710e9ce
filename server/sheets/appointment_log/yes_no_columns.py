"""A yes/no column of a log, read as what each row counts as."""

from collections import defaultdict

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.names import fold
from server.billing.payroll.appointment_log import StatusFlag
from server.billing.payroll.statuses import NO, YES
from server.errors import Finding, count_of
from server.errors.finding_facts import ValueFinding
from server.errors.log_column_findings import FilledMeans, Polarity
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.implied_columns import yes_where_filled
from server.sheets.appointment_log.text_columns import read_words
from server.sheets.appointment_log.unread_log import Reading


def read_flag(reading: Reading, position: int, yes: CountsAs) -> StatusFlag:
    """Read a yes/no column. If "yes" is attended, "no" is not attended, and the other way round
    (rule: edge-cases#yes-no-columns).
    """
    wrong: dict[type[ValueFinding], list[int]] = defaultdict(list)
    cells = reading.cells(position)
    no = CountsAs.NO_SHOW if yes is CountsAs.ATTENDED else CountsAs.ATTENDED
    answers = dict.fromkeys(YES, yes) | dict.fromkeys(NO, no)
    is_filled = position in reading.layout.filled
    words = yes_where_filled(cells) if is_filled else read_words(cells, wrong)
    reading.doubt("status", position, cells, wrong)
    said = {value: answers[key] for value in words.values if (key := fold(value) or value) in answers}
    column = column_of(reading.sheet, reading.layout, position)
    counts = dict.fromkeys((yes, no), 0)
    for value, count in zip(words.values, np.bincount(words.codes[~words.blank]).tolist(), strict=True):
        if value in said:
            counts[said[value]] += count
    yes_count, no_count = count_of(counts[yes], "row"), count_of(counts[no], "row")
    kind = FilledMeans if is_filled else Polarity
    what = kind(yes=yes, yes_count=yes_count, no=no, no_count=no_count)
    row = reading.sheet.top + reading.layout.header
    reading.findings.append(
        Finding(
            what,
            reading.sheet.name,
            (row,),
            column.position,
            column.heading,
        )
    )
    return StatusFlag(column, words, said)

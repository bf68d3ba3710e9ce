"""Every sentence a finding can say, and what to do about it. One table, read by everything else.

Sentences about the columns and rows of a log, about what was paid before, and about invoices are listed beside it.
"""

from server.errors.invoice_findings import INVOICE_SENTENCES
from server.errors.log_column_findings import COLUMNS
from server.errors.log_row_findings import LOG_ROWS
from server.errors.paid_visit_findings import PAID_BEFORE
from server.errors.sentence import Sentence, Severity

_B, _R, _I = Severity.BLOCKER, Severity.REVIEW, Severity.INFO

SENTENCES: dict[str, Sentence] = {
    # Any cell
    "error-value": Sentence(
        _B, "This cell holds the error value {value}.", "Correct the formula, or type the value."
    ),
    "not-money": Sentence(
        _B, "“{value}” is not an amount of money.", "Type the amount as a number, such as 1234.50."
    ),
    "fraction-of-cent": Sentence(
        _B,
        "{value} has a fraction of a cent.",
        "Round it to whole cents, so that nobody has to guess which way.",
    ),
    "not-a-number": Sentence(_B, "“{value}” is not a number that can be used here.", "Type a plain number."),
    "negative-number": Sentence(_B, "{value} is negative.", "Type a number of 0 or more."),
    "too-large": Sentence(_B, "{value} is too large to be right.", "Correct the number."),
    "not-a-date": Sentence(_B, "“{value}” is not a date.", "Type the date, such as 10/25/2026."),
    "implausible-date": Sentence(
        _B,
        "“{value}” would be a day before 2000 or after 2099.",
        "Correct the date, or format the cell as a date.",
    ),
    "not-a-percentage": Sentence(_B, "“{value}” is not a percentage from 0 to 100.", "Type it as 60%."),
    "one-or-hundred-percent": Sentence(
        _B, "1 could mean 1 % or 100 %.", "Type 1% or 100%, with the percent sign."
    ),
    # Rows of an appointment log
    "ambiguous-date": Sentence(
        _B,
        "“{value}” can be read month first or day first, and the column holds both kinds.",
        "Write the dates of this column one way, or as real dates.",
    ),
    "not-month-first": Sentence(
        _B,
        "{value} cannot be month first, and this column is read month first.",
        "Correct the date, or type it as a real date.",
    ),
    "not-day-first": Sentence(
        _B,
        "{value} cannot be day first, and this column is read day first.",
        "Correct the date, or type it as a real date.",
    ),
    "swapped-date": Sentence(
        _B,
        "This date may have its day and month exchanged: Excel does that when it opens a log of another country, and"
        " leaves the dates it cannot exchange as text.",
        "Open the log again with the date column as text, or correct the dates.",
    ),
    "time-or-number": Sentence(
        _B,
        "{value} is shown as a time, so Excel takes it for days.",
        "Type the time, such as 1:00, or format the cell as a number and type the minutes.",
    ),
    "shown-as-day": Sentence(
        _B,
        "This cell is shown as a date or a time, and its column holds other numbers.",
        "Type the number again and format the cell as a number.",
    ),
    "longer-than-a-day": Sentence(
        _B,
        "“{value}” would be longer than a day, read as hours and minutes.",
        "Type hours and minutes, such as 0:50, or the minutes alone.",
    ),
    "hours-and-minutes": Sentence(
        _B,
        "The hours of this row do not come to {value} minutes.",
        "Correct one of the two cells; an hour and a half is 1.5 hours or 90 minutes.",
    ),
    "not-a-time": Sentence(_B, "“{value}” is not a time of day.", "Type the time, such as 9:30 AM."),
    "end-before-start": Sentence(
        _B,
        "The visit ends at “{value}”, before it starts.",
        "Correct the times, or add a column Minutes and type how long the visit took.",
    ),
    "blank-date": Sentence(_B, "The date of service is missing.", "Type the date of service."),
    "looks-foreign": Sentence(
        _B, "This does not belong to {clinic}.", "Check whether this log is for this clinic."
    ),
    "blank-status": Sentence(
        _B, "The status is missing, so nobody can say whether the visit took place.", "Type the status."
    ),
    "unknown-status": Sentence(
        _B,
        "Nobody has said what the status “{value}” counts as.",
        "Add “{value}” to the Statuses sheet of the setup, or correct the cell.",
    ),
    "status-conflict": Sentence(
        _B, "The status says attended, but “{heading}” says {other}.", "Correct one of the two cells."
    ),
    "note-contradicts-status": Sentence(
        _R,
        "This visit is paid as attended, but “{heading}” says “{value}”.",
        "Check whether the visit took place. If it did not, correct its status and generate again.",
    ),
    "blank-provider": Sentence(_B, "The provider is missing.", "Type who did the work."),
    "unknown-provider": Sentence(
        _B,
        "“{value}” is not a provider of this clinic.{suggestion}",
        "Add this spelling under “Also known as” on the Providers sheet of the setup, or correct the cell.",
    ),
    "provider-conflict": Sentence(
        _B, "The provider ID {value} belongs to a provider with another name.", "Correct the ID or the name."
    ),
    "blank-service": Sentence(_B, "The service is missing.", "Type the service code."),
    "unknown-service": Sentence(
        _B,
        "“{value}” is not a service of this clinic.{suggestion}",
        "Add it to the Services sheet of the setup, or correct the cell.",
    ),
    "damaged-id": Sentence(
        _B,
        "The appointment ID {value} has lost digits: Excel keeps only fifteen of a number.",
        "Export the log again with the ID column as text.",
    ),
    "damaged-patient": Sentence(
        _B,
        "The patient number {value} has lost digits, and without an appointment ID the visit is known by its patient.",
        "Export the log again with the patient column as text, or with appointment IDs.",
    ),
    "duplicate-appointment": Sentence(
        _B,
        "The appointment {value} stands in row {first} already, and an appointment is paid once.",
        "Remove one of the two rows, or correct the ID.",
    ),
    "nearly-same-id": Sentence(
        _B,
        "This ID differs from {value} in row {first} by zeros in front only, and the provider, day and service are the"
        " same.",
        "If it is the same visit, remove one of the two rows. If not, correct one of the two IDs.",
    ),
    "id-also-missed": Sentence(
        _R,
        "The appointment {value} is also in row {first}, where its status counts as {status}.",
        "Check whether the visit took place; if not, remove this row and generate again.",
    ),
    "another-clinic": Sentence(
        _B, "This row names a clinic other than {clinic}.", "Move the row to that clinic's workbook."
    ),
    "no-rate": Sentence(
        _B,
        "No rate is in force for {provider} and {service} on {day}.",
        "Add a row to the Rates sheet of the setup, effective from that day or earlier.",
    ),
    "rate-of-zero": Sentence(
        _B,
        "The rate for {provider} and {service} is 0, and its note does not say “unpaid”.",
        "Write “unpaid” in the note of that rate, or give the rate.",
    ),
    "missing-measure": Sentence(
        _B,
        "{provider} is paid {way} for {service}, and this row has no {measure}.",
        "Type the {measure}; type 0 if there really is none.",
    ),
    "identical-rows": Sentence(
        _R,
        "This row repeats row {first} in every cell, and counts as a visit of its own.",
        "If it is the same visit written twice, remove one row and generate again.",
    ),
    "several-a-day": Sentence(
        _I,
        "The log holds {visits} with the provider, day, service and patient of an earlier row and something else in"
        " another cell ({rows}). Each is paid.",
        "Nothing to do if these patients had several visits on one day.",
    ),
    "weak-identity": Sentence(
        _I,
        "The log holds {visits} without appointment ID or patient: those of one provider, day and service are told"
        " apart by counting them.",
        "If the practice system can export appointment IDs, a visit sent twice is noticed more surely.",
    ),
    "units-look-like-minutes": Sentence(
        _R, "{value} units look like minutes.", "If they are minutes, correct the cell and generate again."
    ),
    "implausible-minutes": Sentence(
        _R,
        "This visit is paid by the hour for {value}, which is {bound}.",
        "Check that it took {value}.",
    ),
    "amount-far-above": Sentence(
        _R,
        "The {amount} {value} is far above the usual {amount} for {service}, {usual}.",
        "Check that the {amount} is right.",
    ),
    "zero-measure": Sentence(
        _R, "{provider} is paid {way}, and this row has {measure}.", "Check that 0 is right."
    ),
    "negative-pay": Sentence(
        _R, "The amount is negative, so it lowers the provider's pay.", "Check that this is a refund."
    ),
    "inactive-provider": Sentence(
        _R, "{provider} is no longer active, and is paid for this visit.", "Check that the visit took place."
    ),
    **PAID_BEFORE,
    "in-another-draft": Sentence(
        _R,
        "The draft run {run} holds {appointments} of this run too.",
        "Approve only one of the two runs, and void the other.",
    ),
    "draft-replaced": Sentence(
        _R,
        "The earlier draft of this period held {appointments} that this log does not have; the new draft does not.",
        "If they should be paid, put all rows of the period into one sheet and generate again.",
    ),
    "draft-withdrawn": Sentence(
        _R,
        "The earlier draft {run} ({visits}, {amount}) is voided: generated again, its period pays nothing.",
        "If it should pay, correct the log or the setup and generate again; that makes a new draft.",
    ),
    "outside-period": Sentence(
        _R,
        "This run leaves out {visits} outside {period}, the pay period of nearly all others.",
        "To pay them here, give the first and last day of the run (from, to) and generate again.",
    ),
    "several-periods": Sentence(
        _R,
        "The log reaches over {count} pay periods, and all of {first} to {last} is in this run.",
        "To pay one period, give its first and last day (from, to) and generate again.",
    ),
    "total-mismatch": Sentence(
        _R,
        "The totals row says {stated}, and the rows above it add up to {sum}.",
        "Find out which of the two is right; the rows are what is paid.",
    ),
    "total-verified": Sentence(_I, "The totals row agrees with the rows above it.", "Nothing to do."),
    "merged-cells": Sentence(
        _I, "The merged cells {range} were read as the same value in every row.", "Nothing to do."
    ),
    "hidden-rows": Sentence(
        _I,
        "What was sent includes {hidden} that the sheet hides or filters away ({rows}).",
        "Nothing to do.",
    ),
    "repeated-headers": Sentence(
        _I, "The run leaves out {headers} repeating the headings ({rows}).", "Nothing to do."
    ),
    "polarity": Sentence(
        _I,
        "“{heading}” was read as: Yes is {yes} ({yes_count}), No is {no} ({no_count}).",
        "Nothing to do if that is how this clinic means it.",
    ),
    "summed-columns": Sentence(
        _I,
        "{field} is the sum of the columns {columns}.",
        "Nothing to do if these are the client's and the insurer's.",
    ),
    "minutes-converted": Sentence(
        _I, "The minutes come from {source}: {example}.", "Nothing to do if that is how long the visits took."
    ),
    "minutes-from-times": Sentence(
        _I,
        "The minutes of {visits} without any under “{heading}” ({rows}) come from {source}: {example}.",
        "Nothing to do if that is how long the visits took. If not, type the minutes.",
    ),
    **COLUMNS,
    "column-question": Sentence(
        _B, "{question}", "Answer the question. Most answers are kept for this clinic's next logs."
    ),
    # Setup workbook
    "missing-sheet": Sentence(
        _B,
        "The sheet “{sheet}” is missing.",
        "Press Open setup to get all setup sheets, or add a sheet of this name with the headings {headings}.",
    ),
    "sheet-left-out": Sentence(
        _R, "There is no sheet “{sheet}”, so {consequence}.", "Press Open setup to get the sheet back."
    ),
    "missing-heading": Sentence(
        _B, "The sheet has no column “{heading}”.", "Add the heading “{heading}” to row {row}."
    ),
    "heading-twice": Sentence(
        _B, "The heading “{heading}” stands in two columns.", "Remove or rename one of the two columns."
    ),
    "missing-field": Sentence(
        _B, "“{field}” is missing.", "Type “{field}” in the column Field, and the answer beside it."
    ),
    "blank-cell": Sentence(_B, "“{heading}” is empty.", "Fill in the cell, or clear the whole row."),
    "bad-clinic-id": Sentence(
        _B,
        "“{value}” cannot be a clinic ID.",
        "Use small letters, digits and hyphens, such as lakeside; begin with a letter or digit.",
    ),
    "not-a-choice": Sentence(_B, "“{value}” is not one of the possible words.", "Type one of: {choices}."),
    "no-letters": Sentence(
        _B, "“{value}” has neither letters nor digits, so nothing could be matched with it.", "Type a name."
    ),
    "name-twice": Sentence(
        _B,
        "“{value}” belongs to {other} already (row {row}); spaces, capitals and punctuation do not count.",
        "Keep each spelling and each ID with one entry only.",
    ),
    "npi-digits": Sentence(_R, "The NPI “{value}” does not have ten digits.", "Check the number."),
    "not-whole-minutes": Sentence(
        _B, "“{value}” is not a number of minutes from 1 to 1440.", "Type whole minutes, such as 15."
    ),
    "rate-twice": Sentence(
        _B,
        "{provider}, {service} from {day} stands in row {row} already, so two rates would be in force.",
        "Remove one of the two rows, or change its Effective from.",
    ),
    "percent-for-money": Sentence(
        _B,
        "This is a percentage, and {basis} is paid in dollars.",
        "Type dollars, or choose another pay basis.",
    ),
    "money-for-percent": Sentence(
        _B,
        "This is an amount of money, and {basis} is a percentage.",
        "Type it as 60%, or choose another pay basis.",
    ),
    "status-twice": Sentence(
        _B,
        "“{value}” counts as {other} in row {row} and as something else here.",
        "Keep one of the two rows; spaces, capitals and punctuation do not count.",
    ),
    "price-not-positive": Sentence(
        _B, "A price of {value} cannot be billed.", "Type a price of more than 0, or clear the row."
    ),
    "price-twice": Sentence(
        _B,
        "{code} for {payer} from {day} stands in row {row} already, so two prices would be in force.",
        "Remove one of the two rows, or change its Effective from or its Payer.",
    ),
    "unpriced-code": Sentence(
        _R,
        "The code “{value}” is not on the Prices sheet, so “{type}” cannot be billed in full.",
        "Add the code to the Prices sheet, or correct the cell.",
    ),
    "exam-code-twice": Sentence(
        _B, "Row {row} says the same already, so {code} would be billed twice.", "Remove one of the two rows."
    ),
    "unnamed-sub-exam": Sentence(
        _B,
        "“{type}” has sub-exams, and this row names none, so nobody could choose it.",
        "Name the sub-exam, or take the sub-exams out of the other rows of “{type}”.",
    ),
    "sub-exam-semicolon": Sentence(
        _B,
        "“{value}” has a semicolon, and semicolons separate the sub-exams chosen for an exam.",
        "Write the name without it.",
    ),
    **LOG_ROWS,
    **INVOICE_SENTENCES,
}

__all__ = ["SENTENCES", "Sentence", "Severity"]

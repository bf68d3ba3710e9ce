"""Every sentence a finding can say, and what to do about it. One table, read by everything else."""

from server.errors.log_rows import LOG_ROWS
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
    "swapped-date": Sentence(
        _B,
        "This date may have its day and month exchanged: the other dates of the column are written day first.",
        "Open the log again with the date column as text, or correct the dates.",
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
    "duplicate-appointment": Sentence(
        _B,
        "The appointment {value} stands in row {first} already, and an appointment is paid once.",
        "Remove one of the two rows, or correct the ID.",
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
        "{provider} is paid {basis} for {service}, and this row has no {measure}.",
        "Type the {measure}; type 0 if there really is none.",
    ),
    "identical-rows": Sentence(
        _R,
        "This row is identical to row {first}, and counts as a visit of its own.",
        "If it is the same visit written twice, remove one row and generate again.",
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
    "zero-measure": Sentence(
        _R, "{provider} is paid {basis}, and the {measure} of this row is 0.", "Check that 0 is right."
    ),
    "negative-pay": Sentence(
        _R, "The amount is negative, so it lowers the provider's pay.", "Check that this is a refund."
    ),
    "inactive-provider": Sentence(
        _R, "{provider} is no longer active, and is paid for this visit.", "Check that the visit took place."
    ),
    "changed-since-paid": Sentence(
        _R,
        "Run {run} paid {paid} for this appointment, and today it would be {now}. Nothing is paid here.",
        "Void that run, or settle the difference with the provider.",
    ),
    "in-another-draft": Sentence(
        _R,
        "The draft run {run} holds {appointments} of this run too.",
        "Close only one of the two runs, and void the other.",
    ),
    "draft-replaced": Sentence(
        _R,
        "The earlier draft of this period held {appointments} that this log does not have; the new draft does not.",
        "If they should be paid, put all rows of the period into one sheet and generate again.",
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
        "What was sent includes {hidden} that the sheet hides or filters away (row {rows}).",
        "Nothing to do.",
    ),
    "repeated-headers": Sentence(
        _I, "The run leaves out {headers} that repeat the headings (row {rows}).", "Nothing to do."
    ),
    "polarity": Sentence(
        _I,
        "“{heading}” was read as: Yes is {yes} ({yes_count} rows), No is {no} ({no_count} rows).",
        "Nothing to do if that is how this clinic means it.",
    ),
    "summed-columns": Sentence(
        _I,
        "{field} is the sum of the columns {columns}.",
        "Nothing to do if these are the client's and the insurer's.",
    ),
    "column-question": Sentence(_B, "{question}", "Answer once; it is remembered for this clinic's logs."),
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
    # Invoices and prices
    "step-refused": Sentence(_B, "{sentence}", "{remedy}"),
    "row-mixed-up": Sentence(
        _B,
        "This row was written for invoice {key}, but shows {value}: part of the sheet was sorted or pasted over, or it"
        " comes from another workbook.",
        "Undo that, or press Open invoices and type the action again.",
    ),
    "lost-digits": Sentence(
        _B,
        "{value} has lost digits: Excel keeps only fifteen of a number.",
        "Format the cell as text and type it again.",
    ),
    "held-with-another": Sentence(
        _B,
        "Row {row} is about the same {what} and is not recorded, so this row is not recorded either.",
        "Correct or select row {row}; rows of one {what} are recorded together.",
    ),
    "bounced-elsewhere": Sentence(
        _R, "The cheque that bounced is on {invoices}, too.", "Choose “bounce” for {invoices} as well."
    ),
    "cheque-number-again": Sentence(
        _R,
        "Cheque {cheque} of {payer} stands already over {others}.",
        "Check that this is another cheque. If it is the same, have a manager reopen what is recorded: rows of one cheque"
        " are sent together.",
    ),
    "no-action-chosen": Sentence(
        _R,
        "Something is typed in this row, but no Action is chosen, so it is not sent.",
        "Choose an Action, or clear what is typed.",
    ),
    "code-or-exam-type": Sentence(
        _B,
        "A row bills either a code or an exam type, and this one has both or neither.",
        "Fill in one of the two cells and leave the other empty.",
    ),
    "unknown-exam-type": Sentence(
        _B,
        "“{value}” is not an exam type of this clinic.{suggestion}",
        "Add it to the Exam types sheet of the setup, or correct the cell.",
    ),
    "unknown-sub-exam": Sentence(
        _B, "“{value}” is not a sub-exam of “{type}”.", "Choose from: {choices}, separated by semicolons."
    ),
    "no-sub-exam-chosen": Sentence(
        _B,
        "“{value}” has sub-exams, and none is chosen, so nothing would be billed.",
        "Choose from: {choices}, separated by semicolons.",
    ),
    "has-no-sub-exams": Sentence(
        _B, "“{value}” has no sub-exams; all its codes are billed.", "Leave the cell empty."
    ),
    "unknown-code": Sentence(
        _B,
        "The code “{value}” has no price.",
        "Add it to the Prices sheet of the setup, or correct the cell.",
    ),
    "no-price": Sentence(
        _B,
        "No price of {code} for {payer} is in force on {day}.",
        "Add a row to the Prices sheet of the setup, effective from that day or earlier.",
    ),
    "bilateral-not-allowed": Sentence(
        _B, "{code} cannot be billed for both sides.", "Type “no”, or change the rule on the Prices sheet."
    ),
    "units-not-whole": Sentence(
        _B, "{value} is not a number of units.", "Type 1, 2, 3 or more, or nothing for 1."
    ),
    "units-of-both-sides": Sentence(
        _R,
        "{units} units and both sides come to {times} times the price.",
        "Check the units: they are those of one side. Type half as many if these count both.",
    ),
    "exam-in-future": Sentence(
        _B, "{day} lies in the future, and an exam is billed when it has taken place.", "Correct the date."
    ),
    "exam-differs": Sentence(
        _B,
        "“{value}” is not “{other}”, which row {first} of the same exam says.",
        "Correct one of the two rows: an exam becomes one invoice.",
    ),
    "code-twice": Sentence(
        _B,
        "{code} is billed by row {first} of the same exam already.",
        "Type the units in one row, “yes” under Bilateral for both sides, or remove a row.",
    ),
    "exam-billed-already": Sentence(
        _B,
        "This exam is billed already: {invoices}.",
        "Clear the row. If it is to be billed once more, press the button again and answer “Bill again” with {invoices}.",
    ),
    "exam-billed-in-part": Sentence(
        _R,
        "Other codes of this exam are billed already: {invoices}. These get an invoice of their own.",
        "Check that the exam is to have another invoice.",
    ),
    "result-of-another-exam": Sentence(
        _B,
        "{invoice} bills another exam than this row says, or other codes.",
        "If this row is to be billed, clear its Result; if not, correct the row.",
    ),
} | LOG_ROWS

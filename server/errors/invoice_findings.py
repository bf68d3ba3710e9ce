"""The sentences of findings about invoices and exams."""

from server.errors.sentence import Sentence, Severity

_B, _R = Severity.BLOCKER, Severity.REVIEW

INVOICE_SENTENCES: dict[str, Sentence] = {
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
}

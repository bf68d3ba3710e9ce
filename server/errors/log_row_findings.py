"""What is said about the rows of a log: what is no visit, and what cannot be read as one row."""

from server.errors.sentence import Sentence, Severity

_B, _R, _I = Severity.BLOCKER, Severity.REVIEW, Severity.INFO

LOG_ROWS: dict[str, Sentence] = {
    "merged-amount": Sentence(
        _B,
        "{value} is merged over {range}: it is paid once, in the first of these rows, and this row has no amount.",
        "Unmerge the cells and type each row's amount.",
    ),
    "amount-cut-in-two": Sentence(
        _B,
        "{value} and the number to its right may be one amount that a text file cut at its thousands comma.",
        "Type the whole amount, such as 1234.50, and clear the cell to its right if it is not its own.",
    ),
    "merged-id": Sentence(
        _B,
        "The ID {value} is merged over {range}, so this row has no ID of its own.",
        "Unmerge the cells and type each row's ID.",
    ),
    "merged-row": Sentence(
        _B,
        "Every cell of this row belongs to a merged block, so nothing says that it is a visit of its own.",
        "Unmerge the cells: if it is a visit, fill in its row; if not, delete the row.",
    ),
    "page-furniture": Sentence(
        _I,
        "The run leaves out {what} ({rows}).",
        "Nothing to do. If one of them is a visit, fill in its date, provider and service.",
    ),
    "group-rows": Sentence(
        _I,
        "The provider of {visits} is read from the name above them ({where}).",
        "Nothing to do if each visit is below its provider's name.",
    ),
    "mixed-group-rows": Sentence(
        _R,
        "The provider of {visits} is read from the name above them ({where}), while other rows name their own.",
        "Check the provider of these rows, or type it into each of them.",
    ),
    "group-conflict": Sentence(
        _B,
        "The provider of this row is “{value}”, but the name above it is “{above}”.",
        "Correct the provider of this row, or move the row below its provider's name.",
    ),
    "surplus-cell": Sentence(
        _B,
        "This row has more cells than the sheet has headings: column {letter} has no heading. An amount such as"
        " 1,234.50 without quotes is read as two cells.",
        "Put the cells of this row back under their headings, or give column {letter} a heading.",
    ),
    "column-without-heading": Sentence(
        _R,
        "Column {letter} has no heading and is filled in {filled} of {rows}. It is not read.",
        "If pay depends on what it holds, type a heading above it and generate again.",
    ),
}

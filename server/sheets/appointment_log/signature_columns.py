"""Columns that say whether the note of a visit is signed, and the question which of their words mean that it is.

A column is asked about once if its cells are words for the state of a note. A column of free text is never taken for one,
and its cells are never kept (rule: payroll#signed-notes).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import MissingInput, count_of
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FITS, SEPARATOR, Headings
from server.sheets.appointment_log.heading_synonyms import WEAK
from server.sheets.appointment_log.money_columns import heading_words
from server.sheets.cells import text_of
from server.sheets.questions import NONE_OF_THEM, SEVERAL, Choice, Question
from server.sheets.sheet import Cell

SIGNATURE = "signature "
"""Prefix for such a column in the import profile, before its words: ``signature signed=yes draft=no``."""

EMPTY, FILLED_CELL = "empty", "filled"
"""The words of an empty cell, and of any filled cell in a column of days or names."""

PAY_ANYWAY = "pay"
"""The answer that visits are paid whether their note is signed or not."""

MOST_WORDS = 12
"""A column with more distinct words is no state of a note."""

LONGEST_WORD = 30

REPEATED = 3
"""A word that is not in the lists below is taken for a state if at least this many rows have it."""

_SIGNED = frozenset(map(fold, (
    "Signed", "Unsigned", "Not signed", "E-signed", "Electronically signed", "Signed and locked", "Signed & locked",
    "Signed/locked", "Signed off", "Not signed off", "Locked", "Unlocked", "Not locked", "Co-signed", "Finalized", "Not finalized",
    "Needs signature", "Awaiting signature", "Pending signature", "Signature pending", "Signature required",
    "Signature needed", "Needs co-sign", "Pending co-sign", "Awaiting co-signature", "Pending co-signature",
    "Unsigned draft", "Draft", "No note", "Note missing", "Missing note", "Note signed", "Note unsigned", "Note not signed",
    "Note locked", "Note draft",
)))  # fmt: skip
"""Folded words about a signature, which say what a column is under any heading."""

_STATES = _SIGNED | YES | NO | frozenset(map(fold, (
    "Complete", "Completed", "Incomplete", "Not complete", "Not completed", "Missing", "Pending", "Open", "Closed", "Final",
    "Done", "Not done", "In progress", "Started", "Not started", "Submitted", "Approved", "Not approved", "Documented",
    "Undocumented", "Not documented", "Written", "Not written", "Reviewed", "Needs review", "Amended", "Empty", "Blank",
)))  # fmt: skip
"""Folded words that say the state of a note under a heading about notes."""

_NO_STATES = frozenset(map(fold, ("N/A", "Not applicable", "Not required", "Not needed")))
"""Folded words that may stand among states, and say nothing about a column."""

_NOTE_HEADINGS = frozenset({
    "sign", "signed", "unsigned", "signature", "signatures", "esigned", "cosigned", "note", "notes", "documentation", "documented",
    "document", "charting", "chart", "charted", "lock", "locked", "unlocked", "finalized",
})  # fmt: skip

_SIGNING_HEADINGS = frozenset(
    {"sign", "signed", "signature", "esigned", "cosigned", "lock", "locked", "finalized"}
)
"""Words of a heading over days or names, such as "Signed on" and "Locked by", where a filled cell says it."""


def sort_signatures(matching: Matching) -> None:
    """Find the columns that say whether notes are signed, and ask about those without an answer."""
    headings = matching.headings
    by_key: dict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(headings.keys):
        remembered = headings.remembered.get(key)
        is_known = remembered is not None and remembered.startswith(SIGNATURE)
        is_answered = _input_of(key) in headings.answers and (
            position in matching.unknown or remembered == ""
        )
        if is_known or is_answered or (position in matching.unknown and _is_signature(matching, position)):
            by_key[key].append(position)
    for key, positions in by_key.items():
        _settle(matching, key, positions)


def _input_of(key: str) -> str:
    """Return the input that answers which words of a column mean that the note is signed."""
    return f"note_signed_{fold(key)}"


def _is_signature(matching: Matching, position: int) -> bool:
    """Return whether the cells of an unknown column are words for the state of a note."""
    headings = matching.headings
    if headings.keys[position] in WEAK:
        return False
    if _is_filled_in(matching, position):
        return headings.has_blanks(position)
    cells = headings.sheet.columns[position]
    words = Counter(word_of(cells[row]) for row in headings.filled_rows(position))
    filled = sum(count for word, count in words.items() if word not in _NO_STATES)
    if not filled or len(words) > MOST_WORDS:
        return False
    known = _STATES if heading_words(headings.texts[position]) & _NOTE_HEADINGS else _SIGNED
    return sum(count for word, count in words.items() if word in known) >= FITS * filled


def _is_filled_in(matching: Matching, position: int) -> bool:
    """Return whether a column holds the day of the signature or who signed, so that a filled cell says it."""
    headings = matching.headings
    words = heading_words(headings.texts[position])
    if not words & _SIGNING_HEADINGS:
        return False
    sample = headings.sample(position)
    if not sample:
        return False
    return "by" in words or headings.is_dated(position) or matching.fits["date"](sample) >= FITS


def _settle(matching: Matching, key: str, positions: Sequence[int]) -> None:
    """Take over what is known of the words under one heading, or ask about them."""
    headings, name = matching.headings, _input_of(key)
    known = _words_remembered(headings.remembered.get(key, ""))
    is_filled = FILLED_CELL in known if known else _is_filled_in(matching, positions[0])
    counts = _count_words(headings, positions, is_filled=is_filled)
    if EMPTY not in known or counts.keys() - known.keys() or name in headings.answers:
        counts[EMPTY] = sum(_count_empty(headings, position) for position in positions)
    counts = +counts
    spelled = _spellings(headings, positions, counts)
    given = headings.answers.get(name, "").strip()
    if fold(given) == PAY_ANYWAY:
        headings.leave_alone(positions)
    elif given:
        signed = _words_named(name, given, {*counts, *known})
        words = {word: word in signed for word in (*known, *counts)}
        headings.profile[key] = _remembered_as(words)
        matching.read_signatures(positions, words)
    elif counts.keys() <= known.keys():
        matching.read_signatures(positions, known)
    else:
        headings.ask(_question(headings, positions, counts, spelled), positions)
        matching.read_signatures(positions, known)
    for position in positions:
        if position in matching.unknown:
            matching.unknown.remove(position)


def _question(
    headings: Headings,
    positions: Sequence[int],
    counts: Counter[str],
    spelled: Mapping[str, str],
) -> Question:
    why = (
        f"{headings.columns_in_words(positions, 'and')} seems to say whether the note of a visit is signed. Which of these "
        "mean that it is? All other visits are held until a later log says that their note is signed."
    )
    choices = [
        Choice(spelled[word], f"{_label_of(word, spelled[word])} ({count_of(count, 'row')})")
        for word, count in counts.most_common()
    ]
    choices += [
        Choice(NONE_OF_THEM, "None of these: no note is signed yet"),
        Choice(PAY_ANYWAY, "Pay every visit, whether its note is signed or not"),
    ]
    return Question(f"note_signed_{fold(headings.keys[positions[0]])}", why, tuple(choices), kind=SEVERAL)


def _label_of(word: str, spelled: str) -> str:
    return {EMPTY: "An empty cell", FILLED_CELL: "A filled cell"}.get(word, f"“{spelled}”")


def word_of(cell: Cell) -> str:
    """Return the folded word of a cell, EMPTY for a blank one. A dash or other punctuation alone is no word."""
    text = text_of(cell)
    return fold(text) or (text if text in YES | NO else EMPTY)


def _count_words(headings: Headings, positions: Sequence[int], *, is_filled: bool) -> Counter[str]:
    """Return how many rows have each word that is a state of a note, without empty cells.

    Other words, such as a remark, are not counted.
    """
    counts = Counter[str]()
    for position in positions:
        for cell, count in Counter(headings.sheet.columns[position][headings.row + 1 :]).items():
            word = word_of(cell)
            if word in {EMPTY, NONE_OF_THEM, PAY_ANYWAY}:
                continue
            if is_filled:
                counts[FILLED_CELL] += count
            elif word in _STATES | _NO_STATES or (
                count >= REPEATED and len(word) <= LONGEST_WORD and not any(map(str.isdigit, word))
            ):
                counts[word] += count
    return counts


def _count_empty(headings: Headings, position: int) -> int:
    """Return how many rows leave a column empty although two other cells of them are filled."""
    columns, first = headings.sheet.columns, headings.row + 1
    rows = [row for row, cell in enumerate(columns[position]) if row >= first and word_of(cell) == EMPTY]
    return sum(1 for row in rows if _has_two_cells(column[row] for column in columns))


def _has_two_cells(cells: Iterable[Cell]) -> bool:
    return sum(1 for cell in cells if text_of(cell)) > 1


def _spellings(headings: Headings, positions: Sequence[int], counts: Mapping[str, int]) -> dict[str, str]:
    """Return each word as the log spells it first."""
    spelled = {word: word for word in counts if word in {EMPTY, FILLED_CELL}}
    for position in positions:
        for cell in dict.fromkeys(headings.sheet.columns[position][headings.row + 1 :]):
            word = word_of(cell)
            if word in counts:
                spelled.setdefault(word, text_of(cell).replace(SEPARATOR, ","))
    return spelled


def _words_named(name: str, given: str, words: set[str]) -> set[str]:
    """Return the words that an answer names; raises MissingInput for a word that the column does not have."""
    named = {fold(part) or part.strip() for part in given.split(SEPARATOR) if part.strip()}
    if named == {NONE_OF_THEM}:
        return set()
    if strange := named - words - _STATES:
        sentence = f"“{given}” is no answer to “{name}”."
        shown = ", ".join(sorted(words))
        said = (
            "it names more than words" if strange & {NONE_OF_THEM, PAY_ANYWAY} else f"the words are {shown}"
        )
        raise MissingInput(
            name,
            sentence,
            f"Answer with words of the column that mean signed ({said}), or with {NONE_OF_THEM} or {PAY_ANYWAY} alone.",
        )
    return named


def _remembered_as(words: Mapping[str, bool]) -> str:
    """Return words with their meanings as the import profile keeps them. A folded word has no space."""
    return SIGNATURE + " ".join(f"{word}={'yes' if is_signed else 'no'}" for word, is_signed in words.items())


def _words_remembered(field: str) -> dict[str, bool]:
    """Return the words that the import profile keeps, each with whether it means signed."""
    if not field.startswith(SIGNATURE):
        return {}
    pairs = (part.rpartition("=") for part in field.removeprefix(SIGNATURE).split())
    return {word: meaning == "yes" for word, _, meaning in pairs}

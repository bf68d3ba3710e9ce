"""The header row of a log: the names of its columns, samples of their cells, and the answers given about them."""

from collections.abc import Callable, Mapping, Sequence

from server.billing.clinics import ImportProfile
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import Finding, HeaderNotFound, MissingColumn, MissingInput, show_value
from server.errors.finding_facts import FindingFacts
from server.errors.log_column_findings import ColumnQuestion
from server.sheets import cell_addresses
from server.sheets.appointment_log.heading_synonyms import KNOWN, Field, flag_of, fold_heading
from server.sheets.cells import is_day_format, text_of
from server.sheets.questions import NONE_LABEL, NONE_OF_THEM, SEVERAL, Choice, Question
from server.sheets.sheet import Cell, Sheet

LOOKED_AT = 60
"""The header must be within this many rows from the top."""

LONGEST_HEADING = 80

ENOUGH = 2
"""A row with this many known headings is the header."""

SAMPLE = 300
"""How many rows, spread over the whole column, are sampled to see what a column holds."""

TOP = 100
"""How many of the sampled rows are the first rows."""

FEW = 30
"""With fewer filled cells in the sample, every row of the column is read."""

FITS = 0.6
"""A column is proposed if at least this share of its distinct values makes sense."""

IGNORE = ""
"""The field of a column that the clinic said to ignore."""

FILLED = "filled"
"""The field of a column in which any filled cell means yes, such as the day of a cancellation."""

MINUS = "minus "
"""Prefix for columns whose amounts are subtracted from a field: ``minus collected_cents``."""

SEPARATOR = ";"
"""Separates the answers if several can be chosen."""

"""Parts of a number format that are shown as written, colors and conditions."""

Fit = Callable[[Sequence[Cell]], float]
"""Returns the share of some cells that makes sense as a field."""


class Headings:
    """The header row of one sheet while its columns are matched to fields."""

    def __init__(self, sheet: Sheet, profile: ImportProfile, answers: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.answers = answers
        self.remembered = dict(profile.columns)
        self.profile = dict(profile.columns)
        self.polarity = dict(profile.polarity)
        self.row = self._find()
        self.texts = [text_of(column[self.row]) for column in sheet.columns]
        self.keys = [fold_heading(text) for text in self.texts]
        self.questions: list[Question] = []
        self.findings: list[Finding] = []
        self._rows = self._spread()
        self._samples: dict[int, Sequence[Cell]] = {}
        self._filled: dict[int, list[int]] = {}

    def _find(self) -> int:
        """Return the row with the most known headings, the topmost of equals."""
        best, row = max(
            ((self._score(row), -row) for row in range(min(LOOKED_AT, self.sheet.height))), default=(0, 0)
        )
        if best < ENOUGH:
            raise HeaderNotFound(self.sheet.name, min(LOOKED_AT, self.sheet.height))
        return -row

    def _score(self, row: int) -> int:
        texts = {
            text
            for column in self.sheet.columns
            if isinstance(column[row], str) and (text := text_of(column[row]))
        }
        return sum(1 for text in texts if self._is_heading(text))

    def _is_heading(self, text: str) -> bool:
        """Return whether a cell is a heading of a log. Long texts are not checked."""
        if len(text) > LONGEST_HEADING:
            return False
        key = fold_heading(text)
        return key in KNOWN or key in self.remembered or flag_of(text) is not None

    def _spread(self) -> list[int]:
        """Return the sampled rows: the first ones, and others spread down to the last."""
        first, end = self.row + 1, self.sheet.height
        if end - first <= SAMPLE:
            return list(range(first, end))
        step = -(-(end - first - TOP) // (SAMPLE - TOP))
        return [*range(first, first + TOP), *range(end - 1, first + TOP - 1, -step)]

    def filled_rows(self, position: int) -> list[int]:
        """Return rows below the header where a column is filled: of the sampled rows, or of all if those are few."""
        if position not in self._filled:
            self._filled[position] = self._find_filled(position)
        return self._filled[position]

    def _find_filled(self, position: int) -> list[int]:
        cells = self.sheet.columns[position]
        rows = [row for row in self._rows if _is_filled(cells[row])]
        if len(rows) >= min(FEW, len(self._rows)) or cells.count(None) >= self.sheet.height - 1:
            return rows
        given = [row for row, cell in enumerate(cells) if cell is not None and row > self.row]
        return [row for row in given if _is_filled(cells[row])][:SAMPLE]

    def sample(self, position: int) -> Sequence[Cell]:
        """Return distinct filled cells of a column below the header."""
        if position not in self._samples:
            cells = self.sheet.columns[position]
            self._samples[position] = list(dict.fromkeys(cells[row] for row in self.filled_rows(position)))
        return self._samples[position]

    def is_yes_no(self, position: int) -> bool:
        """Return whether a column holds yes/no answers."""
        answers = {fold(text_of(cell)) or text_of(cell) for cell in self.sample(position)}
        return bool(answers) and answers <= YES | NO

    def answers_yes_and_no(self, position: int) -> bool:
        """Return whether most cells are yes or no. Ticks among empty cells do not count."""
        said = [fold(text_of(cell)) or text_of(cell) for cell in self.sample(position)]
        known = sum(answer in YES | NO for answer in said)
        return 2 * known > len(said) and not (set(said) <= YES and self.has_blanks(position))

    def has_blanks(self, position: int) -> bool:
        """Return whether a column is blank in some of the sampled rows."""
        return any(not _is_filled(self.sheet.columns[position][row]) for row in self._rows)

    def is_dated(self, position: int) -> bool:
        """Return whether the numbers of a column are shown as dates."""
        rows = self.filled_rows(position)[:1]
        return bool(rows) and is_day_format(self.sheet.format_at(position, rows[0]))

    def ask(self, question: Question, positions: Sequence[int]) -> None:
        """Ask a question about some columns."""
        self.questions.append(question)
        for position in positions:
            self.findings.append(self.finding(ColumnQuestion(question=question.label), position))

    def finding(self, what: FindingFacts, position: int) -> Finding:
        """Return a remark about a column, at its heading."""
        place = (self.sheet.top + self.row,)
        return Finding(what, self.sheet.name, place, self.sheet.left + position, self.texts[position])

    def ask_which(self, field: Field, positions: Sequence[int], why: str, *, instead: str = "") -> None:
        """Ask which column a field is. If there is only one, it is proposed.

        ``instead`` says what the answer "none" means, if that answer is possible.
        """
        choices = [self.choice_of(position) for position in positions]
        default = choices[0].value if len(choices) == 1 and instead in {"", NONE_LABEL} else ""
        if instead:
            choices.append(Choice(NONE_OF_THEM, instead))
        self.ask(Question(question_name(field), why, tuple(choices), default), positions)

    def ask_which_ones(self, field: Field, positions: Sequence[int], why: str) -> None:
        """Ask which columns make up a field together."""
        choices = [*map(self.choice_of, positions), Choice(NONE_OF_THEM, NONE_LABEL)]
        self.ask(Question(question_name(field), why, tuple(choices), kind=SEVERAL), positions)

    def answered_none(self, field: Field) -> bool:
        """Return whether staff answered that no column is this field."""
        return fold(self.answers.get(question_name(field), "")) == NONE_OF_THEM

    def answer(self, field: Field) -> tuple[int, ...]:
        """Return the columns that this click names for a field, by heading or by letter."""
        given = self.answers.get(question_name(field), "").strip()
        if not given or self.answered_none(field):
            return ()
        if self._column_named(given) is not None:
            found = [self._column_named(given)]
        else:
            names = [name for part in given.split(SEPARATOR) if (name := part.strip())]
            found = [self._column_named(name) for name in names]
            if None in found:
                self._refuse(question_name(field), given, names, found)
        return tuple(dict.fromkeys(position for position in found if position is not None))

    def answer_one(self, field: Field) -> int | None:
        """Return the one column that staff named for a field."""
        found = self.answer(field)
        if len(found) > 1:
            name = question_name(field)
            sentence = f"“{self.answers[name]}” names more than one column."
            raise MissingInput(name, sentence, "Answer with one column.")
        return found[0] if found else None

    def _column_named(self, name: str) -> int | None:
        """Return the column with this heading or letter."""
        key = fold_heading(name)
        for position, text in enumerate(self.texts):
            if text and key and self.keys[position] == key:
                return position
        letters = cell_addresses.position(name)
        if letters is None or not 0 <= letters - self.sheet.left < len(self.texts):
            return None
        return letters - self.sheet.left

    def _refuse(self, name: str, given: str, names: Sequence[str], found: Sequence[int | None]) -> None:
        if NONE_OF_THEM in map(fold, names):
            sentence = f"“{given}” names columns and says none."
            raise MissingInput(name, sentence, "Answer with the columns, or with “none” alone.")
        unknown = [name for name, position in zip(names, found, strict=True) if position is None]
        raise MissingColumn(self.sheet.name, unknown, self.sheet.top + self.row, self.known_headings())

    def learn(self, field: Field, chosen: Sequence[int], among: Sequence[int]) -> None:
        """Remember an answer for the clinic's next log.

        If two columns have the same heading, only the letter tells them apart, and letters change from log to log.
        Such an answer counts for this click only.
        """
        kept = {self.keys[position] for position in (*chosen, *among)} - {""}
        for key in kept:
            same = {position for position, other in enumerate(self.keys) if other == key}
            if same <= set(chosen):
                self.profile[key] = field.name
            elif not same & set(chosen):
                self.profile[key] = IGNORE

    def leave_alone(self, positions: Sequence[int]) -> None:
        """Remember that columns are to be ignored."""
        for position in positions:
            self.profile[self.keys[position]] = IGNORE

    def choice_of(self, position: int) -> Choice:
        """Return a column as a choice of a question."""
        return Choice(self.name_of(position), self.label_of(position))

    def name_of(self, position: int) -> str:
        """Return the name of a column for staff: its heading, or its letter if the heading is not unique."""
        text = self.texts[position]
        plain = self.keys[position] and self.keys.count(self.keys[position]) == 1 and SEPARATOR not in text
        return (
            text
            if plain and fold(text) != NONE_OF_THEM
            else cell_addresses.letter(self.sheet.left + position)
        )

    def label_of(self, position: int) -> str:
        """Return a column's heading and letter."""
        return (
            f"{show_value(self.texts[position])} (column {cell_addresses.letter(self.sheet.left + position)})"
        )

    def columns_in_words(self, positions: Sequence[int], last: str) -> str:
        """Return a list of columns as text; ``last`` is the word before the last one."""
        names = [f"“{self.label_of(position)}”" for position in positions]
        return f" {last} ".join(filter(None, (", ".join(names[:-1]), names[-1])))

    def known_headings(self) -> list[str]:
        """Return the known headings of this sheet."""
        return [text for text in self.texts if text]


def question_name(field: Field) -> str:
    """Return the input that answers which column a field is: ``date_column``."""
    return f"{field.name.removesuffix('_cents')}_column"


def _is_filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))

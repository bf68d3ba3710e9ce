"""Which row of a sheet holds the headings, and which column is which field.

Order of trust: the answers given with this click, the clinic's import profile, the exact
synonyms. What is left open is asked, all at once, with the best-fitting column proposed.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from server.billing.clinic import CountsAs, ImportProfile
from server.billing.log import Column
from server.billing.names import fold
from server.billing.statuses import NO, YES
from server.errors import Finding, HeaderNotFound, MissingColumn
from server.sheets import a1
from server.sheets.cells import text_of
from server.sheets.log.headings import (
    BY_NAME,
    LOG_FIELDS,
    PART,
    WHOLE,
    Field,
    Several,
    flag_of,
    fold_heading,
    is_known,
)
from server.sheets.questions import NONE_OF_THEM, Choice, Question, Unanswered
from server.sheets.sheet import Cell, Sheet

LOOKED_AT = 60
"""How many rows from the top a header may stand below."""

ENOUGH = 2
"""How many known headings make a row the header."""

SAMPLE = 300
"""How many rows are looked at to see what a column holds."""

FITS = 0.6
"""Share of a column's distinct values that must make sense for it to be proposed."""

IGNORE = ""
"""The field of a column the clinic said to leave alone."""

DATE_ORDERS = frozenset({"mdy", "dmy"})
"""What can be answered about a date column: month first, or day first."""

Fit = Callable[[Sequence[Cell]], float]
"""Says which share of some cells makes sense as a field."""


class GroupNames(Enum):
    """Whether rows of their own name the providers of the rows below them."""

    NONE = auto()
    LONE = auto()
    LABELLED = auto()


NamesBelow = Callable[[int], GroupNames]
"""Says of a header row whether rows below it name the providers, and whether with a label."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. Positions count columns of the sheet's used part from 0.

    ``columns`` maps a field to its column, or its several columns where they are summed;
    ``flags`` are the yes/no columns with what "yes" counts as.
    """

    header: int
    columns: Mapping[str, tuple[int, ...]]
    flags: Mapping[int, CountsAs]
    learned: ImportProfile


class Headings:
    """The header row of one sheet, being matched to fields."""

    def __init__(self, sheet: Sheet, profile: ImportProfile, answers: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.answers = answers
        self.profile = dict(profile.columns)
        self.polarity = dict(profile.polarity)
        self.date_order = profile.date_order
        self.row = self._find()
        self.texts = [text_of(column[self.row]) for column in sheet.columns]
        self.questions: list[Question] = []
        self.findings: list[Finding] = []

    def _find(self) -> int:
        """Return the row with most known headings, the topmost of equals."""
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
        return sum(1 for text in texts if is_known(text) or fold_heading(text) in self.profile)

    def sample(self, position: int) -> Sequence[Cell]:
        """Return the distinct filled cells of a column's first rows below the header."""
        cells = self.sheet.columns[position][self.row + 1 : self.row + 1 + SAMPLE]
        return list(dict.fromkeys(cell for cell in cells if text_of(cell)))

    def is_yes_no(self, position: int) -> bool:
        """Return whether a column answers yes or no."""
        answers = {fold(text_of(cell)) or text_of(cell) for cell in self.sample(position)}
        return bool(answers) and answers <= YES | NO

    def candidates(self) -> tuple[dict[str, list[int]], dict[str, list[int]], dict[int, CountsAs]]:
        """Return the columns each field may be, those that may be parts of it, and the yes/no columns."""
        whole: dict[str, list[int]] = defaultdict(list)
        parts: dict[str, list[int]] = defaultdict(list)
        flags: dict[int, CountsAs] = {}
        for position, text in enumerate(self.texts):
            key = fold_heading(text)
            flag = self.polarity.get(key) or flag_of(text)
            if key in self.profile:
                whole[self.profile[key]].append(position)
            elif flag and self.is_yes_no(position):
                flags[position] = flag
            elif key in WHOLE:
                whole[WHOLE[key]].append(position)
            elif key in PART:
                parts[PART[key]].append(position)
            elif flag:
                whole["status"].append(position)
        whole.pop(IGNORE, None)
        return whole, parts, flags

    def ask(self, field: Field, positions: Sequence[int], why: str) -> None:
        """Put the question which of some columns a field is."""
        choices = tuple(Choice(self.name_of(position), self.label_of(position)) for position in positions)
        self.questions.append(Question(question_name(field), why, choices, choices[0].value))
        for position in positions:
            column = self.sheet.left + position
            self.findings.append(
                Finding(
                    "column-question",
                    self.sheet.name,
                    (self.sheet.top + self.row,),
                    column,
                    self.texts[position],
                    {"question": why},
                )
            )

    def answer(self, field: Field) -> int | None:
        """Return the column staff named for a field with this click, by heading or by letter."""
        given = self.answers.get(question_name(field), "").strip()
        if fold(given) in {"", NONE_OF_THEM}:
            return None
        for position, text in enumerate(self.texts):
            if text and fold_heading(text) == fold_heading(given):
                return position
        letters = a1.position(given)
        inside = letters is not None and 0 <= letters - self.sheet.left < len(self.texts)
        if letters is None or not inside:
            raise MissingColumn(self.sheet.name, [given], self.sheet.top + self.row, self.seen())
        return letters - self.sheet.left

    def learn(self, field: Field, chosen: int, among: Sequence[int]) -> None:
        """Remember an answer for the clinic's next log."""
        for position in among:
            self.profile[fold_heading(self.texts[position])] = IGNORE
        self.profile[fold_heading(self.texts[chosen])] = field.name

    def name_of(self, position: int) -> str:
        """Return what staff call a column: its heading, or its letter where another is called the same."""
        text = self.texts[position]
        return text if self.texts.count(text) == 1 else a1.letter(self.sheet.left + position)

    def label_of(self, position: int) -> str:
        """Return a column's heading and letter."""
        return f"{self.texts[position]} (column {a1.letter(self.sheet.left + position)})"

    def seen(self) -> list[str]:
        """Return the headings there are."""
        return [text for text in self.texts if text]


def question_name(field: Field) -> str:
    """Return the input that answers which column a field is: ``date_column``."""
    return f"{field.name.removesuffix('_cents')}_column"


def lay_out(
    sheet: Sheet,
    profile: ImportProfile,
    answers: Mapping[str, str],
    fits: Mapping[str, Fit],
    names_below: NamesBelow = lambda _header: GroupNames.NONE,
) -> Layout:
    """Find the header and give every field its column.

    ``fits`` says for date, provider, service and status how well a column's cells make sense.
    ``names_below`` says whether rows of their own make up for a missing provider column.
    Raises HeaderNotFound, MissingColumn, or Unanswered with everything that must be asked.
    """
    headings = Headings(sheet, profile, answers)
    whole, parts, flags = headings.candidates()
    columns: dict[str, tuple[int, ...]] = {}
    missing: list[Field] = []
    for field in LOG_FIELDS:
        found = _one_field(headings, field, whole.get(field.name, []), parts.get(field.name, []), fits)
        if found:
            columns[field.name] = found
        elif field.required and not (field.name == "status" and flags):
            missing.append(field)
    taken = {position for positions in columns.values() for position in positions} | set(flags)
    named = names_below(headings.row) if BY_NAME["provider"] in missing else GroupNames.NONE
    if named is GroupNames.LABELLED:
        missing.remove(BY_NAME["provider"])
    _ask_for_missing(headings, missing, taken, fits, named)
    _polarity(headings, columns, flags)
    if headings.questions:
        raise Unanswered(headings.questions, headings.findings)
    given = answers.get("date_order", "").strip().casefold()
    order = given if given in DATE_ORDERS else profile.date_order
    learned = ImportProfile(tuple(headings.profile.items()), tuple(headings.polarity.items()), order)
    return Layout(headings.row, columns, flags, learned)


def _one_field(
    headings: Headings, field: Field, whole: list[int], parts: list[int], fits: Mapping[str, Fit]
) -> tuple[int, ...]:
    """Return the column or columns of a field, asking where more than one could be it."""
    chosen = headings.answer(field)
    if chosen is not None:
        headings.learn(field, chosen, whole)
        return (chosen,)
    if not whole:
        return tuple(parts) if field.several is Several.SUM else ()
    if len(whole) == 1 or field.several is Several.FIRST:
        return (whole[0],)
    same_heading = len({fold_heading(headings.texts[position]) for position in whole}) == 1
    if field.several is Several.SUM and same_heading:
        return tuple(whole)
    settled = _settled(headings, field, whole, fits)
    if settled is None:
        names = " or ".join(f"“{headings.label_of(position)}”" for position in whole)
        headings.ask(field, whole, f"Which column is the {field.heading.lower()}: {names}?")
        return (whole[0],)
    return (settled,)


def _settled(headings: Headings, field: Field, whole: list[int], fits: Mapping[str, Fit]) -> int | None:
    """Return the one column of several that can be meant: all say the same, or only one makes sense."""
    columns = [headings.sheet.columns[position][headings.row + 1 :] for position in whole]
    if all(list(column) == list(columns[0]) for column in columns[1:]):
        return whole[0]
    if field.name in fits and field.name != "date":
        sensible = [position for position in whole if fits[field.name](headings.sample(position)) >= FITS]
        if len(sensible) == 1:
            return sensible[0]
    return None


def _ask_for_missing(
    headings: Headings,
    missing: Sequence[Field],
    taken: set[int],
    fits: Mapping[str, Fit],
    named: GroupNames,
) -> None:
    """Propose unnamed columns whose cells make sense; refuse where there is none."""
    hopeless = []
    for field in missing:
        shares = {
            position: fits[field.name](headings.sample(position))
            for position, text in enumerate(headings.texts)
            if text and position not in taken
        }
        proposed = sorted((p for p, share in shares.items() if share >= FITS), key=lambda p: -shares[p])
        if proposed:
            headings.ask(
                field,
                proposed,
                f"No heading says which column is the {field.heading.lower()}. Is it this one?",
            )
        elif field.name != "provider" or named is GroupNames.NONE:
            hopeless.append(field.heading)
    if hopeless:
        row = headings.sheet.top + headings.row
        raise MissingColumn(headings.sheet.name, hopeless, row, headings.seen())


def _polarity(headings: Headings, columns: dict[str, tuple[int, ...]], flags: dict[int, CountsAs]) -> None:
    """Find out what "yes" means in a Status column that answers yes or no (DOMAIN 8.12)."""
    if "status" not in columns or not headings.is_yes_no(columns["status"][0]):
        return
    position = columns["status"][0]
    given = headings.answers.get("yes_means", "").strip().casefold()
    key = fold_heading(headings.texts[position])
    if given in {CountsAs.ATTENDED.value, CountsAs.NO_SHOW.value}:
        headings.polarity[key] = CountsAs(given)
    if key in headings.polarity:
        flags[position] = headings.polarity[key]
        del columns["status"]
        return
    why = f"In “{headings.label_of(position)}”, does Yes mean that the visit took place?"
    headings.ask(BY_NAME["status"], [position], why)
    choices = (
        Choice(CountsAs.ATTENDED.value, "Yes means attended"),
        Choice(CountsAs.NO_SHOW.value, "Yes means no show"),
    )
    headings.questions[-1] = Question("yes_means", why, choices, choices[0].value)


def column_of(sheet: Sheet, layout: Layout, position: int) -> Column:
    """Return where a column stands in the sheet, with its heading."""
    return Column(sheet.left + position, text_of(sheet.columns[position][layout.header]))

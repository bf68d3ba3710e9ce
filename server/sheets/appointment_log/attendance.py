"""Yes/no columns that say whether a visit took place, and the questions about them that are not answered yet."""

from collections.abc import Sequence

from server.billing.clinics import CountsAs
from server.billing.names import fold
from server.billing.payroll.statuses import meanings
from server.errors import MissingInput
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.header_row import FILLED, FITS, Headings
from server.sheets.appointment_log.heading_synonyms import WHOLE, fold_heading
from server.sheets.appointment_log.measure_columns import share_of_numbers
from server.sheets.cells import text_of
from server.sheets.questions import NONE_OF_THEM, Choice, Question

_ABSENT = ("noshow", "missed", "didnot", "notattend", "notarriv", "absent", "dna", "cancel", "failedto")
_PRESENT = (
    "attend",
    "arriv",
    "showed",
    "kept",
    "completed",
    "present",
    "checkedin",
    "checkedout",
    "tookplace",
)

_CHOICES = (
    (CountsAs.ATTENDED, "the visit took place"),
    (CountsAs.NO_SHOW, "the client did not come"),
    (CountsAs.CANCELLED, "the visit was cancelled"),
    (CountsAs.LATE_CANCELLED, "the visit was cancelled late"),
)


def forget_overruled(headings: Headings, key: str) -> None:
    """Forget the earlier answer about a column (what yes means, or a refund) if this click answers it again."""
    is_status = "yes_means" in headings.answers and WHOLE.get(key) == "status" and key in headings.polarity
    if is_status or {f"yes_means_{fold(key)}", f"refund_{fold(key)}"} & headings.answers.keys():
        for remembered in (headings.polarity, headings.remembered, headings.profile):
            remembered.pop(key, None)


def ask_what_yes_means(matching: Matching) -> None:
    """Find out what "yes" means in a Status column that holds yes and no."""
    headings = matching.headings
    if "status" not in matching.columns or not headings.is_yes_no(matching.columns["status"][0]):
        return
    position = matching.columns["status"][0]
    given = headings.answers.get("yes_means", "").strip().casefold()
    key = headings.keys[position]
    if given in {CountsAs.ATTENDED.value, CountsAs.NO_SHOW.value}:
        headings.polarity[key] = CountsAs(given)
    if key in headings.polarity:
        matching.flags[position] = headings.polarity[key]
        del matching.columns["status"]
        return
    why = f"In “{headings.label_of(position)}”, does Yes mean that the visit took place?"
    choices = (
        Choice(CountsAs.ATTENDED.value, "Yes means attended"),
        Choice(CountsAs.NO_SHOW.value, "Yes means no show"),
    )
    headings.ask(Question("yes_means", why, choices), [position])


def ask_about_flags(matching: Matching) -> None:
    """Ask about unknown columns that may say whether a visit took place: yes/no cells, or a few filled cells."""
    for position in list(matching.unknown):
        key = matching.headings.keys[position]
        absent = any(word in key for word in _ABSENT)
        if not absent and not any(word in key for word in _PRESENT):
            continue
        if matching.headings.answers_yes_and_no(position):
            _ask(matching, position, is_filled=False)
        elif (absent and _says_something(matching, position)) or matching.headings.is_yes_no(position):
            _ask(matching, position, is_filled=True)


def _says_something(matching: Matching, position: int) -> bool:
    """Return whether a column that is filled in some rows adds something to the status."""
    headings = matching.headings
    rows = headings.filled_rows(position)
    if not rows or not headings.has_blanks(position):
        return False
    cells = headings.sheet.columns[position]
    if share_of_numbers([cells[row] for row in rows]) >= FITS and not headings.is_dated(position):
        return False
    if "status" not in matching.columns:
        return True
    known = meanings(matching.setup.statuses)
    statuses = headings.sheet.columns[matching.columns["status"][0]]
    return any(known.get(fold(text_of(statuses[row]))) is CountsAs.ATTENDED for row in rows)


def _ask(matching: Matching, position: int, *, is_filled: bool) -> None:
    headings = matching.headings
    key = headings.keys[position]
    name = f"yes_means_{fold(key)}"
    given = headings.answers.get(name, "").strip()
    if fold(given) == NONE_OF_THEM:
        headings.leave_alone([position])
    elif given:
        meaning = _attendance_named(name, given)
        headings.polarity[key] = matching.flags[position] = meaning
        matching.unknown.remove(position)
        if is_filled:
            headings.profile[key] = FILLED
            matching.filled.add(position)
    else:
        label = headings.label_of(position)
        why = (
            f"“{label}” is filled in for some visits. What does a filled cell mean?"
            if is_filled
            else f"“{label}” answers yes or no. What does Yes mean?"
        )
        choices = [Choice(word.value, what) for word, what in _CHOICES]
        choices.append(Choice(NONE_OF_THEM, "something else, which decides nothing here"))
        matching.asked["status"] = (*matching.asked.get("status", ()), position)
        headings.ask(Question(name, why, tuple(choices)), [position])


def _attendance_named(name: str, given: str) -> CountsAs:
    words: Sequence[CountsAs] = [word for word, _ in _CHOICES]
    for word in words:
        if fold_heading(word.value) == fold_heading(given):
            return word
    sentence = f"“{given}” is no answer to “{name}”."
    raise MissingInput(name, sentence, f"Answer with one of: {', '.join(words)}, {NONE_OF_THEM}.")

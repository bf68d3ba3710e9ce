"""A person's name in two columns: first name and last name.

If another column also names the provider and differs, the biller is asked which one to use: one of them may be a
supervisor, or the person who sent the bill.
"""

from server.billing.names import fold
from server.billing.payroll.setup_matching import spellings
from server.sheets.appointment_log.column_layout import Matching
from server.sheets.appointment_log.heading_synonyms import FIRST_AND_LAST, Field, fold_heading
from server.sheets.cells import text_of

Pair = tuple[int, ...]
"""The columns of a first and a last name; empty where there are none."""


def pair_for(matching: Matching, name: str) -> Pair:
    """Return the two columns that make up a person's name, unless the clinic said to ignore them."""
    keys = matching.headings.keys
    for first, last in FIRST_AND_LAST.get(name, ()):
        pair = [fold_heading(first), fold_heading(last)]
        if all(keys.count(key) == 1 and key not in matching.headings.remembered for key in pair):
            return tuple(keys.index(key) for key in pair)
    return ()


def rival_pair(matching: Matching, field: Field) -> Pair:
    """Return the first and last name columns to ask about because another column also names the provider."""
    return pair_for(matching, field.name) if field.name == "provider" else ()


def names_another(matching: Matching, pair: Pair, position: int) -> bool:
    """Return whether two columns and a third one name different people, in the sampled rows."""
    known = spellings(matching.setup.providers)
    columns = matching.headings.sheet.columns
    for row in matching.headings.filled_rows(pair[-1]):
        joined = fold(" ".join(filter(None, (text_of(columns[place][row]) for place in pair))))
        other = fold(text_of(columns[position][row]))
        if joined != other and (joined not in known or known[joined] != known.get(other)):
            return True
    return False


def join_names(matching: Matching) -> None:
    """Give a person's field the columns of first and last name, if no column has both."""
    for name in FIRST_AND_LAST:
        pair = pair_for(matching, name)
        if pair and name not in matching.columns and name not in matching.asked:
            matching.columns[name] = pair

"""Which column of a log is which field.

Order of trust: the answers given with this click, the clinic's import profile, the exact synonyms. All open points are
asked at once: fields without a heading, fields that could be two columns, and columns with an unknown heading whose
cells look like something that decides pay.
"""

from collections.abc import Mapping, Sequence

from server.billing.clinics import ImportProfile, Setup
from server.billing.payroll.appointment_log import Column
from server.sheets.appointment_log.attendance import (
    ask_about_flags,
    ask_what_yes_means,
    forget_overruled,
)
from server.sheets.appointment_log.charge_base import choose_charge_base
from server.sheets.appointment_log.column_layout import CellEvidence, Layout, Matching
from server.sheets.appointment_log.header_row import FILLED, FITS, IGNORE, Headings
from server.sheets.appointment_log.heading_synonyms import (
    LOG_FIELDS,
    PART,
    WEAK,
    WHOLE,
    Field,
    Several,
    flag_of,
)
from server.sheets.appointment_log.lookalike_columns import (
    by_rank,
    differs,
    held_statuses,
    look_like,
    say_the_same_days,
)
from server.sheets.appointment_log.missing_columns import ask_for_missing
from server.sheets.appointment_log.money_columns import choose_money
from server.sheets.appointment_log.name_pairs import Pair, join_names, names_another, rival_pair
from server.sheets.appointment_log.refund_columns import take_off_refunds
from server.sheets.appointment_log.signature_columns import sort_signatures
from server.sheets.cells import text_of
from server.sheets.sheet import Sheet

DATE_ORDERS = frozenset({"mdy", "dmy"})
"""Answers about a date column: month first, or day first."""


def lay_out(
    sheet: Sheet,
    setup: Setup,
    profile: ImportProfile,
    answers: Mapping[str, str],
    evidence: CellEvidence,
) -> Layout:
    """Find the header and give every field its column. Open points are in the layout's questions.

    Raises HeaderNotFound or MissingColumn.
    """
    matching = Matching(Headings(sheet, profile, answers), setup, profile, evidence.fits)
    _sort_columns(matching)
    sort_signatures(matching)
    for field in LOG_FIELDS:
        if field.name == "start":
            _offer_start(matching)
        if field.several is Several.SUM:
            _choose_sum(matching, field)
        else:
            _choose_one(matching, field)
    take_off_refunds(matching)
    join_names(matching)
    ask_what_yes_means(matching)
    ask_about_flags(matching)
    if "provider" not in matching.columns and "provider" not in matching.asked:
        matching.group_names = evidence.names_below(matching.headings.row)
    ask_for_missing(matching)
    return _finish_layout(matching, answers)


def _sort_columns(matching: Matching) -> None:
    """Sort the columns by heading: a whole field, part of a field, a yes/no column, or unknown."""
    headings = matching.headings
    for position, (text, key) in enumerate(zip(headings.texts, headings.keys, strict=True)):
        forget_overruled(headings, key)
        flag = headings.polarity.get(key) or flag_of(text)
        remembered = headings.remembered.get(key)
        if remembered == FILLED and key in headings.polarity:
            matching.flags[position] = headings.polarity[key]
            matching.filled.add(position)
        elif remembered is not None:
            matching.whole[remembered].append(position)
        elif flag and headings.answers_yes_and_no(position):
            matching.flags[position] = flag
        elif key in WHOLE and not _is_rather(matching, position):
            matching.whole[WHOLE[key]].append(position)
        elif key in PART:
            matching.parts[PART[key]].append(position)
        elif flag and held_statuses(matching, position):
            matching.whole["status"].append(position)
        elif text:
            matching.unknown.append(position)
    matching.whole.pop(IGNORE, None)


def _is_rather(matching: Matching, position: int) -> bool:
    """Return whether the cells under a heading with two meanings make sense as the weaker one.

    "Start Time" is the day and time of a visit in one system, and only the time in another.
    """
    field = WEAK.get(matching.headings.keys[position])
    return field is not None and matching.fits[field](matching.headings.sample(position)) >= FITS


def _choose_sum(matching: Matching, field: Field) -> None:
    """Give a field of money its columns, or ask about them. Pay by % of charge may be a share of something else than the charge."""
    is_base = field.name == "charge_cents" and field.name in matching.setup.measures
    if not is_base or not choose_charge_base(matching, field):
        choose_money(matching, field)


def _choose_one(matching: Matching, field: Field) -> None:
    """Give a field its one column, or ask if more than one could be it."""
    headings, whole = matching.headings, matching.whole[field.name]
    lookalikes, pair = look_like(matching, field), rival_pair(matching, field)
    chosen = headings.answer_one(field)
    if chosen is not None:
        headings.learn(field, [chosen], [*whole, *lookalikes, *pair])
        matching.give(field, (chosen,))
        return
    if headings.answered_none(field):
        headings.leave_alone(lookalikes)
        lookalikes = []
        if len(whole) > 1 or (whole and pair):
            headings.leave_alone(whole)
            return
    settled = _only_sensible_column(matching, field, whole or _unmistakable(matching, field, lookalikes))
    against = [position for position in lookalikes if position != settled]
    if settled is not None:
        against = [position for position in against if differs(matching, field, settled, position)]
        pair = pair if pair and names_another(matching, pair, settled) else ()
    candidates = [*(whole if settled is None else (settled,)), *against]
    if settled is not None and not against and not pair:
        matching.give(field, (settled,))
    elif settled is not None or whole:
        matching.give(field, (candidates[0],))
        _ask_which(matching, field, candidates, pair)
    elif field.name == "status" and matching.flags and against:
        matching.asked["status"] = tuple(against)
        headings.ask_which(
            field, against, held_statuses(matching, against[0]), instead="The yes/no column decides"
        )


def _ask_which(matching: Matching, field: Field, candidates: Sequence[int], pair: Pair) -> None:
    """Ask which column a field is. A name in two columns is offered as one more answer."""
    positions = by_rank(matching.headings, candidates) if field.name == "date" else candidates
    matching.asked[field.name] = tuple(positions)
    together = f"{matching.headings.columns_in_words(pair, 'and')} together" if pair else ""
    names = " or ".join(filter(None, (matching.headings.columns_in_words(positions, "or"), together)))
    why = f"Which column is the {field.noun}: {names}?"
    if field.name == "status":
        said = [held_statuses(matching, position) for position in positions[1:]]
        why = f"{said[0].partition(':')[0]}. {why}" if said and said[0] else why
    matching.headings.ask_which(field, positions, why, instead=together)


def _unmistakable(matching: Matching, field: Field, lookalikes: Sequence[int]) -> list[int]:
    """Return the column under a heading that other systems use for something else, if every cell makes sense.

    If the log has a yes/no column, the status is asked about anyway.
    """
    headings = matching.headings
    weak = [position for position in lookalikes if WEAK.get(headings.keys[position]) == field.name]
    if len(weak) != 1 or (field.name == "status" and matching.flags):
        return []
    return weak if matching.fits[field.name](headings.sample(weak[0])) == 1 else []


def _only_sensible_column(matching: Matching, field: Field, whole: Sequence[int]) -> int | None:
    """Return the one possible column of several: all hold the same, or only one makes sense."""
    headings = matching.headings
    if len(whole) == 1 or (whole and field.several is Several.FIRST):
        return whole[0]
    columns = [headings.sheet.columns[position][headings.row + 1 :] for position in whole]
    if whole and all(list(column) == list(columns[0]) for column in columns[1:]):
        return whole[0]
    if field.name == "date":
        return whole[0] if whole and say_the_same_days(headings, whole) else None
    if field.name in matching.fits:
        fit = matching.fits[field.name]
        sensible = [position for position in whole if fit(headings.sample(position)) >= FITS]
        if len(sensible) == 1:
            return sensible[0]
    return None


def _offer_start(matching: Matching) -> None:
    """Read a date and time other than the date of service as the start of the visit, if no column is the start yet.

    This includes a column that the clinic said is not the date: its time can still be the start.
    """
    headings, date = matching.headings, matching.columns.get("date", ())
    matching.whole["start"] += [
        position
        for position, key in enumerate(headings.keys)
        if position not in {*date, *matching.whole["start"]}
        and "date" in {WHOLE.get(key), WEAK.get(key)}
        and headings.remembered.get(key, IGNORE) in {IGNORE, "date"}
        and any(word in key for word in ("start", "time"))
    ]


def _finish_layout(matching: Matching, answers: Mapping[str, str]) -> Layout:
    headings, profile = matching.headings, matching.profile
    given = answers.get("date_order", "").strip().casefold()
    learned = ImportProfile(
        tuple(headings.profile.items()),
        tuple(headings.polarity.items()),
        given if given in DATE_ORDERS else profile.date_order,
        profile.all_attended or matching.all_attended,
        matching.one_service or profile.one_service,
    )
    read = {position for found in matching.columns.values() for position in found} | set(matching.flags)
    read |= set(matching.signatures)
    return Layout(
        headings.row,
        matching.columns,
        matching.flags,
        learned,
        frozenset(matching.filled),
        matching.all_attended,
        matching.one_service,
        tuple(position for position, text in enumerate(headings.texts) if text and position not in read),
        frozenset(matching.minus),
        matching.signatures,
        matching.asked,
        tuple(headings.questions),
        tuple(headings.findings),
        tuple(matching.remarks),
    )


def column_of(sheet: Sheet, layout: Layout, position: int) -> Column:
    """Return the position of a column in the sheet, and its heading."""
    return Column(sheet.left + position, text_of(sheet.columns[position][layout.header]))

"""Columns that payroll cannot do without but a log lacks: ask, use one answer for all rows, or refuse.

A log of kept visits has no status, and the log of a clinic with one service has no service. An answer given once
applies to the clinic's later logs, as long as nothing in them contradicts it.
"""

from collections.abc import Sequence

from server.billing.clinics import ANY
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import Finding, MissingColumn, MissingInput
from server.errors.log_column_findings import ColumnQuestion
from server.sheets.appointment_log.column_layout import GroupNames, Matching
from server.sheets.appointment_log.header_row import FITS, IGNORE
from server.sheets.appointment_log.heading_synonyms import LOG_FIELDS, Field
from server.sheets.appointment_log.lookalike_columns import by_rank, held_statuses
from server.sheets.questions import NONE_LABEL, NONE_OF_THEM, YES_NO, Choice, Question

ALL_ATTENDED, ONE_SERVICE = "all_attended", "one_service"


def ask_for_missing(matching: Matching) -> None:
    """Propose columns with other headings whose cells make sense, or ask about the log as a whole; else refuse."""
    hopeless = []
    for field in LOG_FIELDS:
        lacking = field.required and field.name not in matching.columns and field.name not in matching.asked
        if not lacking or (field.name == "status" and matching.flags):
            continue
        in_rows = matching.group_names if field.name == "provider" else GroupNames.NONE
        if in_rows is GroupNames.LABELED:
            continue
        proposed = _possible_columns(matching, field)
        if matching.headings.answered_none(field):
            matching.headings.leave_alone(proposed)
        elif proposed:
            matching.asked[field.name] = tuple(proposed)
            matching.headings.ask_which(field, proposed, _why(matching, field, proposed), instead=NONE_LABEL)
            continue
        if in_rows is GroupNames.NONE and not _holds_for_all_rows(matching, field):
            hopeless.append(field.heading)
    if hopeless:
        headings = matching.headings
        row = headings.sheet.top + headings.row
        raise MissingColumn(headings.sheet.name, hopeless, row, headings.known_headings())


def _possible_columns(matching: Matching, field: Field) -> list[int]:
    """Return the columns that could be a field, the likeliest first."""
    headings, fit = matching.headings, matching.fits[field.name]
    free = [position for position in range(len(headings.texts)) if matching.is_free(position)]
    if _is_remembered(matching, field):
        free = [place for place in free if headings.remembered.get(headings.keys[place]) != IGNORE]
    if field.name == "status":
        return [position for position in free if held_statuses(matching, position)]
    shares = {position: fit(headings.sample(position)) for position in free}
    proposed = sorted((p for p, share in shares.items() if share >= FITS), key=lambda p: -shares[p])
    return by_rank(headings, proposed) if field.name == "date" else proposed


def _why(matching: Matching, field: Field, proposed: Sequence[int]) -> str:
    if field.name == "status":
        return held_statuses(matching, proposed[0])
    which = "Is it this one?" if len(proposed) == 1 else "Which one is it?"
    return f"No heading says which column is the {field.noun}. {which}"


def _is_remembered(matching: Matching, field: Field) -> bool:
    """Return whether the clinic has answered what applies to its logs without this field.

    If a column was ever named as the field, a log without it is asked about.
    """
    profile = matching.profile
    if field.name in matching.headings.remembered.values():
        return False
    services = {service.code for service in matching.setup.services}
    return (field.name == "status" and profile.all_attended) or (
        field.name == "service" and profile.one_service in services
    )


def _holds_for_all_rows(matching: Matching, field: Field) -> bool:
    """Return whether one answer replaces a column, or was asked for."""
    if field.name == "status":
        return _all_attended(matching, field)
    return field.name == "service" and _one_service(matching, field)


def _all_attended(matching: Matching, field: Field) -> bool:
    given = matching.headings.answers.get(ALL_ATTENDED, "")
    if not given and _is_remembered(matching, field):
        matching.all_attended = True
    elif not given:
        why = "No column says whether a visit took place. Are all rows attended visits?"
        _ask(matching, Question(ALL_ATTENDED, why, kind=YES_NO))
    elif fold(given) in YES:
        matching.all_attended = True
    elif fold(given) not in NO:
        raise MissingInput(ALL_ATTENDED, f"“{given}” is no answer to “{ALL_ATTENDED}”.", "Answer yes or no.")
    else:
        return False
    return True


def _one_service(matching: Matching, field: Field) -> bool:
    services = matching.setup.services
    given = matching.headings.answers.get(ONE_SERVICE, "")
    if not given and _is_remembered(matching, field):
        matching.one_service = matching.profile.one_service
        return True
    if fold(given) == NONE_OF_THEM or not services:
        return False
    if given:
        matching.one_service = _service(matching, given)
        return True
    if len(services) > 1 and not all(rate.service == ANY for rate in matching.setup.rates):
        return False
    choices = [Choice(service.code, f"{service.code}: {service.name}".rstrip(": ")) for service in services]
    default = choices[0].value if len(choices) == 1 else ""
    choices.append(Choice(NONE_OF_THEM, "No, they differ"))
    why = "No column says which service a visit was. Were all of them one service?"
    _ask(matching, Question(ONE_SERVICE, why, tuple(choices), default))
    return True


def _service(matching: Matching, given: str) -> str:
    for service in matching.setup.services:
        if fold(given) in map(fold, service.spellings):
            return service.code
    codes = ", ".join(service.code for service in matching.setup.services)
    raise MissingInput(
        ONE_SERVICE, f"“{given}” is not a service of this clinic.", f"Answer with one of: {codes}."
    )


def _ask(matching: Matching, question: Question) -> None:
    """Ask a question about the log as a whole; it points at the header row."""
    headings = matching.headings
    headings.questions.append(question)
    place = (headings.sheet.top + headings.row,)
    headings.findings.append(Finding(ColumnQuestion(question=question.label), headings.sheet.name, place))

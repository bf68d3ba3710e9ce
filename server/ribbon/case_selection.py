"""The case that a click is about: the one it names, or that of the selected rows of the Invoices sheet."""

from collections.abc import Iterable, Mapping, Sequence

from server.billing.invoices.cases import Case
from server.billing.names import fold
from server.errors import UnknownCase
from server.ribbon.context import question
from server.ribbon.protocol import AskedChoice, AskedField, Reply

CASE, PATIENT = "case", "patient"

MOST_OFFERED = 100
"""Cases in the list to choose from."""


def cases_meant(
    answers: Mapping[str, str], every: Sequence[Case], picked: Sequence[Case], otherwise: Sequence[Case]
) -> Sequence[Case]:
    """Return the cases that a click can mean: those it names, those of the selected rows, or ``otherwise``."""
    typed = _cases_named(every, answers) if CASE in answers else []
    if typed and picked:
        return [case for case in typed if case in picked] or [*typed, *picked]
    return typed or picked or otherwise


def _cases_named(every: Iterable[Case], answers: Mapping[str, str]) -> list[Case]:
    """Return the cases with the name in the answer, of the patient in the answer if there is one. A label of our list
    of cases is a name too.
    """
    answer, patient = answers[CASE], fold(answers.get(PATIENT, ""))
    of_patient = [case for case in every if not patient or fold(case.patient) == patient]
    if exact := [case for case in of_patient if case_label(case) == answer]:
        return exact
    alike = [case for case in of_patient if fold(answer) in {fold(case.name), fold(case_label(case))} - {""}]
    if not alike:
        raise UnknownCase(answer)
    return alike


def case_label(case: Case) -> str:
    """Return the label of a case: its name and its patient, because two patients may have cases with the same name."""
    return f"{case.name or 'no case name'} · {case.patient}"


def ask_for_case(title: str, count: int, choices: Sequence[AskedChoice]) -> Reply:
    """Return the question for a case. ``count`` is how many there are; not all of them may be among the choices."""
    if count > len(choices):
        title += f" These are {len(choices)} of {count:,}; for another, select one of its rows first."
    return question(title, AskedField(name=CASE, label="Case", kind="choice", choices=list(choices)))

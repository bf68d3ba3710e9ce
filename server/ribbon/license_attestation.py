"""The licence attestation, asked once when the first prices of a clinic are imported (rule: prices#license).

Code sets may be licensed content. Whoever imports codes says for which organisation, and that it
holds the licence or made the codes itself; the books keep those words with who said them and when.
"""

from collections.abc import Mapping

from server.billing.clinics import Clinic
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import LicenceNeeded
from server.ribbon.context import question
from server.ribbon.protocol import AskedField, Reply

LICENCE, ORGANISATION = "licence", "organisation"


def attestation_words(answers: Mapping[str, str]) -> str:
    """Return the words to keep, "" where the questions are not all answered; refuses a no."""
    held, organisation = fold(answers.get(LICENCE, "")), " ".join(answers.get(ORGANISATION, "").split())
    if held in NO:
        raise LicenceNeeded
    if held not in YES or not fold(organisation):
        return ""
    return (
        f"{organisation} holds the licences for the codes and descriptions it imports, or they are its own."
    )


def ask_attestation(clinic: Clinic, answers: Mapping[str, str]) -> Reply:
    """Return the form that asks for the attestation, keeping what was answered already."""
    title = f"May the codes on the Prices sheet be used for {clinic.name}?"
    held = AskedField(
        name=LICENCE,
        label="Does your organisation hold a licence for the codes and descriptions it imports,"
        " or are they its own?",
        kind="yes-no",
        default="yes" if fold(answers.get(LICENCE, "")) in YES else None,
    )
    organisation = AskedField(
        name=ORGANISATION,
        label="Which organisation is that?",
        default=answers.get(ORGANISATION),
    )
    more = "This is asked once, before the first prices are saved. Nothing is saved yet."
    return question(title, held, organisation, more=more)

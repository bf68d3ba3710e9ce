"""The license attestation, asked once when the first prices of a clinic are imported (rule: prices#license).

Code sets may be licensed content. The person who imports codes names the organization and attests that it
holds the license or made the codes itself. The books keep these words with the person and the time.
"""

from collections.abc import Mapping

from server.billing.clinics import Clinic
from server.billing.names import fold
from server.billing.payroll.statuses import NO, YES
from server.errors import LicenseNeeded
from server.ribbon.context import question
from server.ribbon.protocol import AskedField, Reply

LICENSE, ORGANIZATION = "license", "organization"

EARLIER_NAMES = {"licence": LICENSE, "organisation": ORGANIZATION}
"""Names these inputs had before. Programs may still send them; the new name wins if both are sent."""


def attestation_words(answers: Mapping[str, str]) -> str:
    """Return the words to keep, or "" if an answer is missing. Refuses a no."""
    answers = _by_new_names(answers)
    held, organization = fold(answers.get(LICENSE, "")), " ".join(answers.get(ORGANIZATION, "").split())
    if held in NO:
        raise LicenseNeeded
    if held not in YES or not fold(organization):
        return ""
    return (
        f"{organization} holds the licenses for the codes and descriptions it imports, or they are its own."
    )


def ask_attestation(clinic: Clinic, answers: Mapping[str, str]) -> Reply:
    """Return the form that asks for the attestation, filled with the answers so far."""
    answers = _by_new_names(answers)
    title = f"May the codes on the Prices sheet be used for {clinic.name}?"
    held = AskedField(
        name=LICENSE,
        label="Is your organization licensed to use these codes and descriptions, or did it create them?",
        kind="yes-no",
        default="yes" if fold(answers.get(LICENSE, "")) in YES else None,
    )
    organization = AskedField(
        name=ORGANIZATION,
        label="Which organization is that?",
        default=answers.get(ORGANIZATION),
    )
    more = "This is asked once, before the first prices are saved. Nothing is saved yet."
    return question(title, held, organization, more=more)


def _by_new_names(answers: Mapping[str, str]) -> Mapping[str, str]:
    earlier = {EARLIER_NAMES[name]: answer for name, answer in answers.items() if name in EARLIER_NAMES}
    return earlier | dict(answers)

"""The letterhead of a clinic, and which parts of it are missing in the setup."""

from collections.abc import Sequence

from server.billing.clinics import Clinic
from server.billing.text_lines import lines_of


def letterhead(clinic: Clinic) -> dict[str, object]:
    """Return the clinic as templates show it."""
    return {
        "name": clinic.name,
        "address": lines_of(clinic.address),
        "contact": [text for text in (clinic.contact, clinic.phone, clinic.email) if text],
        "tax_id": clinic.tax_id,
        "pay_to": clinic.pay_to or clinic.name,
        "remit_to": lines_of(clinic.remit_to or clinic.address),
        "terms": lines_of(clinic.invoice_terms),
    }


def missing_on_invoices(clinic: Clinic) -> Sequence[str]:
    """Return the fields of the Clinic sheet that an invoice lacks: those that a payer needs in order to pay."""
    needed = {
        "Address": clinic.address,
        "Phone": clinic.phone,
        "Remit to": clinic.remit_to or clinic.address,
        "Tax ID": clinic.tax_id,
    }
    return [field for field, value in needed.items() if not value]

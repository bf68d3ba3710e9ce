"""An invoice begins with a number, the facts of its exam and the step that bills it."""

from server.billing.invoices.invoice import Action, State
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.projection import apply_step
from tests.ledger.invoiced import TODAY, a_draft


def test_invoices_are_numbered_on_from_those_that_exist() -> None:
    new = begin_invoices([a_draft("Patient One"), a_draft("Patient Two")], 41, TODAY)

    assert [one.unbilled.facts.number for one in new] == ["INV-000042", "INV-000043"]
    assert [one.unbilled.facts.patient for one in new] == ["Patient One", "Patient Two"]
    assert begin_invoices([], 41, TODAY) == []


def test_an_invoice_is_billed_by_its_first_step_and_not_before() -> None:
    (new,) = begin_invoices([a_draft(cents=250_00)], 0, TODAY)
    billed = apply_step(new.unbilled, new.first_step)

    assert (new.unbilled.version, new.unbilled.billed_cents) == (0, 0)
    assert (new.first_step.action, new.first_step.place, new.first_step.day) == (Action.CREATE, 1, TODAY)
    assert (billed.state, billed.billed_cents, billed.balance_cents) == (
        State.PENDING_INVOICE,
        250_00,
        250_00,
    )
    assert billed.facts.created == TODAY

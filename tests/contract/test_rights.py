"""The table of rights names every operation and every step that there is, and nothing else."""

from server.billing.invoices.invoice import Action
from server.billing.rights import ROLES_OF_OPERATION, ROLES_OF_STEP
from server.ribbon.dispatch import COMMANDS
from tools.rights_page import every_operation

DECLARED = {one.name for one in every_operation()}


def test_every_row_is_of_an_operation_and_every_operation_has_a_row() -> None:
    assert set(ROLES_OF_OPERATION) == DECLARED


def test_the_steps_with_rows_are_actions_on_invoices() -> None:
    assert set(ROLES_OF_STEP) <= set(Action)


def test_every_button_is_for_an_operation() -> None:
    assert {command.purpose.name for command in COMMANDS.values()} <= DECLARED

"""What each route of REST does, so that the table of rights decides who may ask for it.

The role is checked before the body of a request is looked at, and again by the operation. A route without a row is refused
to everybody, and a service with such a route does not start.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from server.api.guard import OPEN, PERSON
from server.api.page_addresses import OPEN_PAGES
from server.billing.rights import ADMINISTRATORS, EVERYBODY, READERS, Roles
from server.operations import (
    aging,
    attorney_cases,
    cases,
    cheques,
    clinics,
    dashboard,
    documents,
    emergency_access,
    finished_workbooks,
    held_visits,
    invoice_export,
    invoice_papers,
    invoices,
    pay_runs,
    pay_statements,
    payer_mail,
    reminders,
    statement_of_account,
    status_requests,
    steps,
    unapplied_credits,
    users,
    worklist,
)
from server.operations.operation import Operation
from server.operations.permissions import require_role
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import ribbon

OPERATION_OF_ROUTE: Mapping[str, Operation[Any, Any]] = {
    **{button: command.purpose for button, command in COMMANDS.items()},
    "list_clinics": clinics.list_clinics,
    "list_providers": clinics.show_setup,
    "list_rates": clinics.show_setup,
    "list_prices": clinics.show_setup,
    "list_pay_runs": pay_runs.list_runs,
    "save_register": pay_statements.export_register,
    "save_statements": pay_statements.export_statements,
    "list_held_visits": held_visits.list_held_visits,
    "decide_held_visit": held_visits.decide_visit,
    "list_invoices": invoices.list_invoices,
    "search_invoices": invoices.list_invoices,
    "export_file": invoice_export.export_invoices,
    "create_invoices": invoices.create_invoices,
    "show_invoice": invoices.show_invoice,
    "list_lines": invoices.show_invoice,
    "list_invoice_documents": steps.list_documents,
    "list_steps": steps.list_steps,
    "take_step": steps.take_step,
    "take_steps": steps.take_steps,
    "print_invoice": invoice_papers.print_invoices,
    "print_invoices": invoice_papers.print_invoices,
    "list_credits": unapplied_credits.list_credits,
    "list_cheques": cheques.list_cheques,
    "list_cases": cases.list_cases,
    "search_cases": cases.list_cases,
    "settle_case": cases.settle_case,
    "print_account_file": statement_of_account.print_account,
    "print_case": invoice_papers.print_case,
    "list_documents": documents.list_documents,
    "keep_document": documents.keep_document,
    "fetch_document": documents.open_document,
    "show_users": users.list_users,
    "add_user": users.add_user,
    "show_user": users.show_user,
    "change_user": users.change_user,
    "act_on_user": users.disable_user,
    "show_access": users.list_access,
    "read_aging": aging.show_aging,
    "list_reminders": reminders.list_due_reminders,
    "count_reminders": reminders.count_due_reminders,
    "list_payer_mail": payer_mail.list_messages,
    "decide_payer_mail": payer_mail.decide_message,
    "show_kpis": dashboard.show_key_figures,
    "show_firm": dashboard.show_firm_figures,
    "add_reminders": reminders.add_reminders,
    "decide_reminders": reminders.decide_reminders,
    "show_worklist": worklist.list_worklist,
    "show_cases": attorney_cases.cases_of_attorney,
    "search_own_cases": attorney_cases.cases_of_attorney,
    "export_own_cases": attorney_cases.export_cases_of_attorney,
    "show_own_case": attorney_cases.case_of_attorney,
    "print_own_case": attorney_cases.print_case_of_attorney,
    "request_own_status": status_requests.request_status,
    "answer_status_requests": status_requests.answer_status_requests,
    "show_account": users.show_account,
    "change_password": users.show_account,
    "sign_out_everywhere": users.end_own_sessions,
    "open_clinic_in_emergency": emergency_access.begin_emergency,
    "close_own_emergency": emergency_access.end_emergency,
    "begin_emergency_access": emergency_access.begin_emergency,
    "end_emergency_access": emergency_access.end_emergency,
    "act_on_emergency": emergency_access.mark_emergency_seen,
    "fetch_output": finished_workbooks.fetch_output,
}
"""By the name of the route, which is the id of a button or the name of the function that answers."""

ROLES_OF_ROUTE: Mapping[str, Roles] = {
    "announce_body": READERS,
    "examine_installation": READERS,
    "fetch_workbook": READERS,
    "openapi": READERS,
    "press_unknown_button": READERS,
    "show_code": ADMINISTRATORS,
    "show_metrics": READERS,
    "show_session": EVERYBODY,
    "end_session": EVERYBODY,
    "show_device": READERS,
    "decide_device": READERS,
    "show_reference": READERS,
    "show_ribbon": READERS,
}
"""The routes that are about no clinic and do no operation."""


async def require_right(request: Request) -> None:
    """Raise RoleNotAllowed unless the person may do what the route of the request does."""
    if request.url.path not in OPEN | OPEN_PAGES:
        name = request.scope["route"].name
        what = ribbon().find_button(name).label if name in COMMANDS else name
        require_role(request.scope["state"][PERSON], roles_of_route(name), what)


def roles_of_route(name: str) -> Roles:
    """Return the roles that may use a route. Raises KeyError for a route without a row."""
    done = OPERATION_OF_ROUTE.get(name)
    return done.roles if done else ROLES_OF_ROUTE[name]


def refuse_unlisted_routes(routes: Sequence[BaseRoute]) -> None:
    """Raise KeyError for a route that neither is open to everybody nor has a row."""
    for route in iter_route_contexts(routes):
        if route.path not in OPEN | OPEN_PAGES:
            roles_of_route(str(route.name))

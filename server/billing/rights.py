"""The one table of rights: which roles may do what (rule: people#roles).

Every operation and every step on an invoice is checked against it, and the add-ins offer only the buttons that it
allows. What has no row cannot be done at all: declaring an operation without a row is an error.
"""

from collections.abc import Mapping
from typing import Final

from server.billing.people import Role

Roles = frozenset[Role]

ADMINISTRATORS: Final = Roles({Role.ADMINISTRATOR})
MANAGERS: Final = ADMINISTRATORS | {Role.MANAGER}
"""Those who let money go, give it up, and take back what was recorded."""
BILLERS: Final = MANAGERS | {Role.BILLER}
"""Those who record things."""
READERS: Final = BILLERS | {Role.VIEWER}
"""The staff of the firm: they see everything of the clinics that they were given."""
ATTORNEYS: Final = Roles({Role.ATTORNEY})
"""They see their own cases and do nothing that staff do."""
EVERYBODY: Final = READERS | ATTORNEYS
"""Everybody who is signed in."""

ROLES_OF_OPERATION: Mapping[str, Roles] = {
    # clinics and their setup
    "clinics.list_clinics": READERS,
    "clinics.find_clinic": READERS,
    "clinics.name_of_clinic": READERS,
    "clinics.show_setup": READERS,
    "clinics.setup_on_record": BILLERS,
    "clinics.save_setup": BILLERS,
    "clinics.let_one_person_approve": ADMINISTRATORS,
    "journals.accept_journal": MANAGERS,
    "copies.restore_clinics": MANAGERS,
    # payroll
    "payroll.setup_for_logs": BILLERS,
    "payroll.calculate_run": BILLERS,
    "payroll.remember_answers": BILLERS,
    "payroll.record_draft": BILLERS,
    "pay_runs.list_runs": READERS,
    "pay_runs.find_run": READERS,
    "pay_runs.draft_on_record": READERS,
    "pay_runs.check_approver": MANAGERS,
    "pay_runs.check_void": MANAGERS,
    "pay_runs.close_run": MANAGERS,
    "pay_runs.void_run": MANAGERS,
    "pay_statements.export_register": READERS,
    "pay_statements.export_statements": READERS,
    "pay_statements.statements_saved": READERS,
    "held_visits.list_held_visits": READERS,
    "held_visits.waiting_visits": READERS,
    "held_visits.rows_to_hold": READERS,
    "held_visits.decide_visit": MANAGERS,
    # invoices
    "invoices.list_invoices": READERS,
    "invoices.open_invoices": READERS,
    "invoices.show_invoice": READERS,
    "invoices.find_invoices": READERS,
    "invoices.create_invoices": BILLERS,
    "invoice_lines.find_edited_lines": READERS,
    "invoice_lines.record_lines_and_steps": BILLERS,
    "invoice_papers.print_invoices": READERS,
    "invoice_papers.print_case": READERS,
    "steps.list_steps": READERS,
    "steps.show_history": READERS,
    "steps.list_documents": READERS,
    "steps.check_steps": BILLERS,
    "steps.record_steps": BILLERS,
    "steps.record_shown_steps": BILLERS,
    "steps.take_step": BILLERS,
    "steps.take_steps": BILLERS,
    "steps.attach_document": BILLERS,
    "agreements.check_agreements": BILLERS,
    "cheques.list_cheques": READERS,
    "unapplied_credits.list_credits": READERS,
    # cases
    "cases.list_cases": READERS,
    "cases.find_cases": READERS,
    "cases.offer_cases": READERS,
    "cases.look_up_case": READERS,
    "cases.show_case": READERS,
    "cases.unusual_clearings": BILLERS,
    "cases.settle_case": BILLERS,
    "case_records.open_case_records": READERS,
    "case_records.records_of_cases": READERS,
    "case_records.find_case_records": BILLERS,
    "case_records.check_case_records": BILLERS,
    "case_records.save_case_records": BILLERS,
    "case_records.change_attorney": BILLERS,
    "attorney_cases.clinics_of_attorney": ATTORNEYS,
    "attorney_cases.cases_of_attorney": ATTORNEYS,
    "attorney_cases.case_of_attorney": ATTORNEYS,
    "attorney_cases.print_case_of_attorney": ATTORNEYS,
    "attorney_cases.export_cases_of_attorney": ATTORNEYS,
    "status_requests.request_status": ATTORNEYS,
    "status_requests.answer_status_requests": BILLERS,
    # what is owed
    "aging.show_aging": READERS,
    "aging.list_aging": READERS,
    # reminders
    "reminders.list_due_reminders": READERS,
    "reminders.count_due_reminders": READERS,
    # key figures
    "dashboard.show_key_figures": READERS,
    "dashboard.show_firm_figures": READERS,
    "reminders.find_reminders": BILLERS,
    "reminders.check_reminders": BILLERS,
    "reminders.record_reminders": BILLERS,
    "reminders.add_reminders": BILLERS,
    "reminders.decide_reminders": BILLERS,
    "worklist.list_worklist": READERS,
    # exports and statements of account
    "invoice_export.export_invoices": BILLERS,
    "accounting_journal.export_journal": BILLERS,
    "statement_of_account.parties_of_invoices": BILLERS,
    "statement_of_account.print_account": BILLERS,
    "payer_mail.plan_of_mail": BILLERS,
    "payer_mail.preview_mail": BILLERS,
    "payer_mail.send_mail": BILLERS,
    "letters.plan_letters": BILLERS,
    "letters.preview_letters": BILLERS,
    "letters.record_letters": BILLERS,
    "case_letters.plan_case_letters": BILLERS,
    "case_letters.preview_case_letters": BILLERS,
    "case_letters.record_case_letters": BILLERS,
    "case_letters.print_statement_letters": BILLERS,
    "payer_mail.list_messages": READERS,
    "payer_mail.decide_message": BILLERS,
    # documents and finished workbooks
    "documents.keep_document": BILLERS,
    "documents.list_documents": READERS,
    "documents.describe_document": READERS,
    "documents.open_document": READERS,
    "documents.find_papers": READERS,
    "documents.open_papers": READERS,
    "finished_workbooks.keep_workbook": READERS,
    "finished_workbooks.keep_unbound_workbook": READERS,
    "finished_workbooks.keep_paper": READERS,
    "finished_workbooks.fetch_output": READERS,
    # users
    "users.list_users": ADMINISTRATORS,
    "users.show_user": ADMINISTRATORS,
    "users.add_user": ADMINISTRATORS,
    "users.expect_identity": ADMINISTRATORS,
    "users.change_user": ADMINISTRATORS,
    "users.attorney_remark": ADMINISTRATORS,
    "users.disable_user": ADMINISTRATORS,
    "users.enable_user": ADMINISTRATORS,
    "users.reset_user": ADMINISTRATORS,
    "users.end_sessions": ADMINISTRATORS,
    "users.list_access": ADMINISTRATORS,
    "emergency_access.begin_emergency": READERS,
    "emergency_access.end_emergency": READERS,
    "emergency_access.own_emergencies": READERS,
    "emergency_access.session_notes": EVERYBODY,
    "emergency_access.list_emergencies": ADMINISTRATORS,
    "emergency_access.mark_emergency_seen": ADMINISTRATORS,
    "users.show_account": EVERYBODY,
    "users.end_own_sessions": EVERYBODY,
}

ROLES_OF_STEP: Mapping[str, Roles] = {
    "void": MANAGERS,
    "reopen": MANAGERS,
    "write off": MANAGERS,
    "refund credit": MANAGERS,
}
"""The steps that need more than a biller, by action. Writing off the rest of a short cheque is writing off."""


def roles_of_operation(name: str) -> Roles:
    """Return the roles that may do an operation, such as ``pay_runs.close_run``. Raises KeyError for one without a row."""
    return ROLES_OF_OPERATION[name]


def roles_of_step(action: str) -> Roles:
    """Return the roles that may take a step on an invoice."""
    return ROLES_OF_STEP.get(action, BILLERS)

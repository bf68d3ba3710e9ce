"""Handles a press of a button, from the raw body of the request to the answer, which is recorded once.

The same request id with the same body gets the recorded answer again, even if something else happened in
between. With another body it is refused (docs/contracts.md#request-id). Questions are not recorded, because
nothing was done yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server import errors
from server.concurrency import in_background, release_later, without_garbage_collection
from server.ledger.store import Ledger
from server.operations import (
    accounting_journal,
    aging,
    agreements,
    case_letters,
    case_records,
    cases,
    clinics,
    dashboard,
    documents,
    held_visits,
    invoice_export,
    invoice_lines,
    invoice_papers,
    invoices,
    letters,
    pay_runs,
    pay_statements,
    payer_mail,
    payroll,
    reminders,
    statement_of_account,
    steps,
    worklist,
)
from server.operations.finished_workbooks import keep_paper, keep_unbound_workbook, keep_workbook
from server.operations.idempotency import Response, answer_once, digest_of
from server.operations.operation import Operation, Refusals
from server.operations.permissions import require_role
from server.operations.session import LOCAL_ASKER, Asker, RequestKey, Session
from server.ribbon import case_statement, new_clinic
from server.ribbon import cases as case_buttons
from server.ribbon import clinics as clinic_buttons
from server.ribbon.case_records import open_cases, save_cases
from server.ribbon.context import ClickContext, with_remarks
from server.ribbon.fixes import fix_setup
from server.ribbon.invoices import (
    attach,
    create,
    fill_cheque,
    history,
    open_invoices,
    papers,
    print_invoices,
    update,
)
from server.ribbon.payroll import approve, generate, register, statements, void
from server.ribbon.payroll import pay_runs as run_buttons
from server.ribbon.payroll.payments import SheetsNeeded
from server.ribbon.protocol import Reply, read_click
from server.ribbon.receivables import add_reminders, due_reminders, export_invoices, save_reminders
from server.ribbon.receivables import aging as aging_button
from server.ribbon.receivables import payer_mail as mail_button
from server.ribbon.receivables import statement_of_account as account_button
from server.ribbon.receivables import worklist as worklist_button
from server.ribbon.receivables.dashboard import show_dashboard
from server.ribbon.receivables.letters import make_letters
from server.ribbon.ribbon_table import Button, ribbon

Handler = Callable[[ClickContext], Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """What a button does: its handler, the operations that it uses, and its own refusals.

    ``purpose`` is the operation that the button is there for: who may not do it, may not press the button.
    """

    handler: Handler
    purpose: Operation[Any, Any]
    operations: tuple[Operation[Any, Any], ...]
    own_refusals: Refusals = ()

    @property
    def refusals(self) -> Refusals:
        """Return all refusals of the button."""
        used = (refusal for one in self.operations for refusal in one.refusals)
        return tuple(dict.fromkeys((*OF_ANY_CLICK, *used, *self.own_refusals)))


OF_ANY_CLICK: Refusals = (
    errors.BadRequest,
    errors.TooLarge,
    errors.MissingInput,
    errors.NoClinic,
    errors.UnknownClinic,
    errors.RoleNotAllowed,
    errors.RequestIdReused,
    errors.AnswerExpired,
    errors.WorkCutShort,
)
OF_LOGS: Refusals = (
    errors.MissingSheet,
    errors.OwnSheet,
    errors.EmptySheet,
    errors.HeaderNotFound,
    errors.MissingColumn,
)
OF_SETUP_SHEETS: Refusals = (
    errors.MissingSheet,
    errors.SetupUnusable,
    errors.ClinicMismatch,
    errors.StaleSetup,
    errors.LicenseNeeded,
)
OF_EXAMS: Refusals = (errors.MissingSheet, errors.NotAnExamsSheet, errors.EmptyExamsSheet)

_CHECK = (payroll.setup_for_logs, payroll.calculate_run, payroll.remember_answers)
_GENERATE = (*_CHECK, payroll.record_draft, keep_workbook)
_CHOOSE_RUN = (pay_runs.list_runs, pay_runs.find_run)
_APPROVE = (
    *_CHOOSE_RUN,
    pay_runs.check_approver,
    pay_runs.draft_on_record,
    held_visits.rows_to_hold,
    pay_runs.close_run,
    *_GENERATE,
)
_LIST_RUNS = (pay_runs.list_runs, held_visits.waiting_visits, clinics.show_setup, keep_workbook)
_CASE = (
    cases.find_cases,
    cases.look_up_case,
    cases.offer_cases,
    cases.show_case,
    cases.unusual_clearings,
    cases.settle_case,
)
_SAVE_CASES = (
    case_records.find_case_records,
    case_records.check_case_records,
    case_records.save_case_records,
)
_ADD_REMINDERS = (reminders.check_reminders, reminders.record_reminders)
_SETUP = (clinics.setup_on_record, clinics.name_of_clinic, clinics.save_setup)
_STEPS = (
    invoices.find_invoices,
    invoice_lines.find_edited_lines,
    steps.check_steps,
    agreements.check_agreements,
    invoice_lines.record_lines_and_steps,
)

COMMANDS: dict[str, Command] = {
    "clinic.choose": Command(
        clinic_buttons.choose_clinic,
        clinics.find_clinic,
        (clinics.list_clinics, clinics.find_clinic, clinics.name_of_clinic),
        (errors.ClinicMismatch,),
    ),
    "clinic.open": Command(
        clinic_buttons.open_setup,
        clinics.show_setup,
        (clinics.show_setup, keep_workbook, keep_unbound_workbook),
    ),
    "clinic.save": Command(clinic_buttons.save_sheets, clinics.save_setup, _SETUP, OF_SETUP_SHEETS),
    "clinic.new": Command(
        new_clinic.start_clinic,
        clinics.save_setup,
        (clinics.name_of_clinic, keep_unbound_workbook),
        (*OF_LOGS, errors.WorkbookHasClinic),
    ),
    "clinic.fix": Command(
        fix_setup.fix_setup,
        clinics.save_setup,
        (*_CHECK, clinics.save_setup),
        (*OF_LOGS, errors.FixUnusable, errors.FixOvertaken),
    ),
    "payroll.check": Command(generate.check, payroll.calculate_run, (*_CHECK, keep_workbook), OF_LOGS),
    "payroll.generate": Command(generate.generate, payroll.record_draft, _GENERATE, OF_LOGS),
    "payroll.close": Command(approve.close, pay_runs.close_run, (*_APPROVE, clinics.show_setup), OF_LOGS),
    "payroll.void": Command(
        void.void,
        pay_runs.void_run,
        (*_CHOOSE_RUN, pay_runs.void_run, pay_statements.statements_saved, *_LIST_RUNS),
    ),
    "payroll.statements": Command(
        statements.save_statements,
        pay_statements.export_statements,
        (*_CHOOSE_RUN, pay_statements.export_statements, keep_paper),
    ),
    "payroll.register": Command(
        register.show_register,
        pay_statements.export_register,
        (*_CHOOSE_RUN, pay_statements.export_register, keep_workbook, keep_paper),
        (errors.RegisterUnusable,),
    ),
    "payroll.history": Command(
        run_buttons.history, pay_runs.list_runs, (held_visits.decide_visit, *_LIST_RUNS)
    ),
    "invoices.create": Command(
        create.create, invoices.create_invoices, (invoices.create_invoices, keep_workbook), OF_EXAMS
    ),
    "invoices.open": Command(
        open_invoices.open_invoices,
        invoices.open_invoices,
        (clinics.show_setup, invoices.open_invoices, invoice_lines.find_edited_lines, keep_workbook),
        (errors.SheetInTheWay,),
    ),
    "invoices.update": Command(
        update.update, invoice_lines.record_lines_and_steps, _STEPS, (errors.MissingSheet,)
    ),
    "invoices.fill": Command(
        fill_cheque.fill,
        steps.check_steps,
        (invoices.find_invoices, steps.check_steps),
        (errors.MissingSheet,),
    ),
    "invoices.history": Command(
        history.history, steps.show_history, (clinics.show_setup, steps.show_history, keep_workbook)
    ),
    "invoices.attach": Command(
        attach.attach, steps.attach_document, (steps.attach_document, documents.describe_document)
    ),
    "invoices.papers": Command(
        papers.open_papers,
        documents.open_papers,
        (documents.find_papers, documents.open_papers, documents.open_document, keep_paper),
    ),
    "invoices.print": Command(
        print_invoices.print_invoices,
        invoice_papers.print_invoices,
        (invoice_papers.print_invoices, keep_paper),
    ),
    "cases.settle": Command(case_buttons.settle, cases.settle_case, _CASE),
    "cases.statement": Command(
        case_statement.state_case,
        invoice_papers.print_case,
        (cases.find_cases, cases.offer_cases, invoice_papers.print_case, keep_paper),
    ),
    "cases.open": Command(
        open_cases.open_cases,
        case_records.open_case_records,
        (clinics.show_setup, case_records.open_case_records, keep_workbook),
        (errors.SheetInTheWay,),
    ),
    "cases.save": Command(
        save_cases.save_cases, case_records.save_case_records, _SAVE_CASES, (errors.MissingSheet,)
    ),
    "receivables.aging": Command(
        aging_button.show_aging,
        aging.list_aging,
        (clinics.show_setup, aging.list_aging, keep_workbook),
    ),
    "receivables.dashboard": Command(
        show_dashboard,
        dashboard.show_key_figures,
        (clinics.show_setup, dashboard.show_key_figures, keep_workbook),
    ),
    "receivables.worklist": Command(
        worklist_button.show_worklist,
        worklist.list_worklist,
        (clinics.show_setup, worklist.list_worklist, keep_workbook),
    ),
    "receivables.export": Command(
        export_invoices.export_file,
        invoice_export.export_invoices,
        (invoice_export.export_invoices, accounting_journal.export_journal, keep_paper),
    ),
    "receivables.statement": Command(
        account_button.state_account,
        statement_of_account.print_account,
        (
            statement_of_account.print_account,
            statement_of_account.parties_of_invoices,
            cases.find_cases,
            cases.offer_cases,
            keep_workbook,
            keep_paper,
        ),
    ),
    "reminders.today": Command(
        due_reminders.list_due,
        reminders.list_due_reminders,
        (clinics.show_setup, reminders.list_due_reminders, keep_workbook),
        (errors.SheetInTheWay,),
    ),
    "reminders.add": Command(add_reminders.add_reminders, reminders.record_reminders, _ADD_REMINDERS),
    "reminders.save": Command(
        save_reminders.save_reminders,
        reminders.record_reminders,
        (reminders.find_reminders, *_ADD_REMINDERS),
        (errors.MissingSheet,),
    ),
    "reminders.mail": Command(
        mail_button.mail_reminders,
        payer_mail.send_mail,
        (payer_mail.plan_of_mail, payer_mail.preview_mail, payer_mail.send_mail, keep_workbook),
    ),
    "reminders.letters": Command(
        make_letters,
        letters.record_letters,
        (
            letters.plan_letters,
            letters.preview_letters,
            letters.record_letters,
            case_letters.plan_case_letters,
            case_letters.preview_case_letters,
            case_letters.record_case_letters,
            case_letters.print_statement_letters,
            statement_of_account.parties_of_invoices,
            statement_of_account.print_account,
            keep_paper,
        ),
    ),
}


BIG_BODY = 1_000_000
"""Bytes. Freeing the memory of a larger body takes noticeable time, so we do it later."""


def press(button_id: str, body: bytes, ledger: Ledger, asker: Asker = LOCAL_ASKER) -> bytes:
    """Carry out a click and return the reply as JSON. Raises BillingError where it is refused."""
    with without_garbage_collection():
        return _answer_click(button_id, body, ledger, asker)


def _answer_click(button_id: str, body: bytes, ledger: Ledger, asker: Asker) -> bytes:
    button = ribbon().find_button(button_id)
    digest = in_background(digest_of, button_id, body)
    click = read_click(body)
    key = RequestKey(click.request_id, digest.result(), button_id)
    session = Session(ledger, asker.person, click.workbook.clinic or "", key, asker.address)
    command = COMMANDS[button_id]
    require_role(asker.person, command.purpose.roles, button.label)
    if button.clinic:
        session.store  # noqa: B018 - raises NoClinic and UnknownClinic before anything is done
    context = ClickContext(session, click)
    reply = answer_once(session, lambda: _response_of(button, _reply_of(command, context), session))
    if len(body) > BIG_BODY:
        release_later(click, context)
    return reply


def _reply_of(command: Command, context: ClickContext) -> Reply:
    """Return the reply of a command; one that asks the add-in for further sheets if it cannot do without them."""
    try:
        return command.handler(context)
    except SheetsNeeded as needed:
        return needed.reply()


def _with_next_step(button: Button, reply: Reply) -> Reply:
    """Return the reply with the next step of the work, unless its command has decided on it, also on none.

    Whatever is not done yet, or only asked about, comes before it.
    """
    is_done = reply.level != "blocked" and reply.asks is None
    is_decided = "next" in reply.model_fields_set
    return reply.model_copy(update={"next": button.next}) if is_done and not is_decided else reply


def _response_of(button: Button, reply: Reply, session: Session) -> Response:
    reply = _with_next_step(button, reply)
    if session.has_recorded and reply.asks is None:
        reply = with_remarks(reply, session)
    kept = reply.output or reply.file
    return Response(reply.model_dump_json().encode(), kept.id if kept else None, is_final=reply.asks is None)

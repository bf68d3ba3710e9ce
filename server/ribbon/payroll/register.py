"""Payroll register: what a run hands over to each provider, as a sheet or as files for the program that pays people."""

from collections.abc import Mapping

from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.register import PayRegister
from server.errors import count_of
from server.operations import pay_runs
from server.operations.pay_statements import export_register
from server.papers.register_files import AdpCodes, RegisterFormat, register_files
from server.papers.statement_files import zip_files
from server.ribbon.context import ClickContext, question
from server.ribbon.payroll.pay_runs import ask_which, chosen_run, figures_of
from server.ribbon.protocol import AskedField, Reply
from server.sheets.payroll.register_sheet import REGISTER, write_register

SHEET = "sheet"
FORMAT, COMPANY, BATCH, EARNINGS_CODE = "format", "company", "batch", "earnings_code"
_OF_ADP = (COMPANY, BATCH, EARNINGS_CODE)


def show_register(context: ClickContext) -> Reply:
    """Write the register of the run that the workbook shows, or of the one the click names, as a sheet or as files."""
    made_for = context.chosen_word(FORMAT, [SHEET, *RegisterFormat]) or SHEET
    answers = context.click.answers()
    run = chosen_run(context)
    if run is None:
        which = ask_which(pay_runs.list_runs(context.session), "There is no pay run yet.")
        return question("The payroll register of which run?", which)
    if made_for == RegisterFormat.ADP and not all(answers.get(name, "").strip() for name in _OF_ADP):
        return _ask_for_codes(answers)
    register = export_register(context.session, run.id)
    reply = Reply(
        summary=_summary_of(register),
        level="done" if run.state is RunState.CLOSED else "review",
        figures=figures_of(run) | {"providers": len(register.rows)},
    )
    if made_for == SHEET:
        workbook, sheets = write_register(register, context.click.workbook.date_system)
        shown = {"output": context.keep(workbook, sheets), "activate": REGISTER.name}
        return reply.model_copy(update=shown)
    codes = AdpCodes(*(answers.get(name, "") for name in _OF_ADP))
    files = [*register_files(register, RegisterFormat(made_for), codes)]
    if not files:
        return reply.model_copy(
            update={"summary": f"{reply.summary} There is nobody for {made_for}.", "level": "review"}
        )
    content = zip_files(files, context.today)
    return reply.model_copy(
        update={"file": context.hand_over(content, f"{run.id} register {made_for}", "zip")}
    )


def _ask_for_codes(answers: Mapping[str, str]) -> Reply:
    return question(
        "What does ADP call the company, the batch and the earnings?",
        AskedField(name=COMPANY, label="Company code", default=answers.get(COMPANY)),
        AskedField(name=BATCH, label="Batch ID", default=answers.get(BATCH)),
        AskedField(name=EARNINGS_CODE, label="Earnings code", default=answers.get(EARNINGS_CODE)),
    )


def _summary_of(register: PayRegister) -> str:
    run = register.stated.run
    providers = count_of(len(register.rows), "provider")
    state = "" if run.state is RunState.CLOSED else f" {register.stated.state_sentence}"
    return (
        f"Payroll register for {in_words(run.period)}: {providers}, {dollars(run.total_cents)} to pay.{state}"
    )

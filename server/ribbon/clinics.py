"""The Clinic group: which clinic a workbook belongs to, and the clinic's setup."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from server.billing.clinics import Clinic, Setup
from server.billing.invoices.prices import PriceList
from server.billing.names import fold
from server.billing.setup_on_record import SetupOnRecord
from server.errors import (
    ClinicMismatch,
    Finding,
    MissingInput,
    MissingSheet,
    SetupUnusable,
    Severity,
    StaleSetup,
)
from server.errors.remedies import BLANK_SETUP, OPEN_BLANK_SETUP, OPEN_SETUP, OPEN_SETUP_AGAIN
from server.ledger.clinics.changes import Changes
from server.ledger.clinics.setup import SetupChanges
from server.ledger.store import ClinicEntry
from server.operations.clinics import (
    find_clinic,
    list_clinics,
    name_of_clinic,
    save_setup,
    setup_on_record,
    show_setup,
)
from server.ribbon import license_attestation
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.protocol import AskedChoice, AskedField, Binding, Click, Edit, Reply
from server.sheets.clinics.setup_reader import clinic_id_of, read_setup, version_row
from server.sheets.clinics.setup_workbook import SETUP, write_setup
from server.sheets.payroll.payroll_workbook import CHECK
from server.sheets.tables import CLINIC, SETUP_SHEETS, SETUP_VERSION

REPLACE = "replace"
KEEP = "keep"
BLANK = "blank"
"""The input that asks for blank setup sheets, for a clinic that is not in the books yet."""

SHEETS_THERE = "sheets_there"
OWN_ID = "If this is another clinic, give it a Clinic ID of its own."


def choose_clinic(context: ClickContext) -> Reply:
    """Bind the workbook to a clinic. Asks which one if the click does not say, and suggests none.

    A workbook that holds nothing of its clinic yet can be given to another one.
    """
    clinics = list_clinics(context.session)
    wanted = context.click.answers().get("clinic", "")
    if not clinics:
        raise MissingInput(
            "clinic",
            "There are no clinics yet.",
            "Start a blank setup, fill it in, and press Save setup.",
            [BLANK_SETUP],
        )
    if not wanted:
        choices = [AskedChoice(value=entry.id, label=entry.name) for entry in clinics]
        field = AskedField(name="clinic", label="Clinic", kind="choice", choices=choices)
        return question("Which clinic does this workbook belong to?", field)
    entry = find_clinic(context.session, wanted)
    bound = context.click.workbook.clinic
    if bound and bound != entry.id and not _holds_only_a_log(context):
        raise _mismatch(context, bound, entry)
    return Reply(
        summary=f"This workbook belongs to {entry.name}.",
        figures={"clinic": entry.id, "name": entry.name},
        bind=Binding(clinic=entry.id),
    )


def _mismatch(context: ClickContext, bound: str, named: Clinic | ClinicEntry) -> ClinicMismatch:
    """Return the refusal of a click for another clinic than the one the workbook belongs to, by their names."""
    names = name_of_clinic(context.session, bound), named.name or named.id
    if fold(names[0]) == fold(names[1]):
        names = f"{names[0]} ({bound})", f"{names[1]} ({named.id})"
    return ClinicMismatch(*names)


def _holds_only_a_log(context: ClickContext) -> bool:
    """Return whether the workbook has no sheets of ours but lists of findings, as far as the click says so."""
    written = context.click.workbook.written
    return written is not None and all(sheet.kind == CHECK for sheet in written)


def open_setup(context: ClickContext) -> Reply:
    """Add the clinic's setup sheets to the workbook, or blank ones. Asks before it replaces setup sheets that are there."""
    names = [table.name for table in SETUP_SHEETS]
    is_blank = bool(context.yes_or_no(BLANK))
    setup = None if is_blank else show_setup(context.session)
    if there := _setup_sheets_there(context.click):
        match context.chosen_word(SHEETS_THERE, (KEEP, REPLACE)):
            case "":
                return _ask_about_sheets_there()
            case "keep":
                return Reply(
                    summary="The setup sheets are as they were. Change them and press Save setup.",
                    activate=there[0],
                )
    if setup is None:
        return _blank_setup(context, names)
    output = context.keep(write_setup(setup, setup.version, context.click.workbook.date_system), names)
    return Reply(
        summary=f"The setup of {setup.clinic.name} is in this workbook. Change it and press Save setup.",
        figures={
            "clinic": setup.clinic.id,
            "providers": len(setup.providers),
            "services": len(setup.services),
            "rates": len(setup.rates),
            "statuses": len(setup.statuses),
            "missed_visits": len(setup.missed_visits),
            "group_sessions": len(setup.group_sessions),
            "shares": len(setup.shares),
            "supervision": len(setup.supervision),
            "pay_plans": len(setup.pay_plans),
            "pay_items": len(setup.pay_items),
            "prices": len(setup.prices),
            "exam_types": len(PriceList(exam_codes=setup.exam_types).exam_types),
            "payers": len(setup.payer_contacts),
            "reminder_mail": len(setup.reminder_levels),
            "mail_texts": len(setup.mail_texts),
        },
        output=output,
        activate=names[0],
    )


def _blank_setup(context: ClickContext, names: Sequence[str]) -> Reply:
    """Add blank setup sheets for a clinic that is not in the books yet."""
    date_system = context.click.workbook.date_system
    return Reply(
        summary="A blank setup is in this workbook. Fill in Clinic, Providers, Services and Rates, then press Save setup.",
        output=context.keep_unbound(write_setup(Setup(Clinic("", "")), date_system=date_system), names),
        activate=names[0],
    )


def _setup_sheets_there(click: Click) -> list[str]:
    return [sheet.name for sheet in click.workbook.written or () if sheet.kind == SETUP]


def _ask_about_sheets_there() -> Reply:
    """Ask whether to replace the setup sheets of the workbook: what is typed there and not saved would be lost."""
    choices = [
        AskedChoice(value=KEEP, label="Go to the sheets that are there"),
        AskedChoice(value=REPLACE, label="Replace them, without what is typed there"),
    ]
    field = AskedField(name=SHEETS_THERE, label="What is to be done?", kind="buttons", choices=choices)
    return question("The setup sheets are in this workbook already.", field)


def save_sheets(context: ClickContext) -> Reply:
    """Save the setup sheets to the clinic's books, all of them or nothing."""
    sheets = context.click.worksheets()
    if not sheets:
        raise MissingSheet(
            "This workbook has no setup sheets.",
            "Press Open setup, or start a blank setup for a new clinic.",
            [OPEN_SETUP, BLANK_SETUP] if context.click.workbook.clinic else [BLANK_SETUP],
        )
    saved = setup_on_record(context.session, clinic_id_of(sheets))
    setup, findings = read_setup(sheets, saved.setup if saved else None)
    findings = findings if saved else list(map(_of_new_clinic, findings))
    before = saved or SetupOnRecord(Setup(setup.clinic))
    place, opened_at = version_row(sheets) or ("", "")
    _refuse_unusable(context, setup, findings)
    if saved and opened_at not in {"", saved.setup.version}:
        raise StaleSetup(saved.setup.clinic.name)
    if saved and (unasked := _ask_to_replace(context, saved, setup)):
        return unasked
    attested = ""
    if before.lacks_license(setup):
        attested = license_attestation.attestation_words(context.click.answers())
        if not attested:
            return license_attestation.ask_attestation(setup.clinic, context.click.answers())
    changes, version = save_setup(context.session, setup, before.setup, attested)
    reply = _saved_reply(setup.clinic, changes, findings)
    reply.summary += f" Attested: {attested}" if attested else ""
    reply.edits = [_new_version(place, version)] if place else []
    return reply


def _of_new_clinic(finding: Finding) -> Finding:
    """Return a finding about the setup sheets of a clinic that is not in the books: to open its setup is to open a blank one."""
    return replace(finding, fixes=(OPEN_BLANK_SETUP,)) if OPEN_SETUP_AGAIN in finding.remedies else finding


def _refuse_unusable(context: ClickContext, setup: Setup, findings: Sequence[Finding]) -> None:
    if any(finding.severity is Severity.BLOCKER for finding in findings):
        raise SetupUnusable(findings)
    bound = context.click.workbook.clinic
    if bound and bound != setup.clinic.id:
        raise _mismatch(context, bound, setup.clinic)


def _new_version(place: str, version: str) -> Edit:
    """Return the edit that writes the new version to the sheets."""
    return Edit(sheet=CLINIC.name, range=place, values=[[SETUP_VERSION, version]])


def _ask_to_replace(context: ClickContext, saved: SetupOnRecord, setup: Setup) -> Reply | None:
    """Return the question, or the reply to a no, if an unbound workbook would replace a clinic's providers.

    ``None`` if it replaces none, or if the user agreed.
    """
    if context.click.workbook.clinic or not saved.is_replaced_by(setup):
        return None
    before = saved.setup
    match context.yes_or_no(REPLACE):
        case True:
            return None
        case False:
            return Reply(summary=f"{before.clinic.name} keeps its setup. {OWN_ID}", level="review")
    title = f"{before.clinic.name} ({before.clinic.id}) already exists with other providers. Is this its new setup?"
    label = f"Replace the setup of {before.clinic.name}?"
    return question(title, AskedField(name=REPLACE, label=label, kind="yes-no"), more=OWN_ID)


def _saved_reply(clinic: Clinic, changes: SetupChanges, findings: list[Finding]) -> Reply:
    parts = {
        "providers": changes.providers,
        "services": changes.services,
        "rates": changes.rates,
        "statuses": changes.statuses,
        "missed visits": changes.missed_visits,
        "group sessions": changes.group_sessions,
        "shares": changes.shares,
        "supervision": changes.supervision,
        "pay plans": changes.pay_plans,
        "pay items": changes.pay_items,
        "prices": changes.prices,
        "exam types": changes.exam_types,
        "payers": changes.payers,
        "reminder mail": changes.reminder_mail,
        "mail texts": changes.mail_texts,
    }
    sentences = [
        f"{name}: {in_words}"
        for name, change in {"clinic": changes.clinic, **parts}.items()
        if (in_words := _describe_changes(change))
    ]
    summary = f"The setup of {clinic.name} is saved. {'; '.join(sentences) or 'There were no changes'}."
    figures = {
        "clinic": clinic.id,
        **{name.replace(" ", "_"): asdict(change) for name, change in parts.items()},
    }
    reply = Reply(summary=summary, figures=figures, bind=Binding(clinic=clinic.id))
    return with_findings(reply, findings)


def _describe_changes(changes: Changes) -> str:
    """Return what a save did to one sheet: ``2 added, 1 deactivated``."""
    counts = asdict(changes)
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count and what != "unchanged")

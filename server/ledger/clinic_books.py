"""One clinic's books, inside one reading or one transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.billing.clinics import Clinic, ImportProfile, Setup
from server.billing.invoices.cases import Case
from server.billing.payroll.adjustments import Adjustment, CarriedForward, FurtherPaid
from server.billing.payroll.carry_forward import Balance
from server.billing.payroll.held_visits import HeldDecision
from server.billing.payroll.paid_visits import PaidBefore, VisitAnswer
from server.billing.payroll.pay_history import WorkRow
from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem
from server.billing.payroll.pay_lines import PayLines
from server.billing.payroll.pay_run import PayRun, Period, RateUsed
from server.billing.payroll.rate_changes import Acceptances, PaidLineNow
from server.billing.payroll.recorded_runs import DraftReplaced, RunHeader, RunState
from server.billing.payroll.review_flags import ReviewFlag
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.errors import AnswerExpired, ClinicMismatch, RequestIdReused
from server.ledger.access_search import AccessSearch, FoundAccess, search_clinic
from server.ledger.clinics import import_profiles, prices, setup
from server.ledger.clinics.prices import Attestation
from server.ledger.clinics.setup import SetupChanges
from server.ledger.clock import Stamp, instant, recorded_ahead
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW
from server.ledger.firm_access import LOCAL
from server.ledger.invoices import cases, cheque_list
from server.ledger.invoices.case_records import CaseRecords
from server.ledger.invoices.cases import EVERY_CASE, FIRST_CASE, CaseFilter, CaseOrder
from server.ledger.invoices.cheque_list import ChequeFilter, ChequeOrder, RecordedCheque
from server.ledger.invoices.documents import Documents
from server.ledger.invoices.invoice_records import Invoices
from server.ledger.invoices.status_requests import StatusRequests
from server.ledger.list_places import ListPlace
from server.ledger.payroll import (
    adjustments,
    drafts,
    findings_seen,
    paid_visits,
    paid_work,
    pay_items,
    rate_changes,
    run_actions,
    runs,
    statement_exports,
)
from server.ledger.payroll.drafts import NO_BASIS, DraftBasis, KnownBy
from server.ledger.payroll.findings_seen import FindingSeen
from server.ledger.payroll.held_visits import HeldVisits
from server.ledger.payroll.payment_records import PaymentRecords
from server.ledger.payroll.statement_exports import StatementExport
from server.ledger.plan_records import PlanRecords
from server.ledger.receivables.aging import AgingRecords
from server.ledger.receivables.exports import Exports
from server.ledger.receivables.key_figures import KeyFigureBooks
from server.ledger.receivables.payer_mail import PayerMail
from server.ledger.receivables.reminders import Reminders
from server.ledger.receivables.worklist import Worklist


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a click: an HTTP status, the bytes sent, the id of the workbook made."""

    status: int
    body: bytes
    output_id: str | None = None


class ClinicBooks:
    """The books of one clinic, in parts such as ``invoices`` and ``reminders``. ``actor`` is who pressed the button."""

    def __init__(self, session: DatabaseSession, clinic_id: str, now: Callable[[], datetime]) -> None:
        self.clinic_id = clinic_id
        self.invoices = Invoices(session, now)
        self.documents = Documents(session, now)
        self.case_records = CaseRecords(session, now)
        self.status_requests = StatusRequests(session, now)
        self.held_visits = HeldVisits(session)
        self.aging = AgingRecords(session)
        self.key_figures = KeyFigureBooks(session)
        self.reminders = Reminders(session, now)
        self.worklist = Worklist(session)
        self.exports = Exports(session)
        self.payer_mail = PayerMail(session, now)
        self.plan_records = PlanRecords(session)
        self.payments = PaymentRecords(session)
        self._session = session
        self._now = now

    # -- Setup --

    def setup(self) -> Setup:
        """Return what the Setup workbook says, including providers with Active = No."""
        return setup.read_setup(self._session)

    def save_setup(self, wished: Setup, actor: str) -> SetupChanges:
        """Make the books say what the workbook says; what it no longer says is deactivated.

        Refuses another clinic's setup, two rows of one spelling or Provider ID, and a rate whose provider or service is not on
        its sheet. Saving the same setup again changes nothing.
        """
        self._refuse_others(wished.clinic)
        return setup.save_setup(self._session, wished, self._stamp_of(actor))

    def attest_license(self, words: str, actor: str) -> None:
        """Record in these words that the organization holds the licenses its codes need."""
        prices.record_attestation(self._session, words, self._stamp_of(actor))

    def license_attestation(self) -> Attestation | None:
        """Return the latest attestation of the organization's licenses, if there is one."""
        return prices.latest_attestation(self._session)

    def provider_spellings(self) -> set[str]:
        """Return every name and alias of the providers on the sheet, folded."""
        return setup.provider_spellings(self._session)

    def enter_clinic(self, clinic: Clinic) -> None:
        """Record which clinic these books belong to, once, when they are made."""
        self._refuse_others(clinic)
        setup.enter_clinic(self._session, clinic)

    def profile(self) -> ImportProfile:
        """Return what the clinic answered about its logs, an empty profile if it answered nothing yet."""
        return import_profiles.read_profile(self._session)

    def save_profile(self, profile: ImportProfile, actor: str) -> None:
        """Record the answers, replacing the earlier ones."""
        import_profiles.save_profile(self._session, profile, self._stamp_of(actor))

    # -- Clicks --

    def replay(self, request_id: str, digest: str) -> Answer | None:
        """Return the answer already given to this click, if there is one.

        A button clicked twice, or retried after a lost reply, must not record twice. The same
        id with another digest is a different request and is refused. So is a click whose answer has expired.
        """
        kept = "SELECT digest, status, body, output_id, at FROM request WHERE id = ?"
        row = self._session.one(kept, [request_id])
        if row is None:
            return None
        if row[0] != digest:
            raise RequestIdReused(request_id)
        answer = Answer(*row[1:4])
        if not answer.body:
            raise AnswerExpired(request_id, row[4])
        return answer

    def remember(self, request_id: str, digest: str, answer: Answer, button: str, actor: str) -> None:
        """Keep the answer for a retry. Call ``replay`` first, in the same transaction."""
        stamp = self._stamp_of(actor)
        self._session.execute(
            "INSERT INTO request (id, digest, status, body, output_id, button, actor, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [request_id, digest, answer.status, answer.body, answer.output_id, button, stamp.actor, stamp.at],
        )

    def answers_before(self, before: datetime) -> int:
        """Return how many answers recorded before an instant are still kept."""
        count: int = self._session.value(
            "SELECT COUNT(*) FROM request WHERE body <> x'' AND at < ?", [instant(before)]
        )
        return count

    def forget_answers(self, before: datetime) -> int:
        """Empty the answers recorded before an instant and return how many. Ids and digests stay."""
        return self._session.execute(
            "UPDATE request SET body = x'', output_id = NULL WHERE body <> x'' AND at < ?", [instant(before)]
        )

    def log_access(self, actor: str, what: str, about: str, origin: str = LOCAL) -> None:
        """Record who looked at what, and from where. Entries are never changed or deleted."""
        stamp = self._stamp_of(actor)
        recorded = {"at": stamp.at, "actor": stamp.actor}
        self._session.insert("access", recorded | {"what": what, "about": about, "origin": origin})

    def search_access(self, search: AccessSearch) -> list[FoundAccess]:
        """Return who looked at what of this clinic, the latest first."""
        return search_clinic(self._session, self.clinic_id, search)

    def recorded_ahead(self) -> str:
        """Return the latest instant at which a step or a view was recorded if it is later than now, else "".

        Then the clock was set back since.
        """
        latest: str | None = self._session.value(
            "SELECT MAX(at) FROM (SELECT MAX(recorded_at) AS at FROM step UNION ALL SELECT MAX(at) FROM access) AS latest"
        )
        return recorded_ahead(latest, self._now())

    # -- Cases --

    def cases(
        self,
        case_filter: CaseFilter = EVERY_CASE,
        place: ListPlace[CaseOrder] = FIRST_CASE,
        most: int = EVERY_ROW,
    ) -> list[Case]:
        """Return up to ``most`` cases that match a filter, from a place of the list on."""
        return cases.list_cases(self._session, case_filter, place, most)

    def count_cases(self, case_filter: CaseFilter) -> int:
        """Return how many cases match a filter."""
        return cases.count_cases(self._session, case_filter)

    # -- Cheques --

    def cheques(
        self, cheque_filter: ChequeFilter, place: ListPlace[ChequeOrder], most: int = EVERY_ROW
    ) -> list[RecordedCheque]:
        """Return up to ``most`` cheques that match a filter, from a place of the list on."""
        return cheque_list.list_cheques(self._session, cheque_filter, place, most)

    def count_cheques(self, cheque_filter: ChequeFilter) -> int:
        """Return how many cheques match a filter."""
        return cheque_list.count_cheques(self._session, cheque_filter)

    # -- Pay runs --

    def run_id_for(self, period: Period) -> str:
        """Return the id of the open draft of exactly this period, else the next one."""
        return run_actions.run_id_for(self._session, self.clinic_id, period)

    def record_draft(
        self, run: PayRun, known_by: KnownBy, figures: bytes, actor: str, basis: DraftBasis = NO_BASIS
    ) -> DraftReplaced | None:
        """Record a draft and what it was made from, replacing the period's earlier draft.

        ``known_by`` has an identity for each row of ``run.lines``. Returns what the earlier draft paid and this one
        does not pay, ``None`` if nothing. Refuses a run id that is no longer the period's because it was closed or voided
        meanwhile.
        """
        self._refuse_others(run.clinic)
        stamp = self._stamp_of(actor)
        return run_actions.record_draft(self._session, run, known_by, figures, basis=basis, stamp=stamp)

    def draft_basis(self, run_id: str) -> DraftBasis:
        """Return what a draft was made from."""
        return drafts.basis_of(self._session, run_id)

    def findings_seen(self, run_id: str) -> list[FindingSeen]:
        """Return the findings that were ticked as seen when a run was approved, with who and when."""
        return findings_seen.seen_of_run(self._session, run_id)

    def statement_exports(self, run_id: str) -> list[StatementExport]:
        """Return each time that the statements of a run were saved as files."""
        return statement_exports.exports_of_run(self._session, run_id)

    def withdraw_draft(self, period: Period, reason: str, actor: str) -> RunHeader | None:
        """Void the open draft of exactly this period, if there is one, and return it."""
        return run_actions.withdraw_draft(self._session, period, reason, self._stamp_of(actor))

    def has_paid_elsewhere(self, run_id: str) -> bool:
        """Return whether a closed run has paid an appointment of this draft since the draft was made."""
        return bool(paid_visits.by_identity(self._session, drafts.load(self._session, run_id).identities()))

    def runs_closed_since(self, run_id: str) -> set[str]:
        """Return the closed runs that the log of a draft was not compared with."""
        return (
            paid_visits.closed_runs(self._session).keys() - drafts.load(self._session, run_id).runs_compared()
        )

    def has_closed_runs(self) -> bool:
        """Return whether any run is closed, which means that its visits count as paid."""
        return bool(paid_visits.closed_runs(self._session))

    def paid_before(self, identities: Collection[str], periods: Sequence[Period]) -> PaidBefore:
        """Return what closed runs paid under these identities and in these periods, and what staff said about it."""
        return paid_visits.paid_before(self._session, identities, periods)

    def vanished_answers(self) -> dict[tuple[str, int], VanishedAnswer]:
        """Return what staff said about paid visits that a log did not have, by run and place."""
        return adjustments.vanished_answers(self._session)

    def record_vanished(self, answers: Mapping[tuple[str, int], VanishedAnswer], actor: str) -> None:
        """Record what staff said about paid visits that a log does not have."""
        adjustments.record_vanished(self._session, answers, self._stamp_of(actor))

    def paid_lines_now(self, lines: Iterable[tuple[str, int]]) -> dict[tuple[str, int], PaidLineNow]:
        """Return paid lines as they are after all adjustments, by run and place."""
        return rate_changes.paid_lines_now(self._session, lines)

    def lines_of_changed_rates(self, setup: Setup) -> list[PaidLineNow]:
        """Return the paid lines that rates may concern that were changed after their run was generated."""
        return rate_changes.lines_of_changed_rates(self._session, setup)

    def rate_acceptances(self) -> Acceptances:
        """Return who accepted which amount for paid lines, by run and place."""
        return rate_changes.acceptances(self._session)

    def record_rate_acceptances(self, accepted: Mapping[tuple[str, int], int], actor: str) -> None:
        """Record that a person accepted amounts, in cents, for paid lines."""
        rate_changes.record_acceptances(self._session, accepted, self._stamp_of(actor))

    def closed_runs(self) -> list[RunHeader]:
        """Return the approved runs, which have paid their visits."""
        return [run for run in self.runs() if run.state is RunState.CLOSED]

    def further_paid(self, lines: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[FurtherPaid]]:
        """Return what approved runs paid others beside these lines, by run and place."""
        return adjustments.further_paid(self._session, lines)

    def balances(self) -> list[Balance]:
        """Return the key, the name and the negative total that is carried forward of each provider who has one."""
        return adjustments.balances(self._session)

    def runs_built_on(self, run_id: str) -> list[str]:
        """Return the approved runs that adjust a run, repay its advances, count its visits in a pay plan, or bring in what it
        carried forward.
        """
        return adjustments.runs_built_on(self._session, run_id)

    def record_answers(self, run_id: str, answers: Sequence[VisitAnswer], actor: str) -> None:
        """Record what staff said about rows that look like paid visits. A ``run_id`` of "" means for no draft."""
        paid_visits.record_answers(self._session, run_id, answers, self._stamp_of(actor))

    def in_other_drafts(self, identities: Collection[str], except_run: str) -> dict[str, int]:
        """Return how many of these appointments each open draft but ``except_run`` would pay too, by run id."""
        return drafts.other_drafts_with(self._session, identities, except_run)

    def close_run(
        self, run_id: str, actor: str, seen: Sequence[ReviewFlag] = (), *, holds_rows: bool = False
    ) -> RunHeader:
        """Approve a draft whose flags were ``seen``. Refuses visits that another run has or may have paid.

        Refuses blocked rows, too, unless they are to be held.
        """
        stamp = self._stamp_of(actor)
        return run_actions.close_run(self._session, run_id, seen, stamp, holds_rows=holds_rows)

    def lines_of_run(self, run_id: str) -> tuple[PayLines, list[RateUsed]]:
        """Return the lines of a run in any state, and the rates they use."""
        return run_actions.lines_of_run(self._session, run_id)

    def adjustments_of_run(self, run_id: str) -> tuple[list[Adjustment], list[CarriedForward]]:
        """Return the adjustments of a run in any state, and its carried-forward totals; refuses an unknown run."""
        return run_actions.adjustments_of_run(self._session, run_id)

    def items_of_run(self, run_id: str) -> list[PayItemLine]:
        """Return the pay items of a run in any state; refuses an unknown run."""
        return run_actions.items_of_run(self._session, run_id)

    def paid_items(self) -> list[PaidItem]:
        """Return the pay items that approved runs have paid, in the order in which the runs were approved."""
        return pay_items.paid_items(self._session)

    def work_of_runs(self, run_ids: Collection[str]) -> dict[str, list[WorkRow]]:
        """Return what each of these closed runs paid, added up by provider, service and rate."""
        return paid_work.work_of_runs(self._session, run_ids)

    def pay_by_provider(self, run_ids: Collection[str]) -> Iterator[tuple[str, str, int]]:
        """Yield the key and name of a provider and what these closed runs handed over, in cents; several times for some."""
        return paid_work.pay_by_provider(self._session, run_ids)

    def void_run(self, run_id: str, reason: str, actor: str) -> RunHeader:
        """Void a draft or a closed run, so that its appointments are unpaid again. Needs a reason."""
        return run_actions.void_run(self._session, run_id, reason, self._stamp_of(actor))

    def decide_held_visit(self, held_id: int, decision: HeldDecision, reason: str, actor: str) -> None:
        """Record what staff decided about a held visit, with the reason."""
        self.held_visits.record_decision(held_id, decision, reason, self._stamp_of(actor))

    def run(self, run_id: str) -> RunHeader:
        """Return one pay run; refuses an unknown id."""
        return runs.header(self._session, run_id)

    def runs(self) -> list[RunHeader]:
        """Return every pay run, the latest period first."""
        return runs.headers(self._session)

    def _refuse_others(self, clinic: Clinic) -> None:
        if clinic.id != self.clinic_id:
            raise ClinicMismatch(self.clinic_id, clinic.id)

    def _stamp_of(self, actor: str) -> Stamp:
        return Stamp(instant(self._now()), actor)

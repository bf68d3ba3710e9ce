"""What a run pays for the rows of a payments sheet, and the outcome of each row (rule: pay-runs#payments).

A payment is paid by the day on which it came, at the rate of the date of service. What closed runs have paid for payments
is replayed, so that each is paid once and a change of it is a line of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.paid_payments import PaidPayment, PaymentsBefore, payments_of_visits
from server.billing.payroll.pay_run import Period
from server.billing.payroll.payment_allocation import visit_of_payment
from server.billing.payroll.payment_lines import (
    PaymentKind,
    PaymentLine,
    PaymentOutcome,
    PaymentRow,
    RunPayments,
    share_of_payment,
)
from server.billing.payroll.payment_remarks import (
    PART_OF_COLLECTED,
    Remark,
    remark_on_gone,
    remarks_on_rows,
)
from server.billing.payroll.payment_sheet import (
    BY_PAYMENT_ID,
    Payment,
    PaymentNames,
    PaymentsSheet,
    names_of,
)
from server.billing.payroll.payment_visits import KnownVisit, KnownVisits
from server.errors.payment_findings import PaymentUnallocatedSince


def decide_payments(
    sheet: PaymentsSheet,
    period: Period,
    visits: KnownVisits,
    before: PaymentsBefore,
    people: Mapping[str, str],
) -> RunPayments:
    """Return what a run of a period pays for the rows of a payments sheet; ``people`` maps folded spellings to names."""
    return _Decision(sheet, period, before).decide(visits, people)


class _Decision:
    """The rows of a payments sheet while it is decided what becomes of them."""

    def __init__(self, sheet: PaymentsSheet, period: Period, before: PaymentsBefore) -> None:
        self._sheet, self._period, self._before = sheet, period, before
        self._rows: dict[int, PaymentRow] = {}
        self._lines: list[PaymentLine] = []
        self._findings: list[Remark] = []
        self._seen: set[str] = set()
        """What closed runs have paid and the sheet still has, or has with a change."""
        self._changed: list[int] = []
        self._followed: dict[str, list[PaymentLine]] = {}
        """The lines of payments that this run pays otherwise because their visit changed."""
        self._by_reference = {one.line.reference: one for one in before.paid.values()}
        self._of_visit: dict[str, list[PaymentLine]] = defaultdict(list)
        for one in before.paid.values():
            self._of_visit[one.line.visit].append(one.line)

    def decide(self, visits: KnownVisits, people: Mapping[str, str]) -> RunPayments:
        """Return the rows and the lines of the run."""
        payments = self._sheet.payments
        found = [visit_of_payment(one, visits, people) for one in payments]
        names = names_of(payments, ["" if isinstance(one, str) else one.identity for one in found])
        self._seen.update(one.payment for one in names if one.payment in self._before.paid)
        on_record = [self._on_record(one) for one in names]
        self._seen.update(one.line.payment for one in on_record if one)
        unseen = self._unseen_by_likeness(names)
        self._follow_changed_visits()
        # Money that goes back comes last, so that it finds what is paid by the same sheet.
        order = sorted(range(len(payments)), key=lambda place: payments[place].cents < 0)
        for place in order:
            if before := on_record[place]:
                self._decide_paid(payments[place], names[place], found[place], before)
            else:
                self._decide_new(payments[place], names[place], found[place], unseen)
        for row in self._sheet.unread:
            self._rows[row.row] = PaymentRow(
                row.row, row.day, None, row.cents, PaymentOutcome.BLOCKED, row.reason
            )
        rows = tuple(self._rows[row] for row in sorted(self._rows))
        lines = tuple(sorted(self._lines, key=_order))
        return RunPayments(
            is_followed=True,
            sheet=self._sheet.name,
            rows=rows,
            lines=lines,
            based_on=payments_of_visits(self._before.paid.values(), {line.visit for line in lines}),
            findings=(
                *self._findings,
                *remarks_on_rows(rows, self._changed),
                *remark_on_gone(self._missing_payments()),
            ),
        )

    def _unseen_by_likeness(self, names: Sequence[PaymentNames]) -> dict[str, list[PaidPayment]]:
        """Return the paid payments that the sheet does not have, by all that identifies them but the amount.

        A payment ID counts only if it is that of one payment in the sheet and in the books, because it may be that of a remittance.
        """
        found: dict[str, list[PaidPayment]] = defaultdict(list)
        paid = Counter(one.line.likeness for one in self._before.paid.values())
        listed = Counter(one.likeness for one in names)
        for payment, one in self._before.paid.items():
            likeness = one.line.likeness
            is_one = (paid[likeness], listed[likeness]) == (1, 1)
            if payment not in self._seen and (is_one or not likeness.startswith(BY_PAYMENT_ID)):
                found[likeness].append(one)
        return found

    def _on_record(self, names: PaymentNames) -> PaidPayment | None:
        """Return the payment of a closed run that a row is: by its visit or ID, else by what the row names."""
        found = self._before.paid.get(names.payment)
        if found is None:
            found = self._by_reference.get(names.reference)
            found = None if found is None or found.line.payment in self._seen else found
        return found

    def _decide_new(
        self,
        one: Payment,
        known_as: PaymentNames,
        found: KnownVisit | str,
        unseen: dict[str, list[PaidPayment]],
    ) -> None:
        """Decide a payment that no closed run has paid."""
        row = _row_of(one, known_as, found)
        outcome, reason = self._outcome_of(one, found)
        if outcome is not PaymentOutcome.PAID or isinstance(found, str):
            self._rows[one.row] = replace(row, outcome=outcome, reason=reason)
            return
        line = self._line_of(one, known_as, found)
        if line is None:
            reason = found.problem or "Its visit is paid nothing on collection any more."
            self._rows[one.row] = replace(row, outcome=PaymentOutcome.UNALLOCATED, reason=reason)
        elif replaced := unseen.get(known_as.likeness):
            self._add_change(replaced.pop(0), line, row)
        else:
            self._add(line)
            self._rows[one.row] = replace(row, share=line.share, pay_cents=line.now_cents)

    def _decide_paid(
        self, one: Payment, known_as: PaymentNames, found: KnownVisit | str, before: PaidPayment
    ) -> None:
        """Decide a payment that a closed run has paid: it is paid no second time, and a change is a line of its own."""
        was, row = before.line, _row_of(one, known_as, found)
        self._rows[one.row] = kept = replace(
            row,
            outcome=PaymentOutcome.PAID_BEFORE,
            reason=f"Paid in run {before.run_id}.",
            appointment=row.appointment or was.appointment,
        )
        if isinstance(found, str):
            self._rows[one.row] = replace(kept, reason=f"{kept.reason} {found}")
            self._findings.append((PaymentUnallocatedSince(run=before.run_id), (one.row,)))
            return
        is_same_visit = found.identity == was.visit
        if is_same_visit and one.cents == was.received_cents:
            return
        line = None if found.problem or found.share is None else self._line_of(one, known_as, found)
        if line is None:
            return
        if is_same_visit:
            share = _line_of_visit_now(was, found).share
            line = replace(line, share=share, now_cents=share_of_payment(one.cents, share))
        self._add_change(before, line, row)

    def _outcome_of(self, one: Payment, found: KnownVisit | str) -> tuple[PaymentOutcome, str]:
        """Return the outcome of a payment that no closed run has paid, and the reason if it is not paid."""
        since, is_money = self._before.since, one.cents and one.kind is not PaymentKind.ADJUSTMENT
        if not is_money:
            return PaymentOutcome.NO_MONEY, "No money came in or went back."
        if one.day > self._before.today:
            return PaymentOutcome.ANOTHER_PERIOD, "It is dated in the future. A later run pays it."
        if one.day > self._period.last:
            return PaymentOutcome.ANOTHER_PERIOD, "It is dated after the pay period. A later run pays it."
        if one.day < since:
            return PaymentOutcome.ANOTHER_PERIOD, f"Payments count from {us(since)}, and it is dated before."
        return (
            (PaymentOutcome.UNALLOCATED, found)
            if isinstance(found, str)
            else self._outcome_of_visit(one, found)
        )

    def _outcome_of_visit(self, one: Payment, visit: KnownVisit) -> tuple[PaymentOutcome, str]:
        """Return the outcome of a payment that counts and is for one visit."""
        if visit.share is None and not visit.problem and not self._of_visit.get(visit.identity):
            return PaymentOutcome.NOT_ON_COLLECTION, "Its visit is not paid by a share of what is collected."
        if visit.paid_through and one.day <= visit.paid_through:
            return PaymentOutcome.PAID_BEFORE, PART_OF_COLLECTED.format(run=visit.of_run)
        if visit.problem and one.cents > 0:
            return PaymentOutcome.UNALLOCATED, visit.problem
        return PaymentOutcome.PAID, ""

    def _line_of(self, one: Payment, known_as: PaymentNames, visit: KnownVisit) -> PaymentLine | None:
        """Return the line of a payment; ``None`` if nothing is paid on collection for its visit any more."""
        line = PaymentLine(
            visit.provider, visit.provider_key, known_as.payment, known_as.reference, known_as.likeness,
            one.day, one.kind, one.cents, visit.identity, visit.of_run, visit.of_place, visit.appointment, visit.day,
            visit.service, visit.share or 0, 0, 0, source_row=one.row,
        )  # fmt: skip
        came = self._taken_back_by(one, visit) if one.cents < 0 else None
        if came is not None:
            if came.now_cents != share_of_payment(came.received_cents, came.share):
                return None  # its pay was taken back with the visit
            line = replace(
                line,
                provider=came.provider,
                provider_key=came.provider_key,
                service=came.service,
                share=came.share,
            )
        elif visit.share is None or visit.problem:
            return None
        return replace(line, now_cents=share_of_payment(one.cents, line.share))

    def _taken_back_by(self, one: Payment, visit: KnownVisit) -> PaymentLine | None:
        """Return the payment of the visit that money going back takes back: one of that amount if there is one, else the latest."""
        lines = sorted(
            self._of_visit.get(visit.identity, ()), key=lambda line: (line.payment_day, line.payment)
        )
        came = [line for line in lines if line.received_cents > 0]
        for returned in (line for line in lines if line.received_cents < 0):
            same = [line for line in came if line.received_cents == -returned.received_cents]
            if same and len(came) > 1:
                came.remove(same[-1])
        same = [line for line in came if line.received_cents == -one.cents]
        found = same or came
        return found[-1] if found else None

    def _add(self, line: PaymentLine) -> None:
        self._lines.append(line)
        self._of_visit[line.visit].append(line)

    def _add_change(self, before: PaidPayment, line: PaymentLine, row: PaymentRow | None = None) -> None:
        """Add the lines of a payment that is paid otherwise now: two if another provider is paid for it."""
        was = before.line
        self._seen.add(was.payment)
        for followed in self._followed.pop(was.payment, ()):
            self._lines.remove(followed)
            self._of_visit[was.visit] = [one for one in self._of_visit[was.visit] if one != followed]
            self._of_visit[was.visit].append(was)
        if row:
            other = "" if line.visit == was.visit else " for another visit"
            reason = f"Run {before.run_id} paid it as {dollars(was.received_cents)}{other}."
            line = replace(line, reason=reason, replaces="" if line.payment == was.payment else was.payment)
            self._changed.append(row.row)
            pay = line.now_cents - was.now_cents
            self._rows[row.row] = replace(row, share=line.share, pay_cents=pay, reason=reason)
        self._of_visit[was.visit] = [one for one in self._of_visit[was.visit] if one != was]
        if was.provider_key == line.provider_key:
            self._add(replace(line, was_cents=was.now_cents))
            return
        taken = replace(
            was,
            was_cents=was.now_cents,
            now_cents=0,
            is_taken_back=True,
            replaces="",
            reason="The payment is for a visit of another provider.",
            source_row=line.source_row,
        )
        self._lines.append(taken)
        self._add(line)

    def _follow_changed_visits(self) -> None:
        """Add lines for payments of visits that this run adjusts: another provider is paid, or nobody is."""
        for payment, before in self._before.paid.items():
            visit = self._before.changed.get(before.line.visit)
            if visit is None:
                continue
            now = _line_of_visit_now(before.line, visit)
            if (now.provider_key, now.now_cents) != (before.line.provider_key, before.line.now_cents):
                first = len(self._lines)
                self._add_change(before, now)
                self._followed[payment] = self._lines[first:]

    def _missing_payments(self) -> list[PaidPayment]:
        """Return paid payments of the days of the sheet that it does not have. Those of a visit that come to 0 are done with."""
        days = [one.day for one in self._sheet.payments]
        if not days:
            return []
        return [
            one
            for payment, one in self._before.paid.items()
            if payment not in self._seen
            and min(days) <= one.line.payment_day <= max(days)
            and sum(line.now_cents for line in self._of_visit[one.line.visit]) != 0
        ]


def _row_of(one: Payment, names: PaymentNames, found: KnownVisit | str) -> PaymentRow:
    """Return a row as it is if it is paid, with the facts of its visit if there is one."""
    row = PaymentRow(
        one.row,
        one.day,
        one.kind,
        one.cents,
        PaymentOutcome.PAID,
        reference=names.reference,
        appointment=one.appointment,
        visit_day=one.visit_day,
    )
    if isinstance(found, str):
        return row
    return replace(
        row,
        appointment=found.appointment or one.appointment,
        visit_day=found.day,
        provider=found.provider,
        service=found.service,
    )


def _line_of_visit_now(was: PaymentLine, visit: KnownVisit) -> PaymentLine:
    """Return the line of a payment whose visit changed, as it is paid now. Its rate changes only with provider, service or day."""
    now = replace(
        was, was_cents=0, replaces="", source_row=None, of_run=visit.of_run, of_place=visit.of_place
    )
    if visit.problem or visit.share is None:
        return replace(now, now_cents=0, reason=visit.problem or "The visit is no longer paid on collection.")
    is_same = (was.provider_key, was.service, was.day) == (visit.provider_key, visit.service, visit.day)
    share = was.share if is_same else visit.share
    return replace(
        now,
        provider=visit.provider,
        provider_key=visit.provider_key,
        service=visit.service,
        day=visit.day,
        share=share,
        now_cents=share_of_payment(was.received_cents, share),
        reason="The visit changed since.",
    )


def _order(line: PaymentLine) -> tuple[str, date, date, str, str, int]:
    return line.provider.casefold(), line.payment_day, line.day, line.service, line.payment, line.was_cents

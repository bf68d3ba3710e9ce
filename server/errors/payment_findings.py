"""Findings about payments sheets, and about pay on collection."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity


@dataclass(frozen=True, slots=True)
class PaysByPayments(FindingFacts):
    code: ClassVar[str] = "pays-by-payments"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "The sheet {payments} pays {visits} on % of collected, by the day on which money came. The collected amounts of the log are "
        "not used."
    )
    advises: ClassVar[str] = "Nothing to do."

    visits: object
    payments: object


@dataclass(frozen=True, slots=True)
class PaymentsSheetLacking(FindingFacts):
    code: ClassVar[str] = "payments-sheet-lacking"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This clinic pays % of collected by payments since run {run}, and this workbook has no sheet Payments that can be read. "
        "So this run pays nothing on collection."
    )
    advises: ClassVar[str] = "Add the payments of the period as a sheet called Payments and generate again."

    run: object


@dataclass(frozen=True, slots=True)
class PaymentsSheetUnread(FindingFacts):
    code: ClassVar[str] = "payments-sheet-unread"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The sheet {sheet} was not read as payments, because no column, or more than one, can be this: {lacking}."
    )
    advises: ClassVar[str] = (
        "Give one column this heading and generate again. If the sheet is no list of payments, give it another name."
    )

    sheet: object
    lacking: object


@dataclass(frozen=True, slots=True)
class WaitsForPayment(FindingFacts):
    code: ClassVar[str] = "waits-for-payment"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "This visit waits for payment. It is paid {rate} once money comes."
    advises: ClassVar[str] = "Nothing to do. The payroll of the period in which the payment comes pays it."

    rate: object


@dataclass(frozen=True, slots=True)
class PaymentsUnallocated(FindingFacts):
    code: ClassVar[str] = "payments-unallocated"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Nobody is paid for {payments} ({amount}), because no single visit is known: {reason}"
    )
    advises: ClassVar[str] = (
        "Give each row the appointment ID of its visit, or split it into a row for each visit, and generate again."
    )

    payments: object
    amount: object
    reason: object


@dataclass(frozen=True, slots=True)
class PaymentsStillUnallocated(FindingFacts):
    code: ClassVar[str] = "payments-still-unallocated"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "Nobody is paid yet for {payments} ({amount}) that approved runs could not attribute to a visit: {runs}."
    )
    advises: ClassVar[str] = (
        "Add the rows to the sheet Payments with the appointment ID of their visit. The run that has them pays them."
    )

    payments: object
    amount: object
    runs: object


@dataclass(frozen=True, slots=True)
class PaymentsUnread(FindingFacts):
    code: ClassVar[str] = "payments-unread"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "Nobody is paid for {rows} of the payments sheet that cannot be read."
    advises: ClassVar[str] = "Correct the cells that are listed, and generate again."

    rows: object


@dataclass(frozen=True, slots=True)
class PaymentsOfPaidAmount(FindingFacts):
    code: ClassVar[str] = "payments-of-paid-amount"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Nothing more is paid for {payments} ({amount}) from the days before an approved run that paid the visit by its collected "
        "amount. The money is taken to be part of that amount."
    )
    advises: ClassVar[str] = (
        "Check that the collected amounts of that run had these payments. Add a pay item for a payment that they had not."
    )

    payments: object
    amount: object


@dataclass(frozen=True, slots=True)
class PaymentChanged(FindingFacts):
    code: ClassVar[str] = "payment-changed"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Approved runs paid {payments} of this sheet otherwise. The difference is paid or taken back."
    )
    advises: ClassVar[str] = "Check the rows. If they are further payments, give them an ID or another payer."

    payments: object


@dataclass(frozen=True, slots=True)
class PaymentUnallocatedSince(FindingFacts):
    code: ClassVar[str] = "payment-unallocated-since"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this payment, and it cannot be attributed to exactly one visit any more."
    )
    advises: ClassVar[str] = "Check its visit. Nothing is paid or taken back until its visit is clear."

    run: object


@dataclass(frozen=True, slots=True)
class PaymentsGone(FindingFacts):
    code: ClassVar[str] = "payments-gone"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The payments sheet no longer has {payments} ({amount}) from {first} to {last}, for which approved runs paid {pay}: {runs}. "
        "Nothing is taken back."
    )
    advises: ClassVar[str] = (
        "Nothing to do if they are in another export. If a payment was deleted, add a row of the kind take-back with its amount."
    )

    payments: object
    amount: object
    pay: object
    runs: object
    first: object
    last: object


@dataclass(frozen=True, slots=True)
class EmployeePaidOnCollection(FindingFacts):
    code: ClassVar[str] = "employee-paid-on-collection"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "{provider} is an employee (W-2) and is paid only by what is collected. Wages are due for work done, whether money came or not."
    )
    advises: ClassVar[str] = "Have your adviser confirm that this pay meets the minimum wage of each week."

    provider: object


@dataclass(frozen=True, slots=True)
class PaymentCellBlank(FindingFacts):
    code: ClassVar[str] = "payment-cell-blank"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This payment has no {heading}."
    advises: ClassVar[str] = "Fill in the cell, and generate again."

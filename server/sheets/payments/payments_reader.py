"""Reads a payments sheet: strictly, each cell by itself, and with a finding for what cannot be read (rule: pay-runs#payments-sheet)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from server.billing.clinics import ImportProfile
from server.billing.days import date_of
from server.billing.names import fold
from server.billing.payroll.appointment_log import Column
from server.billing.payroll.payment_lines import PaymentKind
from server.billing.payroll.payment_sheet import Payment, PaymentsSheet, UnreadPayment
from server.billing.payroll.visit_identity import patient_key
from server.errors import Finding, MissingInput, count_of, show_value
from server.errors.cell_findings import DamagedId, ErrorValue
from server.errors.finding_facts import FindingFacts, ValueFinding
from server.errors.payment_findings import PaymentCellBlank
from server.sheets.appointment_log.column_matching import DATE_ORDERS
from server.sheets.appointment_log.date_column import CHOICES, example_of, question_about
from server.sheets.cells import cents_of, is_error, read_numbers, text_of
from server.sheets.dates import Days, read_days
from server.sheets.excel_ids import ids_as_text
from server.sheets.payments.payment_headings import PaymentColumns, find_columns, is_heading, known_kinds
from server.sheets.questions import Choice, Question, Unanswered, asking_together
from server.sheets.sheet import Cell, Sheet

KIND_ANSWER = "payment_kind_"
"""Prefix of the inputs that say what a word for a kind of payment means."""

_REMEMBERED_KIND, _REMEMBERED_ORDER = "payment kind: ", "payment dates: "
"""Prefixes of the keys under which the import profile keeps such answers. A folded heading has no space, so they are never one."""

_TEXTS = ("Appointment ID", "Patient", "Provider", "Payer", "Payment ID")
_TOTALS = ("total", "grandtotal", "totals", "subtotal")


def read_payments(
    sheet: Sheet, profile: ImportProfile, answers: Mapping[str, str]
) -> tuple[PaymentsSheet, ImportProfile]:
    """Return the payments of a sheet with the import profile, updated from this click.

    A sheet that lacks a column says so in ``lacking`` and has no rows. Raises Unanswered for words and dates that nobody has explained.
    """
    columns = find_columns(sheet)
    if columns.missing_titles:
        return PaymentsSheet(sheet.name, lacking=tuple(columns.missing_titles)), profile
    return _Reader(sheet, columns, profile, answers).read()


@dataclass(slots=True)
class _Reader:
    """A payments sheet while it is read."""

    sheet: Sheet
    columns: PaymentColumns
    profile: ImportProfile
    answers: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    """The rows that cannot be read, by position, with the first reason."""

    def read(self) -> tuple[PaymentsSheet, ImportProfile]:
        """Return the payments, and the import profile."""
        rows = self._rows_of_payments()
        with asking_together() as form:
            with form.part():
                days = self._days(rows, "Payment date")
            with form.part():
                visit_days = self._days(rows, "Date of service", beside="Payment date")
            with form.part():
                kinds = self._kinds(rows)
        amounts = self._amounts(rows)
        texts = [*zip(*(self._texts_or_ids(rows, title) for title in _TEXTS), strict=True)]
        payments, unread = [], []
        for place, row in enumerate(rows):
            day, cents = _day_at(days, place), amounts[place]
            for title, cell in (("Payment date", day), ("Amount", cents)):
                if cell is None and row not in self.problems:
                    self._problem(row, title, PaymentCellBlank())
            number = self.sheet.top + row
            if row in self.problems or day is None or cents is None:
                unread.append(UnreadPayment(number, self.problems[row], day, cents))
                continue
            kind, signed = _kind_and_sign(kinds[place], cents)
            appointment, patient, provider, payer, payment_id = texts[place]
            visit_day = _day_at(visit_days, place)
            names = (appointment, patient_key(patient), visit_day, provider, payer, payment_id)
            payments.append(Payment(number, day, signed, kind, *names))
        found = PaymentsSheet(
            self.sheet.name,
            tuple(payments),
            tuple(unread),
            tuple(self.findings),
            amount=self._column("Amount"),
        )
        return found, self.profile

    def _texts_or_ids(self, rows: Sequence[int], title: str) -> list[str]:
        return self._ids(rows, title) if title.endswith("ID") else self._texts(rows, title)

    def _rows_of_payments(self) -> list[int]:
        """Return the positions of the rows below the headings that are no blank row, no total and no repeated heading."""
        places, found = self.columns.places, []
        day = places["Payment date"]
        named = [
            places[title] for title in ("Appointment ID", "Patient", "Date of service") if title in places
        ]
        columns = self.sheet.columns
        for row in range(self.columns.header + 1, self.sheet.height):
            if not any(text_of(columns[place][row]) for place in places.values()):
                continue
            if is_heading("Payment date", text_of(columns[day][row])):
                continue
            cells = [text_of(column[row]) for column in columns]
            is_named = any(cells[place] for place in named if fold(cells[place]) not in _TOTALS)
            dated = cells[day] and fold(cells[day]) not in _TOTALS
            if not is_named and not dated and any(fold(cell) in _TOTALS for cell in cells):
                continue
            found.append(row)
        return found

    def _cells(self, rows: Sequence[int], title: str) -> list[Cell]:
        place = self.columns.places.get(title)
        return [None] * len(rows) if place is None else [self.sheet.columns[place][row] for row in rows]

    def _column(self, title: str) -> Column:
        place = self.columns.places[title]
        return Column(self.sheet.left + place, text_of(self.sheet.columns[place][self.columns.header]))

    def _problem(self, row: int, title: str, what: FindingFacts) -> None:
        """Add a finding about a cell, and remember that its row cannot be read."""
        column = self._column(title)
        finding = Finding(what, self.sheet.name, (self.sheet.top + row,), column.position, column.heading)
        self.findings.append(finding)
        self.problems.setdefault(row, finding.message)

    def _doubt(
        self,
        rows: Sequence[int],
        title: str,
        cells: Sequence[Cell],
        wrong: Mapping[type[ValueFinding], Sequence[int]],
    ) -> None:
        for kind, places in wrong.items():
            for place in places:
                self._problem(rows[place], title, kind(text_of(cells[place])))

    def _texts(self, rows: Sequence[int], title: str) -> list[str]:
        cells = self._cells(rows, title)
        self._doubt(rows, title, cells, {ErrorValue: [p for p, cell in enumerate(cells) if is_error(cell)]})
        return ["" if is_error(cell) else " ".join(text_of(cell).split()) for cell in cells]

    def _ids(self, rows: Sequence[int], title: str) -> list[str]:
        """Return IDs with the zeros that their formats show. One that lost digits cannot be read."""
        damaged: list[int] = []
        cells = self._cells(rows, title)
        place = self.columns.places.get(title)
        if place is None:
            return [""] * len(rows)
        shown = ids_as_text(cells, lambda one: self.sheet.format_at(place, rows[one]), damaged)
        wrong = {DamagedId: damaged, ErrorValue: [p for p, cell in enumerate(cells) if is_error(cell)]}
        self._doubt(rows, title, cells, wrong)
        return [text_of(cell) for cell in shown]

    def _amounts(self, rows: Sequence[int]) -> list[int | None]:
        cells = self._cells(rows, "Amount")
        numbers = read_numbers(cells, 100, cents_of)
        self._doubt(rows, "Amount", cells, numbers.wrong)
        pairs = zip(numbers.values.tolist(), numbers.given.tolist(), strict=True)
        return [value if given else None for value, given in pairs]

    def _days(self, rows: Sequence[int], title: str, beside: str = "") -> Days:
        """Read a column of days; asks for their order if neither the column nor the one ``beside`` it shows it."""
        cells = self._cells(rows, title)
        name = f"payments_{fold(title)}"
        key = _REMEMBERED_ORDER + fold(title)
        given = self.answers.get(name, "").strip().casefold()
        answered = given if given in DATE_ORDERS else ""
        remembered = dict(self.profile.columns).get(key, "") or self.profile.date_order
        if beside and not remembered:
            shown = read_days(self._cells(rows, beside), self.sheet.date_system, "", "")
            remembered = shown.order if shown.order in DATE_ORDERS else ""
        days = read_days(cells, self.sheet.date_system, answered, remembered)
        if days.must_be_asked:
            column, places = self._column(title), example_of(days)
            asked = question_about(days, column.heading, text_of(cells[places[0]]))
            label = f"On the sheet {show_value(self.sheet.name)}: {asked.label}"
            raise Unanswered([Question(f"payments_{fold(title)}", label, CHOICES)])
        if answered:
            self._remember(key, answered)
        self._doubt(rows, title, cells, days.wrong)
        return days

    def _kinds(self, rows: Sequence[int]) -> list[PaymentKind | None]:
        """Return what each row is, ``None`` if its sign says it; asks about words that nobody has explained."""
        texts = self._texts(rows, "Kind")
        remembered = {
            key.removeprefix(_REMEMBERED_KIND): PaymentKind(value)
            for key, value in self.profile.columns
            if key.startswith(_REMEMBERED_KIND)
        }
        known, asked = known_kinds(remembered), {}
        for text in dict.fromkeys(filter(None, texts)):
            word = fold(text)
            given = fold(self.answers.get(KIND_ANSWER + word, ""))
            if given:
                kind = {fold(one): one for one in PaymentKind}.get(given)
                if kind is None:
                    choices = ", ".join(PaymentKind)
                    raise MissingInput(
                        KIND_ANSWER + word,
                        f"“{given}” is no kind of payment.",
                        f"Answer with one of: {choices}.",
                    )
                known[word] = kind
                self._remember(_REMEMBERED_KIND + word, kind.value)
            elif word not in known:
                asked[word] = text
        if asked:
            counts = Counter(map(fold, texts))
            raise Unanswered([_question(word, text, counts[word]) for word, text in asked.items()])
        return [known[fold(text)] if text else None for text in texts]

    def _remember(self, key: str, value: str) -> None:
        kept = {**dict(self.profile.columns), key: value}
        self.profile = replace(self.profile, columns=tuple(kept.items()))


def _day_at(days: Days, place: int) -> date | None:
    return date_of(int(days.values[place])) if days.given[place] else None


def _question(word: str, text: str, rows: int) -> Question:
    label = f"What does {show_value(text)} in the column of kinds of payments mean ({count_of(rows, 'row')})?"
    choices = (
        Choice(PaymentKind.PAYMENT, "Payment: money came in"),
        Choice(PaymentKind.REFUND, "Refund: money went back to the patient"),
        Choice(PaymentKind.TAKE_BACK, "Take-back: a payer took money back"),
        Choice(PaymentKind.ADJUSTMENT, "Adjustment: no money moved, such as a write-off"),
    )
    return Question(f"payment_kind_{word}", label, choices)


def _kind_and_sign(kind: PaymentKind | None, cents: int) -> tuple[PaymentKind, int]:
    """Return what a row is, and its amount, which is below 0 where money goes back."""
    if kind is None:
        kind = PaymentKind.REFUND if cents < 0 else PaymentKind.PAYMENT
    if kind.is_returned:
        return kind, -abs(cents)
    if kind is PaymentKind.PAYMENT and cents < 0:
        return PaymentKind.REFUND, cents
    return kind, cents

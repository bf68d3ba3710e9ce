"""Prices the rows of an Exams sheet: the lines that are billed for an exam, or the findings that prevent it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.invoices.invoice import InvoiceFacts, InvoiceLine
from server.billing.invoices.prices import Bilateral, PriceList, line_of
from server.billing.money import THOUSAND
from server.billing.names import closest_name, fold
from server.errors import Finding, FindingFacts
from server.errors.invoice_findings import (
    BilateralNotAllowed,
    CaseDiffers,
    CodeOrExamType,
    CodeTwice,
    ExamDiffers,
    ExamInFuture,
    HasNoSubExams,
    NoPrice,
    NoSubExamChosen,
    UnitsNotWhole,
    UnitsOfBothSides,
    UnknownCode,
    UnknownExamType,
    UnknownSubExam,
)


@dataclass(frozen=True, slots=True)
class Exam:
    """One row of an Exams sheet. ``units_thousandths`` is ``None`` where the cell is empty: one unit."""

    sheet: str
    row: int
    exam_date: date
    patient: str
    case: str
    physician: str = ""
    facility: str = ""
    exam_type: str = ""
    sub_exams: tuple[str, ...] = ()
    code: str = ""
    units_thousandths: int | None = None
    bilateral: bool = False
    payer: str = ""
    attorney: str = ""
    injured_on: date | None = None
    claim_number: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return the key that all rows of one exam share."""
        return key_of(self)

    def finding(self, what: FindingFacts, heading: str) -> Finding:
        """Return a finding about one of the row's cells. The sheet's reader adds the column."""
        return Finding(what, self.sheet, (self.row,), None, heading)


def key_of(about: Exam | InvoiceFacts) -> tuple[str, ...]:
    """Return the key of the exam that a row or an invoice is about: its day, patient, case, physician and facility."""
    names = (about.patient, about.case, about.physician, about.facility)
    return (about.exam_date.isoformat(), *map(fold, names))


@dataclass(frozen=True, slots=True)
class Draft:
    """One exam about to become an invoice: its rows, and a line for each code."""

    exams: tuple[Exam, ...]
    lines: tuple[InvoiceLine, ...]

    @property
    def billed_cents(self) -> int:
        """Return the total of the invoice, in cents."""
        return sum(line.total_cents for line in self.lines)

    @property
    def payer(self) -> str:
        """Return the payer the rows name, "" if none does."""
        return next((exam.payer for exam in self.exams if exam.payer), "")

    @property
    def attorney(self) -> str:
        """Return the attorney the rows name, "" if none does."""
        return next((exam.attorney for exam in self.exams if exam.attorney), "")


def draft_invoices(
    exams: Iterable[Exam], prices: PriceList, today: date
) -> tuple[list[Draft], list[Finding]]:
    """Return the drafts of invoices, in the order of their first rows, and the blockers of the other exams.

    An exam with a blocker on any of its rows becomes no invoice: half of one would look complete.
    """
    exams = list(exams)
    together: dict[tuple[str, ...], list[Exam]] = defaultdict(list)
    for exam in exams:
        together[exam.key].append(exam)
    differing = _cases_that_differ(exams)
    made: list[Draft] = []
    findings: list[Finding] = []
    for rows in together.values():
        lines, flaws = _lines_of(rows, prices, today)
        flaws += [flaw for exam in rows for flaw in differing[exam.row]]
        findings += flaws
        if not flaws:
            made.append(Draft(tuple(rows), lines))
    return made, findings


def price_lines(
    exam: Exam, prices: PriceList, payer: str = ""
) -> tuple[tuple[InvoiceLine, ...], tuple[Finding, ...]]:
    """Return the lines of one row, or the findings that prevent pricing it.

    ``payer`` is the exam's payer, if another of its rows names one.
    """
    codes, findings = _codes_of_row(exam, prices)
    findings += unit_flaws(exam)
    lines = []
    for code in codes:
        price = prices.price_on(exam.exam_date, code, exam.payer or payer)
        if price is None:
            findings.append(_missing_price(exam, code, exam.payer or payer, prices))
        elif exam.bilateral and price.bilateral is Bilateral.NOT_ALLOWED:
            findings.append(exam.finding(BilateralNotAllowed(billed_code=code), "Bilateral"))
        elif not findings:
            units = (exam.units_thousandths or THOUSAND) // THOUSAND
            lines.append(line_of(price, units, bilateral=exam.bilateral))
    return (() if findings else tuple(lines)), tuple(findings)


def units_of_both_sides(drafts: Iterable[Draft], prices: PriceList) -> Iterator[Finding]:
    """Yield a finding for each bilateral row with several units. Each side bills all units, but staff may have
    typed one unit for each side.
    """
    for draft in drafts:
        for exam in draft.exams:
            units = (exam.units_thousandths or THOUSAND) // THOUSAND
            if exam.bilateral and units > 1:
                lines, _ = price_lines(exam, prices, draft.payer)
                times = sorted({line.units * line.multiplier_thousandths / THOUSAND for line in lines})
                times_text = " or ".join(f"{one:g}" for one in times)
                yield exam.finding(UnitsOfBothSides(units=units, times=times_text), "Units")


def _lines_of(
    rows: Sequence[Exam], prices: PriceList, today: date
) -> tuple[tuple[InvoiceLine, ...], list[Finding]]:
    """Price all rows of one exam together."""
    findings = [*_find_future_date(rows[0], today), *_find_contradictions(rows)]
    payer = next((exam.payer for exam in rows if exam.payer), "")
    lines: list[InvoiceLine] = []
    billed_in: dict[str, int] = {}
    for exam in rows:
        priced, flaws = price_lines(exam, prices, payer)
        findings += flaws
        lines += priced
        for code in dict.fromkeys(line.code for line in priced):
            first = billed_in.setdefault(fold(code), exam.row)
            if first != exam.row:
                findings.append(exam.finding(CodeTwice(billed_code=code, first=first), _code_heading(exam)))
    return tuple(lines), findings


def _find_future_date(exam: Exam, today: date) -> Iterator[Finding]:
    if exam.exam_date > today:
        yield exam.finding(ExamInFuture(day=us(exam.exam_date)), "Exam date")


def _find_contradictions(rows: Sequence[Exam]) -> Iterator[Finding]:
    """Yield a finding for each row of one exam that names another payer or attorney than an earlier row."""
    for heading, attribute in (("Payer", "payer"), ("Attorney", "attorney")):
        named = [exam for exam in rows if getattr(exam, attribute)]
        for exam in named[1:]:
            first, name = getattr(named[0], attribute), getattr(exam, attribute)
            if fold(name) != fold(first):
                yield exam.finding(ExamDiffers(value=name, other=first, first=named[0].row), heading)


def _cases_that_differ(exams: Iterable[Exam]) -> Mapping[int, list[Finding]]:
    """Return the findings about rows that name another injury or claim than an earlier row of the case, by row."""
    found: dict[int, list[Finding]] = defaultdict(list)
    first: dict[tuple[str, ...], tuple[str, int]] = {}
    for exam in exams:
        injury = us(exam.injured_on) if exam.injured_on else ""
        for heading, said in (("Date of injury", injury), ("Claim number", exam.claim_number)):
            key = (fold(exam.patient), fold(exam.case), heading)
            before, row = first.setdefault(key, (said, exam.row)) if said else (said, exam.row)
            if fold(said) != fold(before):
                differs = CaseDiffers(value=said, other=before, first=row)
                found[exam.row].append(exam.finding(differs, heading))
    return found


def _codes_of_row(exam: Exam, prices: PriceList) -> tuple[list[str], list[Finding]]:
    """Return the codes a row bills: its own, or those of its exam type or of the chosen sub-exams."""
    if bool(exam.code) == bool(exam.exam_type):
        return [], [exam.finding(CodeOrExamType(), _code_heading(exam))]
    if exam.code:
        return [exam.code], []
    listed = prices.codes_of(exam.exam_type)
    if not listed:
        likely = closest_name(exam.exam_type, prices.exam_types)
        suggestion = f" Did you mean “{likely}”?" if likely else ""
        return [], [exam.finding(UnknownExamType(value=exam.exam_type, suggestion=suggestion), "Exam type")]
    offered = {fold(row.sub_exam): row.sub_exam for row in listed if row.sub_exam}
    wanted = list(dict.fromkeys(map(fold, exam.sub_exams)))
    findings = _sub_exam_flaws(exam, offered)
    return [
        row.code for sub_exam in wanted or [""] for row in listed if fold(row.sub_exam) == sub_exam
    ], findings


def _sub_exam_flaws(exam: Exam, offered: dict[str, str]) -> list[Finding]:
    heading, choices = "Sub-exams", ", ".join(offered.values())
    if offered and not exam.sub_exams:
        return [exam.finding(NoSubExamChosen(value=exam.exam_type, choices=choices), heading)]
    if exam.sub_exams and not offered:
        return [exam.finding(HasNoSubExams(value=exam.exam_type), heading)]
    return [
        exam.finding(UnknownSubExam(value=chosen, type=exam.exam_type, choices=choices), heading)
        for chosen in exam.sub_exams
        if fold(chosen) not in offered
    ]


def unit_flaws(exam: Exam) -> list[Finding]:
    """Return the finding about units that are not a whole number of at least 1; an empty cell is 1."""
    units = exam.units_thousandths
    if units is None or (units > 0 and units % THOUSAND == 0):
        return []
    return [exam.finding(UnitsNotWhole(value=f"{units / THOUSAND:g}"), "Units")]


def _missing_price(exam: Exam, code: str, payer: str, prices: PriceList) -> Finding:
    heading = _code_heading(exam)
    if not prices.knows_code(code):
        return exam.finding(UnknownCode(value=code), heading)
    return exam.finding(
        NoPrice(billed_code=code, payer=payer or "any payer", day=us(exam.exam_date)), heading
    )


def _code_heading(exam: Exam) -> str:
    """Return the heading a row's codes come from."""
    return "Code" if exam.code else "Exam type"

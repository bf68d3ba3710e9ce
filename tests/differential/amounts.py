"""Dialects of the numbers of a log: units, minutes, charges and what was collected."""

from collections.abc import Callable
from dataclasses import replace

from tests.differential.page import BLANK, CLOCK, MONEY, ZERO_WIDTH, Field, Page, Shown, dollars, plain
from tests.differential.switches import Stage, switch
from tests.differential.truth import CHARGE, COLLECTED, HOUR, UNIT, Visit, basis_of

HOURS_A_DAY = 24

# Units


@switch("units as text", "units", mild=True)
def text_units(page: Page) -> None:
    page.respell("units", lambda visit: Shown(f"{visit.units}.0 "))


@switch("units only where they are paid", "units", mild=True)
def needed_units(page: Page) -> None:
    page.respell("units", lambda visit: plain(visit.units) if basis_of(visit) == UNIT else BLANK)


# Minutes


def _clock(visit: Visit) -> str:
    return f"{visit.minutes // 60}:{visit.minutes % 60:02}"


@switch("minutes as text", "minutes", mild=True)
def text_minutes(page: Page) -> None:
    page.respell("minutes", lambda visit: Shown(f"{visit.minutes} min"))


@switch("minutes as a clock in text", "minutes", mild=True)
def clock_minutes(page: Page) -> None:
    page.respell("minutes", lambda visit: Shown(_clock(visit)))


@switch("minutes as a clock with seconds", "minutes")
def clock_with_seconds(page: Page) -> None:
    page.respell("minutes", lambda visit: Shown(f"{_clock(visit)}:00"))


@switch("minutes as minutes and seconds", "minutes")
def minutes_and_seconds(page: Page) -> None:
    page.respell("minutes", lambda visit: Shown(f"{visit.minutes}:00"))


@switch("minutes as times", "minutes", mild=True)
def time_minutes(page: Page) -> None:
    page.respell("minutes", _as_time)


def _as_time(visit: Visit) -> Shown:
    return Shown(float(visit.minutes) / (HOURS_A_DAY * 60), CLOCK)


@switch("minutes as times and as numbers", "minutes")
def mixed_minutes(page: Page) -> None:
    odd = {visit.id for visit in page.visits[page.rng.randrange(2) :: 2]}
    page.respell("minutes", lambda visit: _as_time(visit) if visit.id in odd else plain(visit.minutes))


def _hours(visit: Visit) -> Shown:
    return Shown(float(visit.minutes) / 60)


def _whole_quarters(page: Page) -> None:
    """Let all visits last whole quarters of an hour, which are short decimal numbers of hours."""
    page.visits = [replace(visit, minutes=visit.minutes // 15 * 15) for visit in page.visits]


@switch("hours under Hours", "minutes")
def hours(page: Page) -> None:
    _whole_quarters(page)
    page.duration_unit = "hours"
    if column := page.column("minutes"):
        column.heading = page.rng.choice(("Hours", "Hrs", "Duration (hours)"))
    page.respell("minutes", _hours)


@switch("hours under Duration", "minutes")
def hours_as_duration(page: Page) -> None:
    _whole_quarters(page)
    page.duration_unit = "hours"
    if column := page.column("minutes"):
        column.heading = page.rng.choice(("Duration", "Length"))
    page.respell("minutes", _hours)


@switch("durations in words", "minutes")
def durations_in_words(page: Page) -> None:
    if column := page.column("minutes"):
        column.heading = "Duration"
    page.respell("minutes", _in_words)


def _in_words(visit: Visit) -> Shown:
    hours, minutes = divmod(visit.minutes, 60)
    words = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return Shown(" ".join(filter(None, words)))


@switch("start and end instead of minutes", "minutes")
def start_and_end(page: Page) -> None:
    day = HOURS_A_DAY * 60
    page.add(
        Field(
            "end", "End Time", lambda visit: Shown((visit.start + float(visit.minutes)) / day, "h:mm AM/PM")
        ),
        after="minutes",
    )
    if column := page.column("minutes"):
        column.holds, column.heading = "start", "Start Time"
        column.spell = lambda visit: Shown(visit.start / day, "h:mm AM/PM")


@switch("minutes only where they are paid", "minutes", mild=True)
def needed_minutes(page: Page) -> None:
    page.respell("minutes", lambda visit: plain(visit.minutes) if basis_of(visit) == HOUR else BLANK)


# How amounts are written


def _spell_money(page: Page, write: Callable[[int], Shown]) -> None:
    page.respell("charge", lambda visit: write(visit.charge))
    page.respell("collected", lambda visit: write(visit.collected))


@switch("amounts as text with dollars", "money", mild=True)
def dollar_text(page: Page) -> None:
    _spell_money(page, lambda cents: Shown(f"${cents / 100:,.2f}"))


@switch("amounts as text with spaces", "money", mild=True)
def spaced_text(page: Page) -> None:
    _spell_money(page, lambda cents: Shown(f" {cents / 100:,.2f} "))


@switch("amounts with hidden marks", "money")
def marked_amounts(page: Page) -> None:
    mark = page.rng.choice(("\u200e", ZERO_WIDTH, "\u00a0"))
    _spell_money(page, lambda cents: Shown(f"{mark}${cents / 100:.2f}{mark}"))


@switch("amounts with spaces for thousands", "money")
def spaces_for_thousands(page: Page) -> None:
    _spell_money(page, lambda cents: Shown(f"{cents / 100:,.2f}".replace(",", " ")))


@switch("amounts with the currency", "money")
def currency_text(page: Page) -> None:
    _spell_money(page, lambda cents: Shown(f"USD {cents / 100:,.2f}"))


@switch("amounts with the noise of sums", "money", mild=True)
def noisy_sums(page: Page) -> None:
    _spell_money(page, lambda cents: Shown((cents / 100 + 0.1 + 0.2) - 0.3 + 1e-12, MONEY))


@switch("amounts in the European way", "money")
def european_text(page: Page) -> None:
    _spell_money(page, lambda cents: Shown(f"{cents // 100},{cents % 100:02}"))


@switch("refunds as accountants write them", "money")
def refunds(page: Page) -> None:
    odd = page.rng.choice(page.visits)
    page.visits = [_refunded(visit) if visit.id == odd.id else visit for visit in page.visits]
    pattern = page.rng.choice(("({:.2f})", "{:.2f}-", "-${:.2f}"))
    page.respell(
        "collected",
        lambda visit: (
            Shown(pattern.format(-visit.collected / 100)) if visit.collected < 0 else dollars(visit.collected)
        ),
    )


def _refunded(visit: Visit) -> Visit:
    return replace(visit, client=-3_050, insurer=0)


@switch("amounts only where they are paid", "money", mild=True)
def needed_amounts(page: Page) -> None:
    page.respell("charge", lambda visit: dollars(visit.charge) if basis_of(visit) == CHARGE else BLANK)
    page.respell(
        "collected", lambda visit: dollars(visit.collected) if basis_of(visit) == COLLECTED else BLANK
    )


# Into how many columns amounts are split


def _client(visit: Visit) -> Shown:
    return dollars(visit.client)


def _insurer(visit: Visit) -> Shown:
    return dollars(visit.insurer)


def _split(page: Page, client: str, insurer: str) -> None:
    """Write what was collected in two columns."""
    if column := page.column("collected"):
        page.add(Field("collected:insurer", insurer, _insurer), after="collected")
        column.holds, column.heading, column.spell = "collected:client", client, _client


def _splits(name: str, client: str, insurer: str, *, mild: bool = False) -> None:
    switch(name, "collected", mild=mild)(lambda page: _split(page, client, insurer))


_splits("collected as Client Paid and Insurance Paid", "Client Paid", "Insurance Paid", mild=True)
_splits("collected as Paid and Insurance Paid", "Paid", "Insurance Paid")
_splits("collected as Copay and Ins Pmt Amt", "Copay", "Ins Pmt Amt")
_splits("collected as Patient Amount Paid and Insurance Paid", "Patient Amount Paid", "Insurance Paid")
_splits("collected as Payment and Copay", "Payment", "Copay")
_splits("collected under headings nobody knows", "Rcvd 1", "Rcvd 2")


@switch("collected with its parts beside it", "collected")
def total_and_parts(page: Page) -> None:
    if column := page.column("collected"):
        page.add(
            Field("collected:client", "Patient Paid", _client),
            Field("collected:insurer", "Insurance Paid", _insurer),
            after="collected",
        )
        column.heading = "Total Paid"


@switch("Charge, Paid and Unpaid twice", "collected")
def sides_of_a_claim(page: Page) -> None:
    """Write the client's charge, paid and unpaid amounts, then the insurer's, under the same headings."""
    page.drop("charge")
    _split(page, "Paid", "Paid")
    page.add(Field("charge:insurer", "Charge", _charge_of_insurer))
    insurer = page.fields.pop()
    where = page.place("collected:client") or 0
    page.fields.insert(where, Field("charge:client", "Charge", _client))
    page.fields.insert(where + 2, Field("extra:unpaid", "Unpaid", lambda _: Shown(0, MONEY)))
    page.fields.insert(where + 3, insurer)
    where = page.place("collected:insurer") or 0
    page.fields.insert(where + 1, Field("extra:unpaid", "Unpaid", lambda visit: dollars(visit.charge)))


def _charge_of_insurer(visit: Visit) -> Shown:
    return dollars(visit.charge - visit.client)


@switch("the charge in two columns", "charge", mild=True)
def split_charge(page: Page) -> None:
    if column := page.column("charge"):
        page.add(Field("charge:insurer", "Insurance Charge", _charge_of_insurer), after="charge")
        column.holds, column.heading, column.spell = "charge:client", "Client Charge", _client


@switch("a merged amount", "merged", Stage.ROWS)
def merged_amount(page: Page) -> None:
    holds = page.rng.choice(("charge", "collected", "minutes", "units"))
    at, rows = page.place(holds), page.visit_rows()
    first = page.rng.randrange(max(1, len(rows) - 1))
    if at is None or len(rows) < 2:
        return
    page.merged.append((at, rows[first], rows[first + 1]))
    rows[first + 1].cells[at] = BLANK


@switch("a huge amount", "merged", Stage.ROWS)
def huge_number(page: Page) -> None:
    """Write one number as no visit can have it; nothing that rests on it may be paid without a remark."""
    holds = page.rng.choice(("minutes", "units"))
    at, rows = page.place(holds), page.visit_rows()
    if at is not None:
        row = page.rng.choice(rows)
        row.cells[at] = Shown(5_000)
        row.kind = "implausible"

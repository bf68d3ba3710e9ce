"""The setup sheets of the gallery: for each mistake a clinic can make, the smallest that makes it."""

from collections.abc import Callable
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import (
    BILLED,
    HEADINGS,
    MAPLE,
    NEIGHBOUR,
    NEW_YEAR,
    Cell,
    a_setup,
    a_tier,
    a_visit,
    a_workbook,
    an_amount,
    changed,
    longer,
    the_setup,
    with_groups,
    with_items,
    with_levels,
    with_mail_text,
    with_payers,
    with_plans,
    with_shares,
    with_supervision,
)

A_BONUS: list[Cell] = ["Ada Example", "bonus", 500, date(2025, 10, 1), None, "once", "Holiday"]


A_LEVEL: list[Cell] = [1, 30, "sent", "Pending cheque", "Friendly reminder", ""]
A_SHARE: list[Cell] = ["Ada Example", "EX-101", "Ben Sample", "40%", NEW_YEAR]
A_SUPERVISION: list[Cell] = ["Ada Example", "Ben Sample", "EX-101", "per session", 15, NEW_YEAR]


def _rate(row: int = 2, **cells: Cell) -> Callable[[], Workbook]:
    return lambda: a_setup(Rates=changed("Rates", row, **cells))


def _price(row: int = 2, **cells: Cell) -> Callable[[], Workbook]:
    return lambda: a_setup(Prices=changed("Prices", row, **cells))


def _without(sheet: str, heading: str) -> list[list[Cell]]:
    rows = the_setup()[sheet]
    place = rows[0].index(heading)
    return [[cell for at, cell in enumerate(row) if at != place] for row in rows]


def _heading_twice() -> Workbook:
    rows = [[*row, row[1]] for row in the_setup()["Statuses"]]
    return a_setup(Statuses=rows)


def _new_clinic(clinic_id: str, **more: list[list[Cell]]) -> Workbook:
    clinic: list[list[Cell]] = [["Field", "Value"], ["Clinic ID", clinic_id], ["Clinic name", "Birch Lane"]]
    paid = {name: rows for name, rows in the_setup().items() if name not in BILLED}
    return a_workbook(paid | {"Clinic": clinic} | more, None)


def _nobody_yet() -> Workbook:
    heads = {name: rows[:1] for name, rows in the_setup().items() if name != "Clinic"}
    log: list[list[Cell]] = [list(HEADINGS.values()), list(a_visit().values())]
    return _new_clinic("birch", **heads, Appointments=log)


def _shares(cell: Cell) -> Callable[[], Workbook]:
    return _rate(3, Rate=cell)


SETUPS: dict[str, Callable[[], Workbook]] = {
    "not-a-percentage": _shares("160%"),
    "one-or-hundred-percent": _shares(1),
    "rate-of-zero": _rate(Rate=0),
    "missing-sheet": lambda: a_setup(Services=None),
    "sheet-left-out": lambda: a_setup(bound=False, Statuses=None),
    "missing-heading": lambda: a_setup(Rates=_without("Rates", "Effective from")),
    "heading-twice": _heading_twice,
    "missing-field": lambda: a_setup(
        Clinic=[row for row in the_setup()["Clinic"] if row[0] != "Clinic name"]
    ),
    "blank-cell": _rate(Effective_from=None),
    "bad-clinic-id": lambda: _new_clinic("Maple Street!"),
    "not-a-choice": _rate(Pay_basis="per visit"),
    "no-letters": lambda: a_setup(Statuses=longer("Statuses", ["***", "no show"])),
    "name-twice": lambda: a_setup(
        Providers=longer("Providers", ["EXAMPLE ADA", "", "P-9", "", "W-2", "yes"])
    ),
    "tax-id-digits": lambda: a_setup(Clinic=longer("Clinic", ["Tax ID", "12-345"])),
    "not-whole-days": lambda: a_setup(Clinic=longer("Clinic", ["Days to pay date", 2.5])),
    "not-reminder-days": lambda: a_setup(Clinic=longer("Clinic", ["Days to cheque", "three weeks"])),
    "npi-digits": lambda: a_setup(Providers=changed("Providers", 2, NPI="12345")),
    "not-whole-minutes": lambda: a_setup(Services=changed("Services", 2, Unit_minutes=7.5)),
    "rate-twice": lambda: a_setup(Rates=longer("Rates", ["*", "ex 101", "per session", 85, NEW_YEAR, ""])),
    "rate-far-off": lambda: a_setup(
        Rates=longer("Rates", ["*", "EX-101", "per session", 8000, date(2025, 7, 1), ""])
    ),
    "percent-for-money": _rate(Rate="80%"),
    "money-for-percent": _shares("$60.00"),
    "price-not-positive": _price(Unit_price=0),
    "price-twice": lambda: a_setup(
        Prices=longer("Prices", ["ex 501", "Knee look", 90, "", "ACME invented", NEW_YEAR])
    ),
    "unpriced-code": lambda: a_setup(Exam_types=longer("Exam types", ["Joint exam", "Neck", "EX-510"])),
    "exam-code-twice": lambda: a_setup(Exam_types=longer("Exam types", ["joint exam", "KNEE", "EX-501"])),
    "unnamed-sub-exam": lambda: a_setup(Exam_types=longer("Exam types", ["Joint exam", "", "EX-503"])),
    "sub-exam-semicolon": lambda: a_setup(
        Exam_types=longer("Exam types", ["Joint exam", "Neck; shoulder", "EX-503"])
    ),
    "pay-item-for-anybody": lambda: with_items(["*", *A_BONUS[1:]]),
    "pay-item-not-positive": lambda: with_items(["Ada Example", "deduction", -40, *A_BONUS[3:]]),
    "pay-item-ends-before": lambda: with_items([*A_BONUS[:4], date(2025, 9, 30), "once", ""]),
    "pay-item-twice": lambda: with_items(A_BONUS, ["Ada Example", "bonus", 200, *A_BONUS[3:]]),
    "advance-every-period": lambda: with_items(["Ada Example", "advance", *A_BONUS[2:5], "period", ""]),
    "repayment-without-advance": lambda: with_items(
        ["Ada Example", "repayment", 100, *A_BONUS[3:5], "period", "Car"],
        ["Ben Sample", "advance", 400, *A_BONUS[3:5], "once", "Car"],
    ),
    "group-session-for-any-service": lambda: with_groups(["*", "session", NEW_YEAR]),
    "group-session-twice": lambda: with_groups(
        ["EX-101", "session", NEW_YEAR], ["EX-101", "attendee", NEW_YEAR]
    ),
    "further-pay-for-anybody": lambda: with_shares(["Ada Example", "*", "*", "40%", NEW_YEAR]),
    "further-pay-for-oneself": lambda: with_shares(["Ada Example", "*", "Ada Example", "40%", NEW_YEAR]),
    "further-pay-twice": lambda: with_shares(A_SHARE, [*A_SHARE[:3], "30%", NEW_YEAR]),
    "not-a-share": lambda: with_shares([*A_SHARE[:3], "0%", NEW_YEAR]),
    "supervision-not-positive": lambda: with_supervision([*A_SUPERVISION[:4], 0, NEW_YEAR, None]),
    "supervision-ends-before": lambda: with_supervision([*A_SUPERVISION, date(2024, 12, 31)]),
    "plan-cell-unused": lambda: with_plans(["Ada Example", "EX-101", *an_amount("minimum", 900)[2:]]),
    "plan-amount-not-positive": lambda: with_plans(an_amount("salary", -4000)),
    "plan-twice": lambda: with_plans(an_amount("cap", 9000), an_amount("cap", 8000)),
    "minimum-above-cap": lambda: with_plans(an_amount("cap", 900), an_amount("minimum", 1000)),
    "tier-ends-before": lambda: with_plans(a_tier(50, 30)),
    "tiers-overlap": lambda: with_plans(a_tier(0, 30), a_tier(29, None)),
    "tiers-leave-gap": lambda: with_plans(a_tier(0, 30), a_tier(31, None)),
    "tiers-without-end": lambda: with_plans(a_tier(0, 30), a_tier(30, 50)),
    "tiers-differ": lambda: with_plans(a_tier(0, 30), a_tier(30, None, plan="tier marginal")),
    "tier-basis-unfit": lambda: with_plans(a_tier(0, None, plan="tier marginal", measure="hours")),
    "not-an-email-address": lambda: with_payers(["Acme Invented", "claims at acme", "", "no", ""]),
    "payer-twice": lambda: with_payers(["Acme Invented", "", "", "", ""], ["ACME INVENTED", "", "", "", ""]),
    "mailed-without-address": lambda: with_payers(["Acme Invented", "", "1 Invented Way", "yes", ""]),
    "not-a-level": lambda: with_levels([0, *A_LEVEL[1:]]),
    "not-days-after": lambda: with_levels([1, 1.5, *A_LEVEL[2:]]),
    "level-twice": lambda: with_levels(A_LEVEL, [1, 60, *A_LEVEL[2:]]),
    "level-counts-from-nothing": lambda: with_levels([1, 30, "last level", *A_LEVEL[3:]]),
    "unknown-mail-text": lambda: with_levels([*A_LEVEL[:4], "Third notice", ""]),
    "mail-text-twice": lambda: with_mail_text("Open", "Please pay.", ["ours", "Open", "Please pay."]),
    "unknown-mail-variable": lambda: with_mail_text("Open", "{{ patient }} owes {{ total }}"),
    "mail-text-unusable": lambda: with_mail_text("Open", "{{ total | upper }}"),
    "mail-text-too-long": lambda: with_mail_text("Open " * 40, "Please pay."),
    "status-twice": lambda: a_setup(Statuses=longer("Statuses", ["came-in", "no show"])),
}

REFUSED_SETUPS: dict[str, Callable[[], Workbook]] = {
    "bad-clinic-id": lambda: _new_clinic("con"),
    "setup-unusable": _rate(Rate="eighty", Effective_from="soon"),
    "clinic-mismatch.setup": lambda: a_workbook(the_setup(NEIGHBOUR), MAPLE),
    "empty-setup": _nobody_yet,
    "licence-needed": lambda: _new_clinic("birch", Prices=the_setup()["Prices"]),
    "stale-setup": lambda: a_workbook({"Notes": [["The setup is opened in this workbook"]]}),
    "stale-setup.colleague": _rate(Rate=90),
}

"""The sample clinics: invented, and messy in the ways real exports are."""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import CountsAs, PayBasis, Setup
from server.billing.invoices.prices import Bilateral
from server.billing.names import fold
from server.demo.bulk_logs import bulk_setup, month_of
from server.demo.sample_logs import (
    CEDAR_HILL_LAYOUT,
    LAKESIDE_LAYOUT,
    Sample,
    samples,
)
from server.demo.sample_visits import visits
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sample_log_workbook import Kind, SampleLog, Value, write_sample_log
from tests.sheets.workbooks import sheets_of

OCTOBER = date(2026, 10, 1)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
LAKESIDE, CEDAR_HILL = samples(OCTOBER)
both = pytest.mark.parametrize("sample", [LAKESIDE, CEDAR_HILL], ids=["lakeside", "cedar-hill"])


def opened(log: SampleLog, folder: Path) -> Worksheet:
    write_sample_log(log, folder / "log.xlsx")
    return load_workbook(folder / "log.xlsx").worksheets[0]


@pytest.fixture(scope="module")
def lakeside(tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    return opened(LAKESIDE.log, tmp_path_factory.mktemp("lakeside"))


@pytest.fixture(scope="module")
def cedar_hill(tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    return opened(CEDAR_HILL.log, tmp_path_factory.mktemp("cedar_hill"))


def column(sample: Sample, key: str) -> list[Value]:
    layout = LAKESIDE_LAYOUT if sample is LAKESIDE else CEDAR_HILL_LAYOUT
    place = list(layout).index(key)
    return [row[place] for row in sample.log.rows]


def spellings(setup: Setup) -> list[list[str]]:
    providers = [[provider.name, *provider.aliases] for provider in setup.providers]
    services = [[service.code, service.name, *service.aliases] for service in setup.services]
    return [[fold(word) for words in known for word in words] for known in (providers, services)]


@pytest.mark.parametrize("first", MONTHS, ids=str)
def test_any_month_brings_each_clinic_two_thousand_appointments(first: date) -> None:
    assert all(len(sample.log.rows) >= 2_000 for sample in samples(first))


def test_the_same_month_is_invented_the_same_way_twice() -> None:
    assert samples(OCTOBER) == (LAKESIDE, CEDAR_HILL)


@both
def test_every_code_is_invented_and_every_patient_a_number(sample: Sample) -> None:
    codes = [service.code for service in sample.setup.services]
    codes += [price.code for price in sample.setup.prices]
    assert all(re.fullmatch(r"EX-\d{3}", code) for code in codes)
    assert all(re.fullmatch(r"P-\d{4}", str(patient)) for patient in column(sample, "patient"))


def test_the_clinics_pay_on_all_five_bases() -> None:
    bases = {rate.basis for sample in (LAKESIDE, CEDAR_HILL) for rate in sample.setup.rates}
    assert bases == set(PayBasis)


def test_the_clinics_bill_by_every_bilateral_rule() -> None:
    rules = {price.bilateral for sample in (LAKESIDE, CEDAR_HILL) for price in sample.setup.prices}
    assert rules == set(Bilateral)


@both
def test_a_payer_has_its_own_price_and_some_exam_types_have_sub_exams(sample: Sample) -> None:
    assert any(price.payer for price in sample.setup.prices)
    assert {bool(code.sub_exam) for code in sample.setup.exam_types} == {True, False}


@both
def test_the_setup_workbook_of_a_sample_is_read_back_without_a_remark(sample: Sample) -> None:
    assert read_setup(sheets_of(write_setup(sample.setup))) == (sample.setup, [])


@both
def test_somebody_gets_a_raise_in_mid_month(sample: Sample) -> None:
    raised = [rate for rate in sample.setup.rates if rate.effective_from == date(2026, 10, 15)]
    assert [rate.note for rate in raised] == ["raise"]


@both
def test_no_two_rates_of_a_provider_and_service_start_on_one_day(sample: Sample) -> None:
    keys = Counter((rate.provider, rate.service, rate.effective_from) for rate in sample.setup.rates)
    assert set(keys.values()) == {1}


@both
def test_no_spelling_stands_for_two_providers_or_two_services(sample: Sample) -> None:
    for words in spellings(sample.setup):
        assert len(words) == len(set(words))


@both
def test_every_provider_is_spelled_three_ways(sample: Sample) -> None:
    in_log = set(column(sample, "provider"))
    for provider in sample.setup.providers:
        assert {provider.name, *provider.aliases} <= in_log


@both
def test_a_few_providers_and_services_are_unknown_to_their_clinic(sample: Sample) -> None:
    providers, services = spellings(sample.setup)
    strangers = [word for word in column(sample, "provider") if word and fold(str(word)) not in providers]
    unheard_of = [word for word in column(sample, "service") if fold(str(word)) not in services]
    assert 1 <= len(strangers) <= 2
    assert len(unheard_of) == 1


@both
def test_a_few_appointments_are_exported_twice(sample: Sample) -> None:
    twice = [row for row, times in Counter(sample.log.rows).items() if times > 1]
    assert len(twice) == (2 if sample is LAKESIDE else 1)


def test_most_visits_take_place_and_some_do_not() -> None:
    month = visits(LAKESIDE.setup, OCTOBER, seed=1)
    outcomes = Counter(visit.outcome for visit in month)
    assert set(outcomes) == set(CountsAs)
    assert 0.8 < outcomes[CountsAs.ATTENDED] / len(month) < 0.95


def test_what_did_not_take_place_was_not_charged() -> None:
    month = visits(CEDAR_HILL.setup, OCTOBER, seed=1)
    missed = [visit for visit in month if visit.outcome is not CountsAs.ATTENDED]
    assert {visit.client_charge + visit.insurance_charge for visit in missed} == {0}


def test_nobody_works_at_the_weekend() -> None:
    assert {visit.start.weekday() for visit in visits(LAKESIDE.setup, OCTOBER, seed=1)} == {0, 1, 2, 3, 4}


def test_dates_are_date_cells_and_amounts_are_dollars(lakeside: Worksheet) -> None:
    row = dict(zip(LAKESIDE_LAYOUT, lakeside[6], strict=True))
    assert row["date"].value == datetime(2026, 10, 1)  # noqa: DTZ001
    assert row["date"].number_format == "mm/dd/yyyy"
    assert row["charge"].value == 159.5
    assert column(LAKESIDE, "charge")[0] == 159_50


def test_the_header_stays_in_view_below_the_title(lakeside: Worksheet) -> None:
    assert [cell.value for cell in lakeside[5]] == [column.heading for column in LAKESIDE_LAYOUT.values()]
    assert lakeside.freeze_panes == "A6"


def test_lakeside_merges_a_provider_over_a_days_visits_and_hides_rows(lakeside: Worksheet) -> None:
    assert len(lakeside.merged_cells.ranges) == 3
    assert sum(row.hidden for row in lakeside.row_dimensions.values()) == 6


def test_cedar_hill_starts_every_day_with_a_header(cedar_hill: Worksheet) -> None:
    headers = [cell for cell in cedar_hill["A"] if cell.value == "Clinic"]
    days = {value.date() for value in column(CEDAR_HILL, "date") if isinstance(value, datetime)}
    assert len(headers) == len(days)


def test_cedar_hills_totals_row_is_the_sum_of_the_cells_above(cedar_hill: Worksheet) -> None:
    for place, shape in enumerate(CEDAR_HILL_LAYOUT.values(), start=1):
        if shape.kind is Kind.MONEY:
            *amounts, total = [cedar_hill.cell(row, place).value for row in range(5, cedar_hill.max_row + 1)]
            assert sum(cents(amount) for amount in amounts) == cents(total)


def cents(amount: object) -> int:
    """Read a cell of money as a person would; headings and empty cells are nothing."""
    if isinstance(amount, str):
        digits = amount.replace("$", "").replace(",", "").replace(".", "")
        return int(digits) if digits.isdecimal() else 0
    return round(amount * 100) if isinstance(amount, int | float) else 0


def test_a_bulk_log_is_a_clean_month_of_twelve_columns() -> None:
    log = month_of(5_000, 30, seed=1)
    assert len(log) == 12
    assert {len(values) for values in log.values()} == {5_000}
    assert len(set(log["Appointment ID"])) == 5_000
    assert set(log["Provider"]) == {provider.name for provider in bulk_setup(30).providers}


def test_three_in_a_hundred_bulk_visits_are_missed() -> None:
    statuses = Counter(month_of(20_000, 30, seed=1)["Status"])
    assert 0.02 < 1 - statuses["Show"] / 20_000 < 0.04


def test_every_bulk_provider_has_a_house_rate_for_every_service() -> None:
    setup = bulk_setup(80)
    house = {rate.service for rate in setup.rates if rate.provider == "*"}
    assert house == {service.code for service in setup.services}
    assert len({provider.name for provider in setup.providers}) == 80

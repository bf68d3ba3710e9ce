"""One table each for refusals, buttons and sheets, and everything else held against it."""

from collections.abc import Iterator
from operator import attrgetter

import pytest

from server import errors
from server.api.list_filters import SearchForInvoices
from server.api.problems import STATUS
from server.billing.invoices.invoice import STATE_LABELS, state_named
from server.billing.receivables.aging_buckets import EVERY_BUCKET
from server.errors import BillingError, RefusalKind
from server.operations.invoice_filters import ALL, CREDIT, DATES, NAMED, OPEN
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import Button, ribbon
from server.sheets import tables
from server.sheets.invoices import tables as invoice_tables
from server.sheets.payroll.tables import SUMMARY_NAME
from server.sheets.receivables import tables as receivables_tables
from server.sheets.sheet_table import SheetTable
from tests.contract.repository import ROOT

TABLES = [
    one
    for module in (tables, invoice_tables, receivables_tables)
    for one in vars(module).values()
    if isinstance(one, SheetTable)
]

BUTTONS = pytest.mark.parametrize("button", ribbon().button, ids=lambda button: button.id)


def refusals(of: type[BillingError] = BillingError) -> Iterator[type[BillingError]]:
    for one in of.__subclasses__():
        yield one
        yield from refusals(one)


def test_every_kind_of_refusal_has_its_status() -> None:
    assert set(STATUS) == set(RefusalKind) == {refusal.kind for refusal in refusals()}


@pytest.mark.parametrize("refusal", sorted(refusals(), key=attrgetter("code")))
def test_a_refusal_declares_its_kind(refusal: type[BillingError]) -> None:
    declared = [one for one in refusal.__mro__ if "kind" in vars(one)]
    assert declared[0] is not BillingError


@pytest.mark.parametrize("refusal", sorted(refusals(), key=attrgetter("code")))
def test_a_refusal_has_a_code_for_programs_and_a_title_for_people(refusal: type[BillingError]) -> None:
    assert refusal.code == refusal.code.lower().replace("_", "-").replace(" ", "-")
    assert refusal.title[0].isupper()
    assert not refusal.title.endswith(".")
    assert getattr(errors, refusal.__name__) is refusal


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in refusals()]
    assert len({*codes, BillingError.code}) == len(codes) + 1


def test_every_button_has_its_command_and_every_command_its_button() -> None:
    assert [button.id for button in ribbon().button] == list(COMMANDS)


@BUTTONS
def test_a_button_stands_in_a_group_of_the_ribbon(button: Button) -> None:
    assert button.group in {group.id for group in ribbon().group}


def test_the_choices_of_the_filters_are_the_words_the_server_knows() -> None:
    choices = {option.name: option.choices for option in ribbon().find_button("invoices.open").options}
    assert choices["state"] == [OPEN, ALL, CREDIT, *STATE_LABELS.values()]
    assert choices["bucket"] == [bucket.name for bucket in EVERY_BUCKET]
    assert choices["dates"] == list(DATES)
    assert choices.keys() <= {"state", "bucket", *NAMED, "from", "to", "dates"}


def test_programs_have_every_filter_of_the_button_with_the_same_words() -> None:
    body = SearchForInvoices.model_json_schema()
    parts = body["properties"]
    words = {
        "state": {*parts["state"]["items"]["anyOf"][1]["enum"], *body["$defs"]["State"]["enum"]},
        "bucket": set(body["$defs"]["BucketName"]["enum"]),
        "dates": set(body["$defs"]["Dates"]["enum"]),
    }
    for option in ribbon().find_button("invoices.open").options:
        assert option.name in parts
        choices = {state_named(choice) or choice for choice in option.choices}
        assert choices <= words.get(option.name, set())
    assert parts.keys() >= {"patient", "case"}


@BUTTONS
def test_an_option_has_choices_where_it_is_one_of_several(button: Button) -> None:
    assert [bool(option.choices) for option in button.options] == [
        option.kind == "choice" for option in button.options
    ]
    assert len({option.name for option in button.options}) == len(button.options)


@BUTTONS
def test_a_button_reads_sheets_that_there_are(button: Button) -> None:
    known = {SUMMARY_NAME, *(table.name for table in TABLES)}
    assert set(button.reads if isinstance(button.reads, list) else []) <= known


@BUTTONS
def test_a_button_is_told_about_in_the_docs(button: Button) -> None:
    page = (ROOT / "docs" / "ribbon.md").read_text("utf-8")
    assert f"`{button.id}`" in page
    assert button.tip in page


def test_the_save_button_reads_every_sheet_of_the_setup() -> None:
    assert ribbon().find_button("clinic.save").reads == [table.name for table in tables.SETUP_SHEETS]


def test_no_sheet_has_a_heading_twice_or_a_name_excel_refuses() -> None:
    for table in TABLES:
        assert len(set(table.titles)) == len(table.titles), table.name
        assert 0 < len(table.name) <= 31
        assert not set(table.name) & set(r"[]:*?/\'")

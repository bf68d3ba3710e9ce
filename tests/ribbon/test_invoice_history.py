"""The buttons Invoice history and Attach document."""

from datetime import datetime
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.invoices.invoice import Action, ChequeException
from server.errors import UnknownDocument, UnknownInvoice
from server.ledger.store import Ledger
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, await_cheque, created, take
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import invoices_sheet, lakeside, received, row_of, selecting, written

SHEET = "Invoice History"


def history(ledger: Ledger, *numbers: str) -> list[dict[str, Any]]:
    """Return the rows of the history of these invoices, by heading."""
    reply = pressed(ledger, "invoices.history", a_click(inputs={"invoice": "; ".join(numbers)}))
    return rows_of(written(ledger, reply, SHEET))


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def amounts(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("Billed", "Agreed", "Collected", "Written off", "Balance"))


def test_every_step_stands_in_the_history_with_what_it_left_of_the_amounts(ledger: Ledger) -> None:
    (number,) = await_cheque(lakeside(ledger))
    take(
        lakeside(ledger), Action.RECORD_CHEQUE, [number], **a_cheque(30_00), exception=ChequeException.PARTIAL
    )

    rows = history(ledger, number)

    assert [(row["Step"], row["Action"], row["From"], row["To"]) for row in rows] == [
        (1, "create", None, "Pending invoice"),
        (2, "send", "Pending invoice", "Pending reduction"),
        (3, "agree", "Pending reduction", "Pending cheque"),
        (4, "record cheque", "Pending cheque", "Pending cheque"),
    ]
    assert [amounts(row) for row in rows] == [
        (100, None, 0, 0, 100),
        (100, None, 0, 0, 100),
        (100, 80, 0, 0, 80),
        (100, 80, 30, 0, 50),
    ]
    assert rows[-1].items() >= {"Amount": 30, "Cheque number": "77-1", "Exception": "partial"}.items()


def test_whose_history_was_looked_at_is_written_down_by_number(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient Two", "Case B"))
    history(ledger, two, one)
    assert views(ledger.folder) == [("local", "invoice history", f"{two}; {one}")]


def test_billed_is_reduced_collected_written_off_and_owed_after_every_step(ledger: Ledger) -> None:
    (number,) = received(ledger, ("Patient One", "Case A"))
    take(lakeside(ledger), Action.REOPEN, [number], note="read the wrong cheque")
    take(lakeside(ledger), Action.WRITE_OFF, [number], note="not worth a letter")

    for row in history(ledger, number):
        reduction = row["Billed"] - row["Agreed"] if row["Agreed"] else 0
        assert row["Billed"] == reduction + row["Collected"] + row["Written off"] + row["Balance"]


def test_a_step_that_takes_back_others_names_them(ledger: Ledger) -> None:
    (number,) = received(ledger, ("Patient One", "Case A"))
    take(lakeside(ledger), Action.BOUNCE, [number], day=TODAY)

    assert [row["Takes back"] for row in history(ledger, number)] == [None] * 4 + ["4 record cheque"]


def test_an_offer_stands_with_whoever_made_it(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    take(lakeside(ledger), Action.SEND, [number], day=TODAY)
    take(lakeside(ledger), Action.RECORD_OFFER, [number], day=TODAY, amount_cents=60_00)
    take(lakeside(ledger), Action.COUNTER_OFFER, [number], day=TODAY, amount_cents=90_00)
    take(lakeside(ledger), Action.AGREE, [number], **AGREED)

    told = [(row["By"], row["Amount"]) for row in history(ledger, number)]

    assert told == [(None, None), (None, None), ("Acme Invented Insurance", 60), ("clinic", 90), (None, 80)]


def test_the_moment_a_step_was_recorded_is_a_real_date_with_its_minute(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    here = datetime.fromisoformat("2026-11-20T12:00:00+00:00").astimezone().replace(tzinfo=None)
    (row,) = history(ledger, number)
    assert row["Recorded"].replace(microsecond=0) == here
    assert row["Day"] == datetime(2026, 11, 20)  # noqa: DTZ001 - a cell has no time zone


def test_a_workbook_that_counts_from_1904_shows_the_same_days(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    click = a_click(inputs={"invoice": number})
    click["workbook"]["date_system"] = 1904
    (row,) = rows_of(written(ledger, pressed(ledger, "invoices.history", click), SHEET))
    assert (row["Recorded"].date(), row["Day"].date()) == (datetime(2026, 11, 20).date(),) * 2  # noqa: DTZ001


def test_the_histories_of_the_selected_rows_follow_each_other(ledger: Ledger) -> None:
    one, two, other = received(ledger, *(("Patient One", f"Case {name}") for name in "ABC"))
    sheet = invoices_sheet(ledger)

    reply = pressed(ledger, "invoices.history", selecting(sheet, [two, one]))

    assert [row["Invoice"] for row in rows_of(written(ledger, reply, SHEET))] == [one] * 4 + [two] * 4
    assert reply["figures"] == {"invoices": 2, "steps": 8}
    assert reply["activate"] == SHEET
    assert other not in reply["summary"]


def test_a_selected_row_that_a_filter_hides_is_not_meant(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    sheet = invoices_sheet(ledger)
    click = selecting(sheet, [one, two])
    sheet["hidden_rows"] = [row_of(sheet, one)]
    assert pressed(ledger, "invoices.history", click)["summary"] == f"{two}: 4 steps."


def test_a_row_is_known_by_its_hidden_key_whatever_was_typed_over_its_number(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    sheet = invoices_sheet(ledger)
    click = selecting(sheet, [one])
    sheet["columns"][0][row_of(sheet, one) - 1] = two
    assert pressed(ledger, "invoices.history", click)["summary"] == f"{one}: 4 steps."


@pytest.mark.parametrize(
    "selection", [None, {"sheet": "Invoices", "rows": [1]}, {"sheet": "Notes", "rows": [2]}]
)
def test_where_no_invoice_is_meant_the_button_asks_for_one(
    ledger: Ledger, selection: dict[str, Any] | None
) -> None:
    numbers = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    click = a_click(sheets=[invoices_sheet(ledger)]) | {"selection": selection}
    reply = pressed(ledger, "invoices.history", click)
    (field,) = reply["asks"]["fields"]
    assert (field["name"], [choice["value"] for choice in field["choices"]]) == ("invoice", numbers)
    assert (reply["level"], reply["output"]) == ("blocked", None)


def test_without_a_sheet_to_pick_from_the_number_is_typed(ledger: Ledger) -> None:
    (field,) = pressed(ledger, "invoices.history", a_click())["asks"]["fields"]
    assert (field["kind"], field["choices"]) == ("text", [])


def test_the_history_of_an_invoice_nobody_knows_is_refused_by_name(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    with pytest.raises(UnknownInvoice, match="INV-000009"):
        pressed(ledger, "invoices.history", a_click(inputs={"invoice": f"{number}; inv-000009"}))


def test_another_clinics_invoice_is_unknown_here(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    with pytest.raises(UnknownInvoice):
        pressed(ledger, "invoices.history", a_click(clinic="harbor", inputs={"invoice": number}))


# -- Attach document


def a_paper(ledger: Ledger, content: bytes = b"%PDF-1.4 a scanned cheque", name: str = "cheque.pdf") -> str:
    return lakeside(ledger).keep_document(content, name, "ana").digest


def test_a_paper_is_attached_to_every_selected_invoice_and_stands_in_its_history(ledger: Ledger) -> None:
    numbers = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    digest = a_paper(ledger)

    reply = pressed(
        ledger,
        "invoices.attach",
        selecting(invoices_sheet(ledger), numbers, {"document": digest, "note": "both sides"}),
    )

    assert reply["summary"] == f"cheque.pdf is attached to {', '.join(numbers)}."
    last = [row for row in history(ledger, *numbers) if row["Step"] == 5]
    assert [row["Action"] for row in last] == ["attach", "attach"]
    assert {row["Document"] for row in last} == {f"cheque.pdf ({digest[:8]})"}
    assert {row["Note"] for row in last} == {"both sides"}


def test_an_attached_row_can_be_worked_on_without_opening_the_sheet_again(ledger: Ledger) -> None:
    (number,) = received(ledger, ("Patient One", "Case A"))
    sheet = invoices_sheet(ledger)
    reply = pressed(ledger, "invoices.attach", selecting(sheet, [number], {"document": a_paper(ledger)}))
    values = [value for edit in reply["edits"] for line in edit["values"] or () for value in line]
    assert 5 in values


def test_the_button_asks_for_the_paper_and_remembers_for_which_rows(ledger: Ledger) -> None:
    numbers = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    reply = pressed(ledger, "invoices.attach", selecting(invoices_sheet(ledger), numbers))
    told = [(field["name"], field["kind"], field["default"]) for field in reply["asks"]["fields"]]
    assert told == [
        ("invoice", "text", "; ".join(numbers)),
        ("document", "file", None),
        ("note", "text", None),
    ]


def test_rows_selected_and_other_invoices_typed_are_asked_about_and_not_guessed(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    inputs = {"document": a_paper(ledger), "invoice": two}
    reply = pressed(ledger, "invoices.attach", selecting(invoices_sheet(ledger), [one], inputs))
    assert reply["asks"]
    assert {row["Step"] for row in history(ledger, one, two)} == {1, 2, 3, 4}


def test_the_same_paper_is_attached_once(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    inputs = {"invoice": number, "document": a_paper(ledger)}
    pressed(ledger, "invoices.attach", a_click(inputs=inputs))

    reply = pressed(ledger, "invoices.attach", a_click(inputs=inputs))

    assert (reply["level"], reply["summary"]) == ("review", f"{number} had cheque.pdf already.")
    assert len(history(ledger, number)) == 2


def test_a_paper_nobody_sent_is_attached_to_nothing(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    with pytest.raises(UnknownDocument):
        pressed(ledger, "invoices.attach", a_click(inputs={"invoice": number, "document": "0" * 64}))
    assert len(history(ledger, number)) == 1


def test_one_unknown_invoice_keeps_the_paper_from_the_others(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    inputs = {"invoice": f"{number}; INV-000009", "document": a_paper(ledger)}
    with pytest.raises(UnknownInvoice, match="INV-000009"):
        pressed(ledger, "invoices.attach", a_click(inputs=inputs))
    assert len(history(ledger, number)) == 1


def test_another_clinics_paper_is_unknown_here(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    digest = ledger.clinic("harbor").keep_document(b"%PDF-1.4 theirs", "theirs.pdf", "ana").digest
    with pytest.raises(UnknownDocument):
        pressed(ledger, "invoices.attach", a_click(inputs={"invoice": number, "document": digest}))

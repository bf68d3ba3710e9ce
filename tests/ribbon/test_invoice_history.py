"""The buttons Invoice history, Attach document and Open papers."""

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.invoices.invoice import Action, ChequeException
from server.errors import UnknownDocument, UnknownInvoice
from server.ledger.store import Ledger
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, await_cheque, created, take
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import (
    answered,
    invoices_sheet,
    lakeside,
    received,
    row_of,
    selecting,
    written,
)

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
    assert {row["Document"] for row in last} == {"cheque.pdf"}
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


@pytest.mark.parametrize(
    "text", ["Copy of the cheque", "copy; of the; cheque", "1,2", "Invoices of Robin", "INV 6"]
)
def test_words_in_place_of_an_invoice_are_one_answer_and_file_and_note_stay(
    ledger: Ledger, text: str
) -> None:
    (number,) = received(ledger, ("Patient One", "Case A"))
    digest = a_paper(ledger, name="the back; of the cheque.pdf")
    inputs = {"document": digest, "note": "both; sides", "invoice": text}

    asked = pressed(ledger, "invoices.attach", selecting(invoices_sheet(ledger), [number], inputs))

    assert asked["asks"]["title"] == f"“{text}” is not an invoice number. Attach to which invoice?"
    document = next(field for field in asked["asks"]["fields"] if field["name"] == "document")
    assert (document["kind"], document["default"]) == ("choice", digest)
    assert [choice["label"] for choice in document["choices"]] == ["the back; of the cheque.pdf"]
    sent = pressed(ledger, "invoices.attach", a_click(inputs=answered(asked)))
    assert sent["summary"] == f"the back; of the cheque.pdf is attached to {number}."
    assert history(ledger, number)[-1]["Note"] == "both; sides"


def test_papers_of_one_name_are_told_apart_by_a_number(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    for content in (b"%PDF-1.4 one", b"%PDF-1.4 two"):
        digest = a_paper(ledger, content)
        pressed(ledger, "invoices.attach", a_click(inputs={"invoice": number, "document": digest}))
    assert [row["Document"] for row in history(ledger, number)][1:] == ["cheque.pdf", "cheque.pdf (2)"]


def test_the_sheet_counts_papers_once_each(ledger: Ledger) -> None:
    numbers = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    sheet = invoices_sheet(ledger)
    digest = a_paper(ledger)
    for note in ("front", "back"):
        inputs = {"document": digest, "note": note}
        reply = pressed(ledger, "invoices.attach", selecting(sheet, numbers[:1], inputs))
    column = {str(cells[0]): cells[1:] for cells in invoices_sheet(ledger)["columns"]}
    assert dict(zip(column["Invoice"], column["Papers"], strict=True)) == {numbers[0]: 1, numbers[1]: None}
    row = row_of(sheet, numbers[0])
    assert {"range": f"P{row}:P{row}", "values": [[1]]}.items() <= reply["edits"][1].items()
    assert reply["next"] == "invoices.papers"


# -- Open papers


def opened(ledger: Ledger, reply: dict[str, Any]) -> bytes:
    kept = ledger.outputs.read(reply["file"]["id"])
    assert kept.ending == reply["file"]["name"].rpartition(".")[2]
    return kept.data


def attach_to(ledger: Ledger, number: str, *papers: tuple[bytes, str]) -> list[str]:
    digests = [a_paper(ledger, content, name) for content, name in papers]
    for digest in digests:
        pressed(ledger, "invoices.attach", a_click(inputs={"invoice": number, "document": digest}))
    return digests


@pytest.mark.parametrize(
    ("content", "name", "handed"),
    [
        (b"%PDF-1.4 a", "Copy of the cheque.PDF", "Copy of the cheque.pdf"),
        (b"\xff\xd8\xff a", "scan.jpeg", "scan.jpg"),
        (b"plain words", "run.exe", "run.exe.txt"),
        (b"%PDF-1.4 b", "a?b.pdf", "a-b.pdf"),
        (b"%PDF-1.4 c", "", "document.pdf"),
    ],
)
def test_the_only_paper_of_a_row_is_handed_over_as_what_it_is(
    ledger: Ledger, content: bytes, name: str, handed: str
) -> None:
    (number,) = created(lakeside(ledger))
    (digest,) = attach_to(ledger, number, (content, name))

    reply = pressed(ledger, "invoices.papers", selecting(invoices_sheet(ledger), [number]))

    assert opened(ledger, reply) == content
    assert reply["file"]["name"] == f"{number} {handed}"
    assert views(ledger.folder)[-2:] == [
        ("local", "documents of invoice", number),
        ("local", "open document", digest),
    ]


def test_several_papers_are_asked_about_and_come_in_one_zip(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    attach_to(ledger, one, (b"%PDF-1.4 a", "cheque.pdf"), (b"%PDF-1.4 b", "cheque.pdf"))
    attach_to(ledger, two, (b"%PDF-1.4 a", "cheque.pdf"), (b"a letter", "letter.txt"))
    sheet = invoices_sheet(ledger)

    asked = pressed(ledger, "invoices.papers", selecting(sheet, [one, two]))
    labels = [choice["label"] for choice in asked["asks"]["fields"][1]["choices"]]
    assert labels == [f"cheque.pdf ({one}, {two})", f"cheque.pdf ({one})", f"letter.txt ({two})"]
    reply = pressed(ledger, "invoices.papers", selecting(sheet, [one, two], answered(asked)))

    with ZipFile(BytesIO(opened(ledger, reply))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"{one} cheque.pdf": b"%PDF-1.4 a",
            f"{one} cheque (2).pdf": b"%PDF-1.4 b",
            f"{two} letter.txt": b"a letter",
        }
    assert reply["summary"] == f"3 papers of {one}, {two} in one zip file."


def test_one_of_several_papers_is_opened_alone(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    _, second = attach_to(ledger, number, (b"%PDF-1.4 a", "a.pdf"), (b"%PDF-1.4 b", "b.pdf"))
    reply = pressed(ledger, "invoices.papers", a_click(inputs={"invoice": number, "papers": second}))
    assert (opened(ledger, reply), reply["file"]["name"]) == (b"%PDF-1.4 b", f"{number} b.pdf")


def test_a_row_without_papers_says_so(ledger: Ledger) -> None:
    (number,) = created(lakeside(ledger))
    reply = pressed(ledger, "invoices.papers", a_click(inputs={"invoice": number}))
    assert (reply["level"], reply["summary"]) == ("review", f"{number}: no paper is attached.")


def test_a_paper_of_another_invoice_is_not_opened_by_its_digest(ledger: Ledger) -> None:
    one, two = received(ledger, ("Patient One", "Case A"), ("Patient One", "Case B"))
    attach_to(ledger, one, (b"%PDF-1.4 a", "a.pdf"), (b"%PDF-1.4 b", "b.pdf"))
    (other,) = attach_to(ledger, two, (b"%PDF-1.4 c", "c.pdf"))
    reply = pressed(ledger, "invoices.papers", a_click(inputs={"invoice": one, "papers": other}))
    assert (reply["file"], bool(reply["asks"])) == (None, True)

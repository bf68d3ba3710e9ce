"""No list, filter, total or page of a clinic holds anything of another clinic.

What the other clinic has is called Canary wherever it has a name. The lists and filters are those of the contract, so a
new one is tested as soon as it is declared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.billing.clinics import Provider
from server.billing.invoices.invoice import State
from server.billing.invoices.prices import Price
from server.billing.receivables.mail_log import Channel, LetterKind, MailOutcome
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.ledger.store import Ledger
from tests.api.billed import DAY, an_exam, post, refused, serving
from tests.api.wire import press
from tests.behind import copy_ledger
from tests.invented import JANUARY, a_rate, a_row
from tests.invented_exams import PRICED
from tests.papers.reading import text_of
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, with_agreement

CANARY = "Canary"
OTHER = replace(
    HARBOR,
    providers=(Provider(f"{CANARY} Poe"),),
    rates=(a_rate(7_777, note=CANARY),),
    prices=tuple(Price(f"EX-{place}", CANARY, 77_00, JANUARY) for place in (301, 777)),
)
PEOPLE = ("patient", "case", "payer", "attorney", "facility", "physician")
CHEQUE = {"amount_cents": 100_00, "cheque_date": DAY, "received_date": DAY, "note": "in the drawer"}

Asked = tuple[str, str, dict[str, Any]]
"""A method, an address without the clinic, and the parameters or the parts of the body."""


def fill(folder: Path, client: httpx.Client, clinic: str, name: str, invoices: int) -> str:
    """Give a clinic invoices, cheques, a credit, a reminder, a mail, a document and a pay run, all named alike; return the document's digest."""
    here = f"/clinics/{clinic}"
    exams = [an_exam(**{part: f"{name} {part} {place}" for part in PEOPLE}) for place in range(invoices)]
    made = post(client, f"{here}/invoices", exams=exams)
    numbers = [one["number"] for one in made.json()["invoices"]]
    headers = {"content-type": "application/octet-stream", "x-document-name": f"{name}.txt"}
    kept = client.post(f"{here}/documents", content=f"a cheque of {name}".encode(), headers=headers).json()
    paid = {"cheque_number": name, "paying_party": f"{name} payer 0", "document": kept["digest"], **CHEQUE}
    for action, inputs in (
        ("send", {"day": DAY}),
        ("agree", {"day": DAY, "amount_cents": 77_00, "note": name}),
    ):
        assert post(client, f"{here}/invoices/{numbers[0]}/steps", action=action, **inputs).status_code == 200
    recorded = post(
        client,
        f"{here}/invoices/{numbers[0]}/steps",
        action="record cheque",
        **paid | {"amount_cents": 78_00, "exception": "overpaid"},
    )
    assert recorded.status_code == 200
    due = {"action": "remind", "due_date": DAY, "note": name}
    assert post(client, f"{here}/invoices/{numbers[1]}/steps", **due).status_code == 200
    provider = client.get(f"{here}/providers").json()["providers"][0]["name"]
    write_to_payer(folder, clinic, f"{name} payer 0", numbers[0])
    click = a_click([a_row(provider=provider, id=name)], clinic=clinic)
    assert press(client, "payroll.generate", click).json()["figures"]["paid"] == 1
    hold_a_visit(client, clinic, name, provider)
    digest: str = kept["digest"]
    return digest


@pytest.fixture(scope="module")
def empty_neighbor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger whose one clinic has invoices, and whose other one has only a setup."""
    folder = a_ledger(tmp_path_factory.mktemp("apart") / "ledger", PRICED, OTHER).folder
    with serving(folder) as client:
        fill(folder, client, "lakeside", "Own", 2)
    return folder


@pytest.fixture(scope="module")
def full_neighbor(empty_neighbor: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the same ledger when the other clinic has more of everything, and the digest of its document."""
    folder = copy_ledger(empty_neighbor, tmp_path_factory.mktemp("full") / "ledger")
    with serving(folder) as client:
        digest = fill(folder, client, "harbor", CANARY, 5)
    return folder, digest


def write_to_payer(folder: Path, clinic: str, payer: str, number: str) -> None:
    """Record a mail of which nobody knows whether it arrived."""
    message = NewMessage(
        Channel.MAIL,
        LetterKind.REMINDER,
        [WrittenInvoice(number, State.PENDING_REDUCTION, 77_00, 1)],
        "0" * 64,
        f"<{clinic}@office.example>",
        payer=payer,
        address="claims@payer.example",
        level=1,
    )
    ledger = Ledger(folder)
    with ledger.clinic(clinic).transaction() as books:
        message_id = books.payer_mail.add(message, "ana")
        books.payer_mail.record_outcome(message_id, MailOutcome.UNKNOWN, "ana")
    ledger.close()


def hold_a_visit(client: httpx.Client, clinic: str, name: str, provider: str) -> None:
    """Approve a run of November that holds one row."""
    rows = [
        a_row(provider=provider, id=f"{name} November", date="2026-11-05"),
        a_row(provider=provider, id=f"{name} held", date="2026-11-06", status="Perhaps"),
    ]
    click = a_click(rows, clinic=clinic)
    run = press(client, "payroll.generate", click).json()["figures"]["run"]
    approval = a_click(rows, clinic=clinic, inputs={"run": run, "hold-rows": "yes"})
    asked = press(client, "payroll.close", approval).json()
    agreed = {**with_agreement(approval, asked), "request_id": f"{approval['request_id']}-agreed"}
    assert press(client, "payroll.close", agreed).json()["figures"]["state"] == "closed"


def lists_of(client: httpx.Client) -> Iterator[Asked]:
    """Yield every list and search of a clinic without a filter, and with every value of every filter."""
    contract = client.get("/openapi.json").json()
    schemas = contract["components"]["schemas"]
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if (
                "{clinic}" not in path
                or "{digest}" in path
                or not (method == "get" or path.endswith("/search"))
            ):
                continue
            filters = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
            if method == "post":
                ((_, body),) = operation["requestBody"]["content"].items()
                filters = schemas[body["schema"]["$ref"].rpartition("/")[2]]["properties"]
            address = path.replace("{number}", "INV-000001").removeprefix("/clinics/{clinic}")
            yield method, address, {}
            for name, schema in filters.items():
                for value in values_of(name, schema, schemas):
                    yield method, address, {name: value}


def values_of(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[object]:
    """Yield values for a filter: each of a list of words, small numbers, and for a name the clinic's and the other's."""
    if "$ref" in schema:
        yield from values_of(name, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    elif schema.get("type") == "array":
        yield from ([value] for value in values_of(name, schema["items"], schemas))
    elif "anyOf" in schema:
        yield from chain.from_iterable(values_of(name, one, schemas) for one in schema["anyOf"])
    elif "enum" in schema or "const" in schema:
        yield from schema.get("enum", [schema.get("const")])
    elif schema.get("type") == "integer":
        yield from (1, 2)
    elif schema.get("format") == "date":
        yield from ("2026-01-01", DAY, "2099-12-31")
    elif name == "after":
        yield from ("INV-000001", "INV-000005")
    elif schema.get("type") == "string":
        yield from (f"Own {name} 0", f"{CANARY} {name} 0")


def answers_to(client: httpx.Client, clinic: str) -> dict[str, tuple[int, str]]:
    """Return the status and the text of the answer to everything that can be asked of a clinic."""
    answers = {}
    for method, address, asked in lists_of(client):
        how: dict[str, Any] = {"params": asked} if method == "get" else {"json": asked}
        answer = client.request(method, f"/clinics/{clinic}{address}", **how)
        is_paper = answer.headers["content-type"] == "application/pdf"
        text = text_of(answer.content) if is_paper else answer.text
        answers[f"{method} {address} {asked}"] = (answer.status_code, text)
    return answers


@pytest.mark.many_rounds
def test_what_another_clinic_has_changes_no_list_filter_or_total(
    empty_neighbor: Path, full_neighbor: tuple[Path, str]
) -> None:
    with serving(empty_neighbor) as client:
        alone = answers_to(client, "lakeside")
    with serving(full_neighbor[0]) as client:
        beside = answers_to(client, "lakeside")
        others = answers_to(client, "harbor")
    assert len(alone) > 100
    assert beside == alone
    refused = {asked.split()[1] for asked, (status, _) in alone.items() if status not in {200, 404}}
    assert refused == {"/aging", "/kpis"}, "a future day, and nothing else"
    assert {status for status, _ in alone.values()} <= {200, 404, 422}
    assert not [asked for asked, (_, text) in beside.items() if CANARY.casefold() in text.casefold()]
    for asked, (status, text) in others.items():
        names_nothing = ("pay-runs", "lines", "reminders/count")
        if asked.endswith(" {}") and not any(part in asked for part in names_nothing):
            assert status == 200
            assert CANARY in text, asked


def test_what_another_clinic_has_cannot_be_reached_by_its_number_or_digest(
    full_neighbor: tuple[Path, str],
) -> None:
    folder, digest = full_neighbor
    with serving(folder) as client:
        assert client.get(f"/clinics/harbor/documents/{digest}").status_code == 200
        assert refused(client.get(f"/clinics/lakeside/documents/{digest}")) == (404, "unknown-document")
        for part in ("", "/steps", "/lines", "/documents"):
            assert client.get(f"/clinics/harbor/invoices/INV-000005{part}").status_code == 200
            answer = client.get(f"/clinics/lakeside/invoices/INV-000005{part}")
            assert refused(answer) == (404, "unknown-invoice")

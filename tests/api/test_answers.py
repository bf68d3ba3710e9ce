"""What the addresses answer: replies, problems, finished workbooks, and nothing the contract does not say."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from server.billing.invoices.prices import Bilateral, Price
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings
from tests.api.wire import PROBLEM, press, problem
from tests.damaged_books import overwrite_table
from tests.invented import LAKESIDE, a_row
from tests.ledger.objects import IN_FOLDER_AND_BUCKET
from tests.ribbon.adjusted_runs import adjusted_run
from tests.ribbon.clicks import a_click, a_clock, setup_sheets, visits

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUN = "lakeside-2026-10-r1"


def test_health_says_whose_service_this_is(idle: httpx.Client) -> None:
    assert (
        idle.get("/health").json().items()
        >= {"status": "ok", "product": "clinic-ledger", "clinics": 2}.items()
    )


def test_the_clinics_are_listed_by_name(idle: httpx.Client) -> None:
    assert idle.get("/clinics").json() == [
        {"id": "harbor", "name": "Harbor Practice"},
        {"id": "lakeside", "name": "Lakeside"},
    ]


def test_providers_and_rates_are_those_of_the_clinic(idle: httpx.Client) -> None:
    names = [provider["name"] for provider in idle.get("/clinics/harbor/providers").json()["providers"]]
    (rate,) = idle.get("/clinics/harbor/rates").json()["rates"]
    assert names == ["Pat Poe", "Quin Quoe"]
    assert (rate["amount"], rate["effective_from"]) == (5_000, "2026-01-01")


def test_a_provider_shows_no_email_phone_or_npi(idle: httpx.Client) -> None:
    provider = idle.get("/clinics/lakeside/providers").json()["providers"][0]
    assert provider.keys() == {"name", "aliases", "provider_id", "works_as", "active"}


def test_prices_are_listed_once_they_were_saved(service: httpx.Client) -> None:
    assert service.get("/clinics/lakeside/prices").json()["prices"] == []
    price = Price("EX-301", "Knee riddle", 120_50, date(2026, 1, 1), Bilateral.HALF_MORE, "Acme Invented")
    sheets = setup_sheets(replace(LAKESIDE, prices=(price,)))
    attested = {"license": "yes", "organization": "Example Billing Firm"}
    press(service, "clinic.save", a_click(sheets=sheets, inputs=attested))

    assert service.get("/clinics/lakeside/prices").json()["prices"] == [
        {
            "code": "EX-301",
            "description": "Knee riddle",
            "unit_price_cents": 120_50,
            "bilateral": "x1.5",
            "payer": "Acme Invented",
            "effective_from": "2026-01-01",
        }
    ]


def test_prices_without_a_license_are_refused(service: httpx.Client) -> None:
    price = Price("EX-301", "Knee riddle", 120_50, date(2026, 1, 1))
    sheets = setup_sheets(replace(LAKESIDE, prices=(price,)))
    answer = press(service, "clinic.save", a_click(sheets=sheets, inputs={"license": "no"}))
    assert (answer.status_code, problem(answer)["code"]) == (409, "licence-needed")


def test_a_pay_run_is_listed_once_it_was_generated(service: httpx.Client) -> None:
    assert service.get("/clinics/lakeside/pay-runs").json()["pay_runs"] == []
    figures = press(service, "payroll.generate", a_click(visits(5, 6))).json()["figures"]
    (run,) = service.get("/clinics/lakeside/pay-runs").json()["pay_runs"]
    assert run["pay_date"] is None, "the setup has no days to the pay date"
    assert (run["id"], run["state"], run["paid_cents"]) == (RUN, "draft", figures["paid_cents"])
    assert run["fingerprint"] == figures["fingerprint"]


def test_a_pay_run_with_adjustments_is_listed_with_what_it_hands_over(
    service: httpx.Client, folder: Path
) -> None:
    adjusted_run(Ledger(folder, a_clock))
    run = service.get("/clinics/lakeside/pay-runs").json()["pay_runs"][0]
    sums = (
        "paid_cents",
        "adjustments",
        "adjustment_cents",
        "carried_in_cents",
        "carried_out_cents",
        "total_cents",
    )
    assert [run[name] for name in sums] == [100_00, 3, -10_00, 0, -50_00, 140_00]


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("payroll.pay", a_click(), 404, "unknown-button"),
    ("payroll.check", a_click(visits(5), clinic=None), 422, "no-clinic"),
    ("payroll.check", a_click(visits(5), clinic="nowhere"), 404, "unknown-clinic"),
    ("payroll.check", a_click(), 422, "missing-sheet"),
    ("payroll.check", a_click([], headings=()), 422, "empty-sheet"),
    ("payroll.check", a_click([("a", "b")], headings=("one", "two")), 422, "header-not-found"),
    ("payroll.check", a_click([("2026-10-05",)], headings=("Date",)), 422, "header-not-found"),
    ("payroll.check", a_click(visits(5), inputs={"from": "2026-10-01"}), 422, "implausible-period"),
    (
        (
            "payroll.check",
            a_click(visits(5), inputs={"from": "soon", "to": "2026-10-01"}),
            422,
            "missing-input",
        )
    ),
    ("payroll.check", a_click(visits(5, provider="Pat Poe")), 422, "another-clinics-log"),
    ("payroll.close", a_click(), 422, "missing-input"),
    ("payroll.close", a_click(inputs={"run": RUN}), 404, "unknown-run"),
    ("clinic.choose", a_click(inputs={"clinic": "harbor"}), 409, "clinic-mismatch"),
    ("clinic.save", a_click(sheets=setup_sheets(LAKESIDE)[:1]), 422, "setup-unusable"),
    ("payroll.check", {"request_id": ""}, 400, "bad-request"),
]


@pytest.mark.parametrize(("button", "click", "status", "code"), REFUSED)
def test_a_refusal_leaves_as_a_problem(
    idle: httpx.Client, button: str, click: dict[str, Any], status: int, code: str
) -> None:
    answer = press(idle, button, click)
    told = problem(answer)
    assert (answer.status_code, told["code"]) == (status, code)


def test_a_run_with_blockers_and_a_voided_run_are_conflicts(service: httpx.Client) -> None:
    press(service, "payroll.generate", a_click([*visits(5), a_row(status="Perhaps")]))
    blocked = press(service, "payroll.close", a_click(inputs={"run": RUN, "hold-rows": "no"}))
    press(service, "payroll.void", a_click(inputs={"run": RUN, "reason": "a slip"}))
    voided = press(service, "payroll.void", a_click(inputs={"run": RUN, "reason": "again"}))
    told = [(answer.status_code, problem(answer)["code"]) for answer in (blocked, voided)]
    assert told == [(409, "run-has-blockers"), (409, "run-is-voided")]


def test_a_refusal_points_at_its_cells(idle: httpx.Client) -> None:
    told = problem(press(idle, "payroll.check", a_click(visits(5, provider="Pat Poe"))))
    (finding,) = told["findings"]
    assert (finding["cell"], finding["severity"]) == ("C2", "blocker")


@pytest.mark.parametrize("path", ["/nowhere", "/ribbon/", "/clinics/lakeside", "/clinics/lakeside/secrets"])
def test_an_unknown_address_is_a_problem(idle: httpx.Client, path: str) -> None:
    answer = idle.get(path)
    assert (answer.status_code, problem(answer)["code"]) == (404, "unknown-address")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_method_an_address_does_not_know_is_a_problem_that_names_those_it_does(
    idle: httpx.Client, method: str
) -> None:
    answer = idle.request(method, "/clinics", json={})
    assert (answer.status_code, problem(answer)["code"]) == (405, "unknown-address")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("what", ["providers", "rates", "prices", "pay-runs"])
@pytest.mark.parametrize("clinic", ["nowhere", "LAKESIDE", "..%2Flakeside", "firm"])
def test_a_clinic_nobody_knows_has_nothing_to_list(idle: httpx.Client, what: str, clinic: str) -> None:
    answer = idle.get(f"/clinics/{clinic}/{what}")
    assert answer.status_code == 404
    assert problem(answer)["code"] in {"unknown-clinic", "unknown-address"}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"null"])
def test_a_body_that_is_no_click_is_a_problem(idle: httpx.Client, body: bytes) -> None:
    json = {"content-type": "application/json; charset=utf-8"}
    answer = idle.post("/ribbon/payroll.check", content=body, headers=json)
    assert (answer.status_code, problem(answer)["code"]) == (400, "bad-request")


@IN_FOLDER_AND_BUCKET
def test_the_finished_workbook_is_fetched_by_its_id(service: httpx.Client) -> None:
    output = press(service, "payroll.generate", a_click(visits(5, 6))).json()["output"]
    answer = service.get(output["url"])
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["cache-control"] == "no-store"
    assert sha256(answer.content).hexdigest() == output["sha256"]
    names = load_workbook(BytesIO(answer.content)).sheetnames
    assert names == [sheet["name"] for sheet in output["sheets"]]


@pytest.mark.parametrize(
    "output_id",
    [
        "nothing",
        "lakeside." + "0" * 32,
        "lakeside.",
        "..%2F..%2Ffirm.db",
        "lakeside.%2E%2E%2F%2E%2E%2Ffirm",
        "%2Fetc%2Fpasswd",
        "lakeside." + "0" * 32 + "%0A",
    ],
)
def test_an_output_that_is_not_kept_is_not_found(idle: httpx.Client, output_id: str) -> None:
    answer = idle.get(f"/outputs/{output_id}")
    assert answer.status_code == 404
    assert problem(answer)["code"] in {"unknown-output", "unknown-address"}


def test_the_id_of_an_output_cannot_be_guessed_from_another(service: httpx.Client) -> None:
    clicks = [a_click(clinic=clinic) for clinic in ("lakeside", "lakeside", "harbor")]
    ids = [press(service, "payroll.history", click).json()["output"]["id"] for click in clicks]
    tokens = [output_id.partition(".")[2] for output_id in ids]
    assert len(set(tokens)) == 3
    assert all(len(token) == 32 for token in tokens)
    assert service.get(f"/outputs/harbor.{tokens[0]}").status_code == 404


def test_the_same_click_again_gets_the_very_same_bytes(service: httpx.Client) -> None:
    click = a_click(visits(5, 6))
    assert (
        press(service, "payroll.generate", click).content == press(service, "payroll.generate", click).content
    )


def test_eight_of_the_same_click_at_once_get_the_very_same_bytes(service: httpx.Client) -> None:
    click = a_click(visits(5, 6))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: press(service, "payroll.generate", click), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(service.get("/clinics/lakeside/pay-runs").json()["pay_runs"]) == 1


def test_one_request_id_for_two_clicks_is_a_conflict(service: httpx.Client) -> None:
    press(service, "payroll.generate", a_click(visits(5), request_id="once"))
    answer = press(service, "payroll.generate", a_click(visits(6), request_id="once"))
    assert (answer.status_code, problem(answer)["code"]) == (409, "request-id-reused")


@pytest.mark.sqlite("a damaged file")
def test_a_damaged_ledger_file_is_a_problem_and_not_a_bug(service: httpx.Client, folder: Path) -> None:
    (folder / "clinics" / "harbor.db").write_bytes(b"not a database" * 1_000)
    for answer in (
        service.get("/clinics/harbor/providers"),
        press(service, "payroll.history", a_click(clinic="harbor")),
    ):
        assert (answer.status_code, problem(answer)["code"]) == (503, "books-not-opened")
    assert service.get("/clinics/lakeside/providers").status_code == 200


@pytest.mark.sqlite("a damaged file")
def test_a_ledger_file_that_is_damaged_further_in_is_a_problem_and_not_a_bug(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    overwrite_table(folder / "clinics" / "harbor.db", "rate")
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        for answer in (
            client.get("/clinics/harbor/rates"),
            press(client, "clinic.open", a_click(clinic="harbor")),
        ):
            assert (answer.status_code, problem(answer)["code"]) == (503, "books-not-opened")
            assert "is damaged" in problem(answer)["detail"]
        assert client.get("/clinics/harbor/pay-runs").status_code == 200
        assert client.get("/clinics/lakeside/rates").status_code == 200
    assert "incident" not in caplog.text


@pytest.mark.sqlite("a file that is missing")
def test_a_lost_list_of_clinics_is_a_problem_everywhere(service: httpx.Client, folder: Path) -> None:
    for left in folder.glob("firm.db*"):
        left.unlink()
    for path in ("/clinics", "/clinics/lakeside/rates"):
        answer = service.get(path)
        assert (answer.status_code, problem(answer)["code"]) == (503, "books-not-opened")


ODD = ["lakeside", "x", "%20", "%2e%2e", "a" * 300, "%F0%9F%98%80", "..", "*", "' OR 1=1 --"]


@pytest.mark.parametrize("odd", ODD)
def test_every_answer_is_one_the_contract_declares(idle: httpx.Client, odd: str) -> None:
    contract = idle.get("/openapi.json").json()
    for path, methods in contract["paths"].items():
        if "get" not in methods or "{" not in path:
            continue
        answer = idle.get(path.replace(path[path.index("{") : path.index("}") + 1], odd))
        declared = methods["get"]["responses"]
        wherever = {"404", "200"} if "/" in odd or ".." in odd or "%2e" in odd else set()
        assert str(answer.status_code) in declared.keys() | wherever
        kinds = {kind.partition(";")[0] for one in declared.values() for kind in one.get("content", ())}
        assert answer.headers["content-type"].partition(";")[0] in kinds | {PROBLEM}

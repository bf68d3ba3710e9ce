"""What is owed by age, over HTTP."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, created

AGING = "/clinics/lakeside/aging"
AGES = (0, 30, 31, 60, 61, 90, 91, 120, 121, 180, 181, 365, 366)


@pytest.fixture
def aged(folder: Path) -> Path:
    """Return a ledger with an invoice of each age, of $1.00 a day old plus $1.00, every second one without an attorney."""
    now = utc_now()
    for place, age in enumerate(AGES):
        ledger = Ledger(folder, lambda age=age: now - timedelta(days=age))  # type: ignore[misc]
        attorney = "Attorney One" if place % 2 else ""
        created(
            ledger.clinic("lakeside"), a_draft(case=f"Case {age}", cents=100 + age * 100, attorney=attorney)
        )
    return folder


def ask(service: httpx.Client, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - of a query
    answer = service.get(AGING, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.usefixtures("aged")
def test_the_buckets_are_what_is_outstanding_and_are_named_as_the_contract_says(
    service: httpx.Client,
) -> None:
    found = ask(service)
    assert list(found) == [
        "as_of", "basis", "invoices", "balance_cents", "buckets", "groups", "unapplied_cents", "net_cents", "without_basis",
    ]  # fmt: skip
    assert found["basis"] == "created"
    assert found["invoices"] == len(AGES)
    assert found["balance_cents"] == sum(100 + age * 100 for age in AGES)
    assert [list(one) for one in found["buckets"]] == [
        ["from", "to", "risk", "invoices", "balance_cents"]
    ] * 5
    assert [(one["from"], one["to"], one["risk"], one["invoices"]) for one in found["buckets"]] == [
        (0, 30, "Low", 2),
        (31, 60, "Moderate", 2),
        (61, 90, "High", 2),
        (91, 120, "Very High", 2),
        (121, None, "Critical", 5),
    ]
    assert (
        sum(one["balance_cents"] for one in found["buckets"]) == found["balance_cents"] == found["net_cents"]
    )
    assert [one["name"] for one in found["groups"]] == ["Acme Invented Insurance"]


@pytest.mark.usefixtures("aged")
def test_the_last_bucket_is_divided_on_demand(service: httpx.Client) -> None:
    found = ask(service, sub_buckets="true")
    assert [(one["from"], one["to"], one["risk"], one["invoices"]) for one in found["buckets"]][4:] == [
        (121, 180, "Critical", 2),
        (181, 365, "Critical", 2),
        (366, None, "Critical", 1),
    ]


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize("group", ["payer", "attorney", "facility", "physician", "all"])
def test_each_group_adds_up_to_what_is_outstanding(service: httpx.Client, group: str) -> None:
    found = ask(service, group=group)
    kinds = {one["by"] for one in found["groups"]}
    assert kinds == ({"payer", "attorney", "facility", "physician"} if group == "all" else {group})
    for kind in kinds:
        rows = [one for one in found["groups"] if one["by"] == kind]
        assert sum(one["balance_cents"] for one in rows) == found["balance_cents"]
        assert all(sum(one["buckets"]) == one["balance_cents"] for one in rows)
        assert [sum(column) for column in zip(*(one["buckets"] for one in rows), strict=True)] == [
            one["balance_cents"] for one in found["buckets"]
        ]


@pytest.mark.usefixtures("aged")
def test_who_is_named_nowhere_comes_last_without_a_name(service: httpx.Client) -> None:
    found = ask(service, group="attorney")
    assert [one["name"] for one in found["groups"]] == ["Attorney One", ""]


@pytest.mark.usefixtures("aged")
def test_a_past_day_is_aged_as_it_was_known_then(service: httpx.Client) -> None:
    day = utc_now().astimezone().date() - timedelta(days=100)
    found = ask(service, as_of=day.isoformat())
    assert found["as_of"] == day.isoformat()
    assert found["invoices"] == sum(age >= 100 for age in AGES)
    assert found["buckets"][0]["invoices"] == 2  # those of 120 and 121 days were 20 and 21 days old


@pytest.mark.usefixtures("aged")
def test_the_filters_narrow_what_is_counted(service: httpx.Client) -> None:
    one = ask(service, attorney="attorney one")
    assert one["invoices"] == len(AGES) // 2
    assert ask(service, state="pending_cheque")["invoices"] == 0
    assert ask(service, state="open") == ask(service, state=["all"]) == ask(service)
    assert ask(service, payer="Nobody Known")["buckets"][4]["invoices"] == 0


@pytest.mark.usefixtures("aged")
def test_from_the_day_it_was_sent_tells_how_many_were_not_sent(service: httpx.Client) -> None:
    found = ask(service, basis="sent")
    assert (found["without_basis"], found["invoices"]) == (len(AGES), len(AGES))
    assert ask(service, basis="exam")["without_basis"] == 0
    assert found["buckets"] == ask(service)["buckets"]


@pytest.mark.usefixtures("aged")
def test_a_future_day_is_refused_with_a_sentence(service: httpx.Client) -> None:
    tomorrow = utc_now().astimezone().date() + timedelta(days=1)
    answer = service.get(AGING, params={"as_of": tomorrow.isoformat()})
    assert answer.status_code == 422
    assert answer.json()["code"] == "future-as-of"
    assert f"{tomorrow:%m/%d/%Y}" in answer.json()["detail"]
    assert service.get(AGING, params={"as_of": "2099-12-31"}).status_code == 422


@pytest.mark.parametrize(
    "params",
    [{"as_of": "yesterday"}, {"basis": "paid"}, {"group": "patient"}, {"state": "late"}, {"patient": "PT-1"}],
)
def test_what_cannot_be_asked_is_refused(service: httpx.Client, params: dict[str, str]) -> None:
    assert service.get(AGING, params=params).status_code in {400, 422}


def test_the_log_of_access_names_nobody(service: httpx.Client, aged: Path) -> None:
    ask(service, attorney="Attorney One")
    with Ledger(aged).clinic("lakeside").reading() as books:
        rows = books._session.all("SELECT what, about FROM access ORDER BY id DESC LIMIT 1")  # noqa: SLF001
    today = utc_now().astimezone().date().isoformat()
    assert rows == [("show aging", f"6 invoices as of {today}")]

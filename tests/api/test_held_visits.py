"""Held visits over HTTP: listed by filters and orders, written off once, restored, and paid by a later click."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.api.billed import post, refused
from tests.invented import a_row
from tests.ribbon.clicks import a_click, visits, with_agreement

HELD = "/clinics/lakeside/held-visits"
RUN = "lakeside-2026-10-r1"
IDS = count(1)

Shown = dict[str, Any]

PROVIDERS = ("Jane Roe", "Max Doe", "Nobody Known")
BLOCKED = [
    a_row(
        date=f"2026-10-{20 - place:02}" if place % 4 else None,
        id=f"B-{place}",
        provider=PROVIDERS[place % 3],
        status="Perhaps",
    )
    for place in range(12)
]
REPAIRED = [a_row(date=f"2026-10-{20 - place:02}", id=f"B-{place}") for place in range(12)]


def pressed(client: httpx.Client, button: str, rows: Any = None, **inputs: str) -> Shown:  # noqa: ANN401
    """Press a button, and agree to what it asks before it acts."""
    click = a_click(rows, inputs=inputs)
    found: Shown = {}
    for turn in (1, 2):
        answer = client.post(f"/ribbon/{button}", json={**click, "request_id": f"held-{next(IDS)}-{turn}"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        if not found["asks"]:
            break
        click = with_agreement(click, found)
    return found


@pytest.fixture
def service_with_held(service: httpx.Client) -> httpx.Client:
    """Have twelve rows held by the run of October."""
    pressed(service, "payroll.generate", [*visits(1, 2), *BLOCKED])
    pressed(service, "payroll.close", run=RUN, **{"hold-rows": "yes"})
    return service


def every(client: httpx.Client, **asked: Any) -> list[Shown]:  # noqa: ANN401
    found: list[Shown] = client.get(HELD, params={"limit": 1_000, **asked}).json()["held_visits"]
    return found


Matches = Callable[[Shown], bool]

FILTERS: dict[str, tuple[dict[str, Any], Matches]] = {
    "nothing": ({}, lambda _: True),
    "state": ({"state": "waiting"}, lambda one: one["state"] == "waiting"),
    "states": ({"state": ["written_off", "paid"]}, lambda one: one["state"] in {"written_off", "paid"}),
    "provider": ({"provider": "MAX  doe"}, lambda one: one["provider"] == "Max Doe"),
    "stranger": ({"provider": "Nobody known"}, lambda one: one["provider"] == "Nobody Known"),
    "run": ({"run": RUN}, lambda one: one["run"] == RUN),
    "no run": ({"run": "lakeside-2026-09-r1"}, lambda _: False),
    "days": (
        {"from": "2026-10-10", "to": "2026-10-15"},
        lambda one: "2026-10-10" <= (one["service_day"] or "") <= "2026-10-15",
    ),
}
ORDERS: dict[str, Callable[[Shown], Any]] = {
    "recorded": lambda one: one["id"],
    "day": lambda one: (one["service_day"] or "", one["id"]),
    "provider": lambda one: (one["provider"].lower(), one["id"]),
}


def test_every_filter_order_and_page_agrees_with_a_plain_loop(service_with_held: httpx.Client) -> None:
    client = service_with_held
    post(client, f"{HELD}/3/decisions", decision="write_off", reason="no note")
    whole = every(client)
    assert [one["state"] for one in whole].count("written_off") == 1
    for asked, matches in FILTERS.values():
        wanted = [one for one in whole if matches(one)]
        assert every(client, **asked) == wanted
        for order, key in ORDERS.items():
            for sign in ("", "-"):
                listed: list[Shown] = []
                after: int | None = 0
                while after is not None:
                    page = client.get(
                        HELD, params={**asked, "sort": sign + order, "limit": 5, "after": after}
                    ).json()
                    assert page["total"] == len(wanted)
                    listed += page["held_visits"]
                    after = page["next"]
                assert listed == sorted(wanted, key=key, reverse=bool(sign))


def test_what_is_shown_names_no_patient(service_with_held: httpx.Client) -> None:
    first = every(service_with_held)[0]
    assert first | {"held_at": ""} == {
        "id": 1, "run": RUN, "sheet": "Appointments", "row": 4, "column": "Status", "appointment": "B-0", "service_day": None,
        "provider": "Jane Roe", "service": "EX-101", "code": first["code"], "message": first["message"], "state": "waiting",
        "held_at": "", "settled_by": "", "reason": "",
    }  # fmt: skip


def test_a_visit_is_written_off_once_and_restored(service_with_held: httpx.Client) -> None:
    client, path = service_with_held, f"{HELD}/2/decisions"
    first = post(client, path, "once", decision="write_off", reason="no note")
    assert (first.json()["state"], first.json()["reason"]) == ("written_off", "no note")
    assert post(client, path, "once", decision="write_off", reason="no note").content == first.content
    assert refused(post(client, path, decision="write_off", reason="again")) == (409, "held-visit-not-open")
    assert post(client, path, decision="restore", reason="found the note").json()["state"] == "waiting"
    assert refused(post(client, f"{HELD}/99/decisions", decision="restore", reason="why")) == (
        404,
        "unknown-held-visit",
    )
    assert post(client, path, decision="write_off", reason="").status_code == 400


def test_a_later_click_pays_all_but_what_was_written_off(
    service_with_held: httpx.Client, folder: Path
) -> None:
    client = service_with_held
    post(client, f"{HELD}/12/decisions", decision="write_off", reason="no note")
    reply = pressed(client, "payroll.generate", [*visits(1, 2), *REPAIRED])
    assert (reply["figures"]["paid"], reply["figures"]["excluded"]) == (11, 1)
    pressed(client, "payroll.close", run=reply["figures"]["run"])
    assert [one["state"] for one in every(client)] == ["paid"] * 11 + ["written_off"]
    assert {one["settled_by"] for one in every(client, state="paid")} == {"lakeside-2026-10-r2"}
    assert isinstance(Ledger(folder).clinic("lakeside").verify(), Verified)


def test_from_after_to_is_refused(idle: httpx.Client) -> None:
    asked = {"from": "2026-10-10", "to": "2026-10-01"}
    assert refused(idle.get(HELD, params=asked)) == (422, "missing-input")

"""Mail to payers over HTTP: listed by filters, and what a person says became of it, once (rule: receivables#mail-outcome)."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.billing.invoices.invoice import State
from server.billing.people import Role
from server.billing.receivables.mail_log import BEING_SENT, Channel, LetterKind, MailOutcome
from server.cli.service import temporary_service
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.api.billed import post, refused
from tests.behind import copy_ledger, open_books
from tests.mail_servers import PATIENT, PAYERS, a_mailing_ledger
from tests.people import CHEAP, LAKESIDE_ONLY, add_user, opened, program_of
from tests.ribbon.clicks import views

MAIL = "/clinics/lakeside/payer-mail"
NOON = datetime(2026, 11, 12, 12, tzinfo=UTC)
ACME, BIRCH, CEDAR = PAYERS

WRITTEN: tuple[tuple[str, MailOutcome | None, int], ...] = (
    (ACME, MailOutcome.SENT, 300_00),
    (BIRCH, MailOutcome.FAILED, 100_00),
    (CEDAR, MailOutcome.UNKNOWN, 200_00),
    (ACME, MailOutcome.BOUNCED, 100_00),
    (BIRCH, MailOutcome.SEND_AGAIN, 100_00),
    (CEDAR, None, 400_00),
)
"""Whom the mail of each day from NOON on is to, its outcome, and the balance of its invoice. The last one was interrupted."""

LAST = NOON + timedelta(days=len(WRITTEN) - 1)
STATES = ["sent", "failed", "unknown", "bounced", "to be sent again", "unknown"]
SENT, FAILED, UNKNOWN, BOUNCED, AGAIN, INTERRUPTED = range(1, 7)
"""The numbers of the mails."""

Shown = dict[str, Any]


def write(
    folder: Path,
    at: datetime,
    payer: str,
    outcome: MailOutcome | None = None,
    *,
    cents: int = 50_00,
    channel: Channel = Channel.MAIL,
) -> None:
    """Record a message as the sender of mail does, at an instant."""
    ledger = Ledger(folder, lambda: at)
    message = NewMessage(
        channel,
        LetterKind.REMINDER,
        [WrittenInvoice("INV-000001", State.PENDING_REDUCTION, cents, 1)],
        "0" * 64,
        f"<{at.timestamp()}@office.example>",
        payer=payer,
        address=f"claims@{payer.split(maxsplit=1)[0].lower()}.example",
        level=1,
        template="Friendly reminder",
    )
    with ledger.clinic("lakeside").transaction() as books:
        message_id = books.payer_mail.add(message, "ana")
        if outcome:
            books.payer_mail.record_outcome(message_id, outcome, "ana", reason="as the server said")
    ledger.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger with six mails of one clinic, and none of the other one."""
    folder = a_mailing_ledger(tmp_path_factory.mktemp("mail") / "ledger").folder
    for day, (payer, outcome, cents) in enumerate(WRITTEN):
        write(folder, NOON + timedelta(days=day), payer, outcome, cents=cents)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return copy_ledger(written, tmp_path / "ledger")


@contextmanager
def serving_at(folder: Path, at: datetime = LAST + BEING_SENT) -> Iterator[httpx.Client]:
    """Run a service whose clock stands still; its ledger is right when it ends."""
    with (
        temporary_service(Settings(path=folder, workers=0), lambda: at, CHEAP) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client
    assert isinstance(Ledger(folder).clinic("lakeside").verify(), Verified)


@pytest.fixture(scope="module")
def idle(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service in which nothing is decided."""
    folder = copy_ledger(written, tmp_path_factory.mktemp("idle") / "ledger")
    with serving_at(folder) as client:
        yield client


@pytest.fixture
def service(folder: Path) -> Iterator[httpx.Client]:
    with serving_at(folder) as client:
        yield client


def every(client: httpx.Client, **asked: Any) -> list[Shown]:  # noqa: ANN401
    answer = client.get(MAIL, params={"sort": "recorded", **asked})
    assert answer.status_code == 200, answer.text
    found: list[Shown] = answer.json()["messages"]
    return found


def decide(client: httpx.Client, message: int, outcome: str, **more: str) -> httpx.Response:
    return post(client, f"{MAIL}/{message}/outcome", outcome=outcome, **more)


def test_the_latest_message_comes_first_with_its_outcome_and_what_can_be_said_of_it(
    idle: httpx.Client,
) -> None:
    found = idle.get(MAIL).json()
    assert (found["total"], found["next"]) == (6, None)
    assert [one["state"] for one in found["messages"]] == STATES[::-1]
    assert found["messages"][2] == {
        "id": BOUNCED,
        "channel": "mail",
        "kind": "reminder",
        "recipient": ACME,
        "address": "claims@acme.example",
        "level": 1,
        "template": "Friendly reminder",
        "invoices": 1,
        "amount_cents": 100_00,
        "recorded_at": "2026-11-15T12:00:00Z",
        "recorded_by": "ana",
        "state": "bounced",
        "reason": "as the server said",
        "decided_at": "2026-11-15T12:00:00Z",
        "decided_by": "ana",
        "open_outcomes": ["send again"],
    }
    interrupted = found["messages"][0]
    assert (interrupted["reason"], interrupted["decided_at"], interrupted["decided_by"]) == ("", None, "")
    assert interrupted["open_outcomes"] == ["sent", "send again", "bounced"]


Matches = Callable[[Shown], bool]

FILTERS: dict[str, tuple[Shown, Matches]] = {
    "nothing": ({}, lambda _: True),
    "state": ({"state": "unknown"}, lambda one: one["state"] == "unknown"),
    "states": ({"state": ["sent", "bounced"]}, lambda one: one["state"] in {"sent", "bounced"}),
    "again": ({"state": "to be sent again"}, lambda one: one["id"] == AGAIN),
    "letters": ({"state": "made"}, lambda _: False),
    "payer": ({"payer": "BIRCH  invented mutual"}, lambda one: one["recipient"] == BIRCH),
    "stranger": ({"payer": "Nobody"}, lambda _: False),
    "since": ({"from": "2026-11-14"}, lambda one: one["id"] >= UNKNOWN),
    "one day": ({"from": "2026-11-14", "to": "2026-11-14"}, lambda one: one["id"] == UNKNOWN),
    "all": (
        {"state": "unknown", "payer": CEDAR, "to": "2026-11-16"},
        lambda one: one["id"] == UNKNOWN,
    ),
}
"""What is asked for, and which messages that is. The days are those of any time zone, because all was written at noon UTC."""


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_exactly_what_matches_on_pages_of_any_size(idle: httpx.Client, name: str) -> None:
    asked, matches = FILTERS[name]
    wanted = [one["id"] for one in every(idle) if matches(one)]
    assert [one["id"] for one in every(idle, **asked)] == wanted
    for sort in ("recorded", "-recorded", "amount_cents", "-amount_cents"):
        for limit in (1, 2, 5):
            listed, after = list[Shown](), 0
            while after is not None:
                page = idle.get(MAIL, params={**asked, "sort": sort, "limit": limit, "after": after}).json()
                assert page["total"] == len(wanted)
                listed += page["messages"]
                after = page["next"]
            assert sorted(one["id"] for one in listed) == wanted
            keys = [(one[sort.lstrip("-")] if "cents" in sort else one["id"], one["id"]) for one in listed]
            assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_a_mail_without_an_outcome_is_being_sent_for_ten_minutes_and_unknown_from_then_on(
    folder: Path,
) -> None:
    with serving_at(folder, LAST + BEING_SENT - timedelta(milliseconds=1)) as client:
        (sending,) = every(client, state="being sent")
        assert (sending["id"], sending["open_outcomes"]) == (INTERRUPTED, [])
        assert [one["id"] for one in every(client, state="unknown")] == [UNKNOWN]
        assert refused(decide(client, INTERRUPTED, "sent")) == (409, "outcome-not-open")
    with serving_at(folder, LAST + BEING_SENT) as client:
        assert every(client, state="being sent") == []
        assert [one["id"] for one in every(client, state="unknown")] == [UNKNOWN, INTERRUPTED]
        assert decide(client, INTERRUPTED, "sent").json()["state"] == "sent"


def test_a_letter_is_made_and_can_only_be_sent_again(folder: Path) -> None:
    write(folder, LAST + timedelta(hours=1), ACME, channel=Channel.LETTER)
    with serving_at(folder, LAST + timedelta(hours=1)) as client:
        (letter,) = every(client, state="made")
        assert (letter["channel"], letter["open_outcomes"]) == ("letter", ["send again"])
        assert refused(decide(client, letter["id"], "sent")) == (409, "outcome-not-open")
        assert decide(client, letter["id"], "send again").json()["state"] == "to be sent again"
        assert every(client, state="made") == []
        assert letter["id"] in [one["id"] for one in every(client, state="to be sent again")]


@pytest.mark.parametrize("outcome", ["sent", "send again", "bounced"])
def test_an_outcome_is_recorded_where_the_list_offers_it_and_refused_elsewhere(
    folder: Path, outcome: str
) -> None:
    with serving_at(folder) as client:
        before = every(client)
        for shown in before:
            answer = decide(client, shown["id"], outcome, reason="  called \n the adjuster ")
            if outcome in shown["open_outcomes"]:
                state = "to be sent again" if outcome == "send again" else outcome
                told = answer.json()
                assert (told["state"], told["reason"]) == (state, "called the adjuster")
                assert every(client)[shown["id"] - 1] == told
            else:
                assert refused(answer) == (409, "outcome-not-open")
                assert every(client)[shown["id"] - 1] == shown
    decided = [about for _, what, about in views(folder) if what == "decide message"]
    assert decided == [str(one["id"]) for one in before if outcome in one["open_outcomes"]]


def outcomes_of(folder: Path, message: int) -> int:
    with open_books(folder) as books:
        ((found,),) = books(f"SELECT COUNT(*) FROM mail_outcome WHERE message = {message:d}")  # noqa: S608
    return int(found)


def test_the_same_request_is_recorded_once_and_another_one_is_refused(
    service: httpx.Client, folder: Path
) -> None:
    address, body = f"{MAIL}/{UNKNOWN}/outcome", {"outcome": "sent", "reason": "they have it"}
    first, second = (post(service, address, "mail-once", **body) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert outcomes_of(folder, UNKNOWN) == 2  # unknown, and sent
    assert refused(post(service, address, "mail-twice", **body)) == (409, "outcome-not-open")
    other = post(service, f"{MAIL}/{INTERRUPTED}/outcome", "mail-once", **body)
    assert refused(other) == (409, "request-id-reused")
    assert outcomes_of(folder, INTERRUPTED) == 0


def test_of_eight_people_who_decide_at_once_one_decides(service: httpx.Client, folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: decide(service, UNKNOWN, "send again"), range(8)))
    assert sorted(one.status_code for one in answers) == [200] + 7 * [409]
    assert outcomes_of(folder, UNKNOWN) == 2


def test_the_mail_of_another_clinic_is_an_unknown_message(service: httpx.Client, folder: Path) -> None:
    assert service.get("/clinics/harbor/payer-mail").json() == {"messages": [], "next": None, "total": 0}
    for message in (UNKNOWN, 0, 7, 2**53 - 1):
        answer = post(service, f"/clinics/harbor/payer-mail/{message}/outcome", outcome="sent")
        assert refused(answer) == (404, "unknown-message")
    assert refused(decide(service, 7, "sent")) == (404, "unknown-message")
    assert refused(service.get("/clinics/nowhere/payer-mail")) == (404, "unknown-clinic")
    assert outcomes_of(folder, UNKNOWN) == 1


def test_a_viewer_reads_the_list_and_decides_nothing(folder: Path) -> None:
    ledger = opened(folder)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    viewer, biller = (program_of(ledger, role, LAKESIDE_ONLY) for role in (Role.VIEWER, Role.BILLER))
    stranger = program_of(ledger, Role.BILLER, frozenset({"harbor"}))
    ledger.close()
    with temporary_service(Settings(path=folder, workers=0), hashing=CHEAP) as url:
        address, body = f"{MAIL}/{UNKNOWN}/outcome", {"request_id": "who", "outcome": "sent"}
        with httpx.Client(base_url=url, headers=viewer) as client:
            assert len(every(client)) == 6
            assert refused(client.post(address, json=body)) == (403, "role-not-allowed")
        with httpx.Client(base_url=url, headers=stranger) as client:
            assert refused(client.get(MAIL)) == (404, "unknown-clinic")
            assert refused(client.post(address, json=body)) == (404, "unknown-clinic")
        with httpx.Client(base_url=url) as client:
            assert refused(client.get(MAIL)) == (401, "sign-in-needed")
        assert outcomes_of(folder, UNKNOWN) == 1
        with httpx.Client(base_url=url, headers=biller) as client:
            assert client.post(address, json=body).json()["state"] == "sent"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "failed"},
        {"outcome": "unknown"},
        {"outcome": ""},
        {"outcome": None},
        {"outcome": ["sent"]},
        {"outcome": "sent", "reason": "a\x07b"},
        {"outcome": "sent", "reason": "x" * 40_000},
        {"outcome": "sent", "note": "called"},
    ],
    ids=repr,
)
def test_a_body_of_another_form_is_refused(idle: httpx.Client, body: Shown) -> None:
    assert refused(post(idle, f"{MAIL}/{UNKNOWN}/outcome", **body)) == (400, "bad-request")


@pytest.mark.parametrize("message", ["-1", "one", str(2**53), "1.5"])
def test_what_is_no_number_of_a_message_is_refused(idle: httpx.Client, message: str) -> None:
    assert refused(post(idle, f"{MAIL}/{message}/outcome", outcome="sent")) == (400, "bad-request")


def test_from_after_to_is_refused(idle: httpx.Client) -> None:
    asked = {"from": "2026-11-14", "to": "2026-11-13"}
    assert refused(idle.get(MAIL, params=asked)) == (422, "missing-input")


@pytest.mark.parametrize("asked", [{"outcome": "sent"}, {"state": "lost"}, {"from": "yesterday"}], ids=repr)
def test_a_filter_of_another_form_is_refused(idle: httpx.Client, asked: dict[str, str]) -> None:
    assert refused(idle.get(MAIL, params=asked)) == (400, "bad-request")


def test_neither_log_nor_access_log_has_what_a_person_wrote(
    service: httpx.Client,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert decide(service, UNKNOWN, "bounced", reason=f"{PATIENT} called").status_code == 200
        assert decide(service, UNKNOWN, "sent", reason=f"{PATIENT} called").status_code == 409
        assert every(service, state="bounced")
    logged = "".join([caplog.text, *capfd.readouterr(), repr(views(folder))])
    for word in (*PATIENT.split(), *(payer.split()[0] for payer in PAYERS), "claims@"):
        assert word.casefold() not in logged.casefold()


def test_a_mail_that_is_to_be_sent_again_counts_as_no_reminder(service: httpx.Client, folder: Path) -> None:
    books = Ledger(folder).clinic("lakeside")

    def reached() -> int:
        with books.reading() as reading:
            (one,) = [
                one for one in reading.payer_mail.open_invoices(LAST.date()) if one.number == "INV-000001"
            ]
        return len(one.reached)

    before = reached()
    assert decide(service, UNKNOWN, "send again").status_code == 200
    assert reached() == before - 1

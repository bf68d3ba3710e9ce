"""A task pane is let in with a code read off the service: once, soon, and not by guessing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from server.api.pairing import MOST_ADDRESSES, WRONG_A_MINUTE, WRONG_SECONDS, Pairing
from server.app import create_app
from server.cli import terminal as terminal_output
from server.cli.service import ready_service
from server.errors import CodeUnusable, TooManyCodes
from server.ledger.clock import utc_now
from server.ledger.pairing_codes import ALPHABET, code_letters
from server.ledger.store import Ledger
from server.settings import Settings
from tests.event_loops import run_apart
from tests.security.conftest import Running

Code = Callable[[], str]


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def codes(tmp_path: Path, clock: Clock) -> Pairing:
    return Pairing(Ledger(tmp_path), clock)


def test_a_code_is_exchanged_for_a_token_that_works(
    closed: Running, stranger: httpx.Client, code: Code
) -> None:
    assert stranger.get("/pair/status").json() == {"needed": True, "signs_in": False}

    token = stranger.post("/pair", json={"code": code()}).json()["token"]

    with closed.client(token) as pane:
        assert pane.get("/clinics").json() == []
        assert pane.get("/pair/status").json() == {"needed": False, "signs_in": False}


def test_a_code_is_typed_as_people_type(stranger: httpx.Client, code: Code) -> None:
    typed = f"  {code().lower().replace('-', ' ')} "
    assert stranger.post("/pair", json={"code": typed}).status_code == 200


def test_a_code_works_once(stranger: httpx.Client, code: Code) -> None:
    shown = code()
    assert stranger.post("/pair", json={"code": shown}).status_code == 200
    again = stranger.post("/pair", json={"code": shown})
    assert (again.status_code, again.json()["code"]) == (403, "code-unusable")


def test_of_many_who_use_a_code_at_once_one_is_let_in(closed: Running, code: Code) -> None:
    shown = code()

    def exchange(_: int) -> int:
        return httpx.post(f"{closed.url}/pair", json={"code": shown}, trust_env=False).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(exchange, range(8))) == [200, *[403] * 7]


def test_two_panes_can_be_paired_side_by_side(stranger: httpx.Client, code: Code) -> None:
    first, second = code(), code()
    assert stranger.post("/pair", json={"code": second}).status_code == 200
    assert stranger.post("/pair", json={"code": first}).status_code == 200


def test_wrong_codes_of_this_computer_are_delayed_and_never_keep_out_the_right_one(
    closed: Running, stranger: httpx.Client, code: Code
) -> None:
    shown = code()

    def guess(number: int) -> tuple[int, float]:
        answer = httpx.post(f"{closed.url}/pair", json={"code": f"{number:012}"}, trust_env=False, timeout=60)
        return answer.status_code, answer.elapsed.total_seconds()

    with ThreadPoolExecutor(8) as pool:
        guesses = [pool.submit(guess, number) for number in range(5 * WRONG_A_MINUTE)]
        paired = stranger.post("/pair", json={"code": shown}, timeout=60)
        answered = [one.result() for one in guesses]
    assert paired.status_code == httpx.codes.OK
    assert {status for status, _ in answered} == {403}
    assert min(seconds for _, seconds in answered) >= WRONG_SECONDS


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "elsewhere"])
def test_wrong_codes_of_another_computer_are_slowed_and_the_right_one_is_still_taken(
    codes: Pairing, clock: Clock, address: str
) -> None:
    shown, later = codes.show_code(), codes.show_code()
    for second in range(WRONG_A_MINUTE):
        clock.seconds = second
        with pytest.raises(CodeUnusable):
            codes.exchange("guess", address)
    clock.seconds = 20
    with pytest.raises(TooManyCodes) as slowed:
        codes.exchange("guess", address)
    assert slowed.value.retry_after_seconds == 40
    assert codes.exchange(shown, address)
    with pytest.raises(CodeUnusable):
        codes.exchange("guess", "192.0.2.8")  # nobody else pays for it
    clock.seconds = 60
    with pytest.raises(CodeUnusable):
        codes.exchange("guess", address)
    assert codes.exchange(later, address)


def test_no_number_of_addresses_fills_the_memory(codes: Pairing) -> None:
    for number in range(MOST_ADDRESSES + 50):
        with pytest.raises(CodeUnusable):
            codes.exchange("guess", f"2001:db8::{number:x}")
    assert len(codes._wrong) == MOST_ADDRESSES  # noqa: SLF001
    assert codes.exchange(codes.show_code(), "2001:db8::1")


def test_the_answer_to_too_many_codes_says_when_to_come_back(closed: Running) -> None:
    """The service listens on this computer; a request from another one reaches it through the application alone."""
    app = create_app(Settings(path=closed.ledger, workers=0))
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1234))

    async def guesses() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await client.post("/pair", json={"code": "wrong"}) for _ in range(WRONG_A_MINUTE + 1)]

    *wrong, slowed = run_apart(guesses())
    assert {one.status_code for one in wrong} == {403}
    assert (slowed.status_code, slowed.json()["code"]) == (429, "too-many-codes")
    assert 0 < int(slowed.headers["retry-after"]) <= 60


def test_a_code_of_the_command_line_works_with_a_service_that_shows_none(
    closed: Running, stranger: httpx.Client
) -> None:
    ledger = Ledger(closed.ledger)
    shown = ledger.pairing_codes.make("Ana's browser")
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert stranger.post("/pair", json={"code": shown.lower().replace("-", " ")}).status_code == 200
    assert stranger.post("/pair", json={"code": shown}).json()["code"] == "code-unusable"
    assert "Ana's browser" in [one.name for one in ledger.tokens.list_tokens()]
    for path in closed.ledger.rglob("firm.db*"):
        assert code_letters(shown).encode() not in path.read_bytes()


@pytest.mark.parametrize(("minutes", "works"), [(0, True), (9.9, True), (10, False), (-0.1, False)])
def test_a_code_of_the_command_line_is_good_for_ten_minutes(
    tmp_path: Path, minutes: float, *, works: bool
) -> None:
    made = utc_now()
    shown = Ledger(tmp_path, lambda: made).pairing_codes.make()
    later = Ledger(tmp_path, lambda: made + timedelta(minutes=minutes))
    assert (later.pairing_codes.exchange(shown) is not None) == works


def test_of_many_who_use_a_code_of_the_command_line_at_once_one_gets_a_token(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    shown = ledger.pairing_codes.make()
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(ledger.pairing_codes.exchange, [shown] * 8))
    assert len([token for token in given if token]) == len(ledger.tokens.list_tokens()) == 1


def test_a_code_is_good_for_ten_minutes(codes: Pairing, clock: Clock) -> None:
    early, late = codes.show_code(), codes.show_code()
    clock.seconds = 10 * 60 - 1
    assert codes.exchange(early)
    clock.seconds = 10 * 60
    with pytest.raises(CodeUnusable):
        codes.exchange(late)


def test_a_code_holds_no_letter_that_is_misread(code: Code) -> None:
    assert not set("01ILO") & set(ALPHABET)
    groups = code().split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)


def test_only_who_is_paired_can_ask_for_a_code(stranger: httpx.Client) -> None:
    assert stranger.post("/pair/code", json={}).json()["code"] == "token-needed"


@pytest.mark.parametrize("body", [{}, {"code": None}, {"code": 12345678}, {"code": "x" * 65}, [], "code"])
def test_what_is_no_code_is_refused_and_not_repeated(stranger: httpx.Client, body: object) -> None:
    answer = stranger.post("/pair", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize("typed", ["", "-", "é", "\N{SNOWMAN}"])
def test_an_odd_code_is_simply_wrong(stranger: httpx.Client, typed: str) -> None:
    assert stranger.post("/pair", json={"code": typed}).json()["code"] == "code-unusable"


def test_a_foreign_page_cannot_try_codes(stranger: httpx.Client, code: Code) -> None:
    answer = stranger.post("/pair", json={"code": code()}, headers={"origin": "https://elsewhere.invalid"})
    assert answer.json()["code"] == "foreign-request"


@pytest.mark.parametrize(
    ("terminal", "journal", "asked", "shown"),
    [
        (True, "", False, True),
        (False, "", False, False),
        (True, "8:1234", False, False),
        (False, "8:1234", True, True),
    ],
)
def test_a_code_is_shown_to_a_person_and_never_kept_in_a_log_file_or_a_journal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, terminal: bool, journal: str, asked: bool, shown: bool
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    if journal:
        monkeypatch.setenv("JOURNAL_STREAM", journal)
    Ledger(tmp_path).tokens.ensure_desktop()
    service = ready_service(Settings(path=tmp_path, port=0, workers=0), plain=True)
    text = StringIO()

    console = Console(file=text, force_terminal=terminal, color_system=None)
    terminal_output.show_service(console, service, show_code=asked)

    assert service.code
    assert (service.code in text.getvalue()) == shown
    assert ("its administrator, without a password" in text.getvalue()) == shown
    assert ("clinicledger addin code" in text.getvalue()) != shown
    service._listener.close()  # noqa: SLF001

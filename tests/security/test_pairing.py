"""A task pane is let in with a code read off the service: once, soon, and not by guessing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from server.api.pairing import ALPHABET, WRONG_A_MINUTE, Pairing
from server.cli import terminal as terminal_output
from server.cli.service import ready_service
from server.errors import CodeUnusable, TooManyCodes
from server.ledger.store import Ledger
from server.settings import Settings
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
    return Pairing(Ledger(tmp_path).tokens, clock)


def test_a_code_is_exchanged_for_a_token_that_works(
    closed: Running, stranger: httpx.Client, code: Code
) -> None:
    assert stranger.get("/pair/status").json() == {"needed": True}

    token = stranger.post("/pair", json={"code": code()}).json()["token"]

    with closed.client(token) as pane:
        assert pane.get("/clinics").json() == []
        assert pane.get("/pair/status").json() == {"needed": False}


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


def test_guessing_is_stopped_even_for_the_right_code(stranger: httpx.Client, code: Code) -> None:
    shown = code()
    guesses = [stranger.post("/pair", json={"code": f"{n:08}"}).status_code for n in range(WRONG_A_MINUTE)]
    assert set(guesses) == {403}
    stopped = stranger.post("/pair", json={"code": shown})
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too-many-codes")


def test_a_minute_after_the_guessing_the_right_code_works_again(codes: Pairing, clock: Clock) -> None:
    shown = codes.show_code()
    for _ in range(WRONG_A_MINUTE):
        with pytest.raises(CodeUnusable):
            codes.exchange("guess")
    clock.seconds = 59
    with pytest.raises(TooManyCodes):
        codes.exchange(shown)
    clock.seconds = 60
    assert codes.exchange(shown)


def test_a_code_is_good_for_ten_minutes(codes: Pairing, clock: Clock) -> None:
    early, late = codes.show_code(), codes.show_code()
    clock.seconds = 10 * 60 - 1
    assert codes.exchange(early)
    clock.seconds = 10 * 60
    with pytest.raises(CodeUnusable):
        codes.exchange(late)


def test_a_code_holds_no_letter_that_is_misread(code: Code) -> None:
    assert not set("01ILO") & set(ALPHABET)
    first, hyphen, last = code().partition("-")
    assert (len(first), hyphen, len(last)) == (4, "-", 4)
    assert set(first + last) <= set(ALPHABET)


def test_only_who_is_paired_can_ask_for_a_code(stranger: httpx.Client) -> None:
    assert stranger.post("/pair/code", json={}).json()["code"] == "token-needed"


@pytest.mark.parametrize("body", [{}, {"code": None}, {"code": 12345678}, {"code": "x" * 65}, [], "code"])
def test_what_is_no_code_is_refused_and_not_repeated(stranger: httpx.Client, body: object) -> None:
    answer = stranger.post("/pair", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize("typed", ["", "-", "é", "\N{SNOWMAN}", "\0"])
def test_an_odd_code_is_simply_wrong(stranger: httpx.Client, typed: str) -> None:
    assert stranger.post("/pair", json={"code": typed}).json()["code"] == "code-unusable"


def test_a_foreign_page_cannot_try_codes(stranger: httpx.Client, code: Code) -> None:
    answer = stranger.post("/pair", json={"code": code()}, headers={"origin": "https://elsewhere.invalid"})
    assert answer.json()["code"] == "foreign-request"


@pytest.mark.parametrize(
    ("terminal", "journal", "shown"), [(True, "", True), (False, "", False), (True, "8:1234", False)]
)
def test_a_code_is_shown_to_a_person_and_never_kept_in_a_log_file_or_a_journal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, terminal: bool, journal: str, shown: bool
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    if journal:
        monkeypatch.setenv("JOURNAL_STREAM", journal)
    Ledger(tmp_path).tokens.ensure_desktop()
    service = ready_service(Settings(path=tmp_path, port=0, workers=0), plain=True)
    text = StringIO()

    terminal_output.show_service(Console(file=text, force_terminal=terminal, color_system=None), service)

    assert service.code
    assert (service.code in text.getvalue()) == shown
    assert ("clinicledger addin code" in text.getvalue()) != shown
    service._listener.close()  # noqa: SLF001

"""Signing in at the identity provider through a function, of which another process may answer each request."""

from collections.abc import Iterator

import pytest

from server import serverless
from server.billing.people import LOCAL_PERSON, Role
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, ExampleId, Told, begins, example_id
from tests.people import add_user
from tests.serverless.conftest import Office, alone, invoke
from tests.serverless.gateways import NAME, Event, Kind, client_of


@pytest.fixture(scope="module")
def running() -> Iterator[ExampleId]:
    with example_id() as provider:
        yield provider


@pytest.fixture
def provider(running: ExampleId, office: Office, monkeypatch: pytest.MonkeyPatch) -> ExampleId:
    add_user(office.ledger, "ben", "Ben Biller", Role.BILLER)
    office.ledger.people.identity_accounts.expect(LOCAL_PERSON, "ben", "ben@firm.example")
    running.told = Told(redirect=f"https://{NAME}/sign-in/provider/back")
    running.add_person("ben")
    for variable, value in {
        "ISSUER": running.issuer,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
    }.items():
        monkeypatch.setenv(f"CLINIC_LEDGER_OIDC_{variable}", value)
    return running


def of_another_process(event: Event) -> Event:
    """Send an event to a process that has answered nothing yet."""
    alone(serverless.close)
    return invoke(event)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_request_of_a_sign_in_may_reach_another_process(kind: Kind, provider: ExampleId) -> None:
    with client_of(kind, of_another_process) as browser:
        back = provider.enter(begins(browser), "ben")
        kept = dict(browser.cookies)
        assert browser.get(back).status_code == 303
        assert "ben@firm.example" in browser.get("/account").text
    with client_of(kind, of_another_process) as thief:
        thief.cookies.update(kept)
        assert "This sign-in was not begun here" in thief.get(back).text


def test_a_process_goes_on_asking_the_provider(provider: ExampleId) -> None:
    for _ in range(3):
        with client_of(Kind.HTTP_API, invoke) as browser:
            assert browser.get(provider.enter(begins(browser), "ben")).status_code == 303

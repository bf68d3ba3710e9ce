"""A function whose settings would lose books, or let strangers in, answers nothing but what is missing."""

import time
from datetime import timedelta

import pytest

from server import serverless
from server.errors import FunctionNotReady
from server.ledger.store import Ledger
from server.storage import Storage
from tests.api.wire import check_protected, press, problem
from tests.object_servers import S3Server
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import a_click, visits
from tests.serverless.conftest import Office, alone, invoke
from tests.serverless.gateways import Invoke, Kind, client_of

TIDY = {"task": "tidy"}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE", "", "CLINIC_LEDGER_DATABASE"),
        ("OBJECTS", "", "CLINIC_LEDGER_OBJECTS"),
        ("OBJECTS", "a folder", "CLINIC_LEDGER_OBJECTS"),
        ("NAMES", "", "CLINIC_LEDGER_NAMES"),
        ("NAMES", "https://ledger.office.example", "CLINIC_LEDGER_NAMES"),
        ("TIME_ZONE", "", "CLINIC_LEDGER_TIME_ZONE"),
        ("TIME_ZONE", "Ohio", "CLINIC_LEDGER_TIME_ZONE"),
        ("DATABASE_OWNER", "postgresql://owner:secret@/books", "CLINIC_LEDGER_DATABASE_OWNER"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    variable: str, value: str, said: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CLINIC_LEDGER_{variable}", value)
    with client_of(Kind.HTTP_API, invoke) as client:
        answer = client.get("/health")
    told = problem(answer)
    assert (answer.status_code, told["code"]) == (503, "function-not-ready")
    assert said in told["detail"] + told["remedy"]
    assert "secret" not in answer.text
    check_protected(answer.headers, variable)
    with pytest.raises(FunctionNotReady):
        alone(serverless.handler, TIDY, None)
    assert not office.folder.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_everything_that_is_missing_is_named_at_once_and_through_every_gateway(
    kind: Kind, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DATABASE", "OBJECTS", "NAMES", "TIME_ZONE"):
        monkeypatch.delenv(f"CLINIC_LEDGER_{variable}")
    with client_of(kind, invoke) as client:
        told = problem(client.get("/clinics", headers=office.signed_in))
    assert all(one in told["remedy"] for one in ("_DATABASE", "_OBJECTS", "_NAMES", "_TIME_ZONE"))


def test_a_ledger_without_users_is_open_to_nobody(
    office: Office, postgresql: PostgresqlOfTests, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, bucket = office.folder.with_name("another"), s3.new_bucket()
    address = postgresql.address_of(other)
    Ledger(other, storage=Storage(address, bucket)).close()
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", address.service)
    monkeypatch.setenv("CLINIC_LEDGER_OBJECTS", bucket.address)
    with client_of(Kind.FUNCTION_URL, invoke) as client:
        for _ in range(2):
            told = problem(client.get("/clinics"))
            assert told["code"] == "function-not-ready"
            assert "clinicledger user add" in told["remedy"]


@pytest.mark.usefixtures("office")
def test_a_database_that_is_away_is_said_and_the_next_request_finds_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with client_of(Kind.HTTP_API, invoke) as client:
        with monkeypatch.context() as away:
            away.setenv("CLINIC_LEDGER_DATABASE", "postgresql://nobody@127.0.0.1:1/books")
            assert problem(client.get("/health"))["code"] == "database-unreachable"
        assert client.get("/health").json()["clinics"] == 2


@pytest.mark.usefixtures("office")
def test_a_bucket_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_OBJECTS", "s3://never-made/books")
    with client_of(Kind.HTTP_API, invoke) as client:
        assert problem(client.get("/health"))["code"] == "bucket-missing"


def test_the_schedule_removes_what_is_past_its_time(office: Office, function: Invoke, s3: S3Server) -> None:
    with client_of(Kind.HTTP_API, function) as client:
        client.headers.update(office.signed_in)
        output = press(client, "payroll.generate", a_click(visits(5, 6))).json()["output"]
        (key,) = [key for key in s3.keys(office.bucket) if key.startswith("outputs/")]
        assert function(TIDY) == {"done": "tidy"}
        assert key in s3.keys(office.bucket)
        s3.backdate(office.bucket, key, timedelta(days=2))
        function(TIDY)
        assert key not in s3.keys(office.bucket)
        assert problem(client.get(output["url"]))["code"] == "unknown-output"


def test_the_day_is_that_of_the_office(function: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time zone is that of this process from the first event on."""
    for zone, hours in (("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)):
        alone(serverless.close)
        monkeypatch.setenv("CLINIC_LEDGER_TIME_ZONE", zone)
        with client_of(Kind.HTTP_API, function) as client:
            assert client.get("/health").status_code == 200
        assert time.localtime().tm_gmtoff == hours * 3600

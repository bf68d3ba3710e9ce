"""Three services behind nginx, with the configuration that the guide shows: killed in turn under load, and stopped.

Every request gets its answer, and is recorded exactly once.
"""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import orjson
import pytest

from tests.cli.programs import clinicledger
from tests.invented import a_row
from tests.invented_exams import typed
from tests.object_servers import S3Server, use_store
from tests.office_service import lead_here
from tests.people import PASSWORD
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import a_click, offered, visits
from tests.several.load import PATH, Load, an_exam_sheet, new_id, under_load
from tests.several.offices import HUNG_SECONDS, SERVICES, Office, office_in

PAY = "/ribbon/payroll.generate"
BIG = 2000
"""Rows of a sheet that goes to a worker process."""


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresqlOfTests, store_of_objects: S3Server
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        lead_here(patch)
        use_store(patch, store_of_objects.url)
        with office_in(folder, postgresql, store_of_objects) as made:
            for variable, value in {"SSL_CERT_FILE": str(made.certificate), **made.variables}.items():
                patch.setenv(variable, value)
            yield made


def recorded(office: Office) -> dict[str, int]:
    """Return what the books have: invoices, moves, drafts of payrolls, and ids of requests."""
    return {
        "invoices": office.count("SELECT COUNT(*) FROM invoice"),
        "moves": office.count("SELECT COUNT(*) FROM step WHERE action = 'send'"),
        "drafts": office.count("SELECT SUM(revision) FROM pay_run"),
    }


def assert_each_is_recorded_once(office: Office, load: Load, before: dict[str, int]) -> None:
    assert set(load.ids().values()) == {1}
    now = recorded(office)
    assert now["invoices"] - before["invoices"] == len(load.of("create"))
    assert now["moves"] - before["moves"] == len(load.of("move"))
    assert now["drafts"] - before["drafts"] == len(load.of("pay"))
    with office.books() as execute:
        known = {row[0] for row in execute("SELECT id FROM request")}
    assert {one.request_id for one in load.of("create", "move", "pay")} <= known
    assert_books_are_whole(office)


def assert_books_are_whole(office: Office) -> None:
    verified = clinicledger("ledger", "verify", within=office.folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def assert_answers_are_repeated(office: Office, load: Load) -> None:
    """Each service answers requests of the others as they were answered."""
    token = office.tokens[0]
    for place in range(SERVICES):
        with office.direct(place, token) as client:
            for one in (load.of("create")[-1], load.of("move")[-1]):
                response = client.post(
                    one.path, content=one.sent, headers={"content-type": "application/json"}
                )
                assert (response.status_code, response.json()) == (200, one.answer)


def test_services_that_are_killed_in_turn_lose_no_click_and_record_none_twice(office: Office) -> None:
    before = recorded(office)
    with under_load(office) as load:
        for service in office.services:
            load.wait_for(10)
            service.kill()
            load.wait_for(15)
            service.start()
        load.wait_for(10)
    assert_each_is_recorded_once(office, load, before)
    assert_answers_are_repeated(office, load)


def test_a_service_that_hangs_keeps_nobody_waiting_for_long(office: Office) -> None:
    before = recorded(office)
    hung = office.services[1]
    with under_load(office) as load:
        load.wait_for(10)
        hung.send_signal(signal.SIGSTOP)
        load.wait_for(60)
        hung.send_signal(signal.SIGCONT)
        load.wait_for(20)
    time.sleep(HUNG_SECONDS / 2)  # the one that hung may still work on what another one was asked for
    assert_each_is_recorded_once(office, load, before)


def test_a_service_that_is_stopped_as_the_guide_says_answers_what_has_come(office: Office) -> None:
    before = recorded(office)
    with under_load(office) as load:
        load.wait_for(10)
        office.services[0].stop()
        load.wait_for(20)
        office.services[0].start()
    assert_each_is_recorded_once(office, load, before)


def test_one_click_at_three_services_at_once_is_recorded_once(office: Office) -> None:
    before, together = recorded(office), threading.Barrier(SERVICES * 2)
    click = orjson.dumps(a_click([a_row()], request_id=new_id("pay")))

    def press(place: int) -> httpx.Response:
        with office.direct(place % SERVICES, office.tokens[0]) as client:
            together.wait()
            return client.post(PAY, content=click, headers={"content-type": "application/json"})

    with ThreadPoolExecutor(SERVICES * 2) as threads:
        answers = list(threads.map(press, range(SERVICES * 2)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert recorded(office)["drafts"] == before["drafts"] + 1


def test_an_answer_that_was_lost_with_its_service_is_given_by_another(office: Office) -> None:
    """The service is killed after it has recorded, and its answer reaches nobody."""
    before, click = recorded(office), a_click([a_row()], request_id=new_id("pay"))
    with office.direct(2, office.tokens[0]) as client, ThreadPoolExecutor(1) as apart:
        apart.submit(client.post, PAY, json=click)
        while recorded(office)["drafts"] == before["drafts"]:
            time.sleep(0.001)
        office.services[2].kill()
    with office.direct(0, office.tokens[0]) as other:
        again = other.post(PAY, json=click)
    office.services[2].start()
    assert again.json()["level"] == "done"
    assert recorded(office)["drafts"] == before["drafts"] + 1


def test_who_signs_in_at_one_service_is_signed_in_at_all_and_signed_out_of_all(office: Office) -> None:
    with office.direct(0) as first:
        answer = first.post("/session/start", json={"name": "ben3", "password": PASSWORD, "device": "tests"})
        token = answer.json()["token"]
    with ExitStack() as opened:
        clients = [opened.enter_context(office.direct(place, token)) for place in range(SERVICES)]
        assert [one.get("/session").json()["name"] for one in clients] == ["Ben Biller 3"] * SERVICES
        assert clients[1].post("/session/end", json={}).status_code == 200
        assert [one.get("/session").status_code for one in clients] == [401] * SERVICES


def test_wrong_passwords_at_one_service_count_at_the_others(office: Office) -> None:
    def try_at(place: int, password: str) -> str:
        with office.direct(place, of="192.0.2.77") as client:
            typed = {"name": "ben4", "password": password, "device": "tests"}
            return str(client.post("/session/start", json=typed).json().get("code", "signed in"))

    assert [try_at(place, "wrong") for place in (0, 0, 1, 1, 2)] == ["sign-in-refused"] * 5
    assert {try_at(place, PASSWORD) for place in range(SERVICES)} == {"too-many-sign-ins"}
    office.services[0].kill()
    office.services[0].start()
    assert try_at(0, PASSWORD) == "too-many-sign-ins"


def test_a_workbook_that_one_service_made_is_fetched_from_another(office: Office) -> None:
    with office.direct(0, office.tokens[0]) as first:
        made = first.post(PAY, json=a_click([a_row()], request_id=new_id("pay"))).json()["output"]
    found = []
    for place in range(SERVICES):
        with office.direct(place, office.tokens[1]) as client:
            found.append(client.get(made["url"]))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.content for answer in found}) == 1
    assert found[0].content.startswith(b"PK")


def test_a_document_that_one_service_took_is_attached_and_fetched_at_others(office: Office) -> None:
    content = b"%PDF-1.4 invented"
    with office.direct(0, office.tokens[0]) as first:
        sent = {"content-type": "application/octet-stream", "x-document-name": "letter.pdf"}
        digest = first.post("/clinics/lakeside/documents", content=content, headers=sent).json()["digest"]
    with office.direct(1, office.tokens[0]) as second:
        assert second.get(f"/clinics/lakeside/documents/{digest}").content == content


def test_each_service_works_on_big_sheets_in_a_worker_of_its_own(office: Office) -> None:
    rows = [row for _ in range(BIG // 20) for row in visits(*range(1, 21))]
    clicks = [a_click(rows, request_id=new_id("pay")) for _ in range(SERVICES)]
    assert len(orjson.dumps(clicks[0])) > 100_000

    def press(place: int) -> int:
        with office.direct(place, office.tokens[0]) as client:
            return client.post("/ribbon/payroll.check", json=clicks[place]).status_code

    with ThreadPoolExecutor(SERVICES) as threads:
        assert list(threads.map(press, range(SERVICES))) == [200] * SERVICES


def test_a_question_of_one_service_is_answered_at_another(office: Office) -> None:
    exams = an_exam_sheet(typed(Exam_type="unknown"))
    with office.direct(0, office.tokens[0]) as first, office.direct(1, office.tokens[0]) as second:
        asked = first.post("/ribbon/invoices.create", json=a_click(sheets=exams, request_id=new_id("look")))
        agreed = {"apply": offered(asked.json())}
        click = a_click(sheets=exams, inputs=agreed, request_id=new_id("create"))
        done = second.post("/ribbon/invoices.create", json=click).json()
    assert done["figures"]["rows_created"] == 1


def test_a_load_balancer_that_asks_by_itself_hears_whether_a_service_is_ready(office: Office) -> None:
    """It names an address as the host, and no person; the proxy named here asks for nothing else like that."""
    with httpx.Client(verify=False, trust_env=False, timeout=60) as balancer:  # noqa: S501 - as load balancers ask
        for port in office.ports:
            url = f"https://127.0.0.1:{port}"
            assert balancer.get(f"{url}/ready", headers={"host": f"10.0.0.11:{port}"}).json() == {
                "ready": True
            }
            assert balancer.head(f"{url}/ready").status_code == 200
            refused = [
                balancer.get(f"{url}/health"),
                balancer.get(f"{url}/ready", headers={"host": "elsewhere.invalid"}),
                balancer.get(f"{url}/ready", headers={"origin": "https://elsewhere.invalid"}),
                balancer.post(f"{url}/ready"),
            ]
            assert [answer.is_success for answer in refused] == [False] * 4


def test_no_service_has_kept_anything_that_another_one_needs(office: Office) -> None:
    """Each has a ledger folder of its own, as on a computer of its own."""
    with office.direct(0, office.tokens[0]) as client:
        assert client.get(PATH).status_code == 200
    found = {
        path.relative_to(service.ledger).parts[0]
        for service in office.services
        for path in service.ledger.rglob("*")
    }
    assert found <= {"desktop-token"}

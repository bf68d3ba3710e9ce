"""Ten people at one service of the office: signed in, behind nginx with TLS, steps and payroll clicks mixed.

    uv run python -m bench.office [--seconds 600] [--pause 0.5]

Each person works on invoices of one's own, and presses Generate payroll on a month of visits now and then. A person waits
``--pause`` seconds between two clicks. Anything but a success ends the run, and at the end the books are verified. It needs
nginx, which runs with the very file of ``deploy/office``.
"""

import argparse
import http.client
import os
import ssl
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import orjson

from bench.invoices import NUMBERS, sent_invoices
from bench.request import generate_body, save_body
from bench.service import cpu_seconds, running_service
from server.billing.people import LOCAL_PERSON, Role
from server.demo.bulk_logs import bulk_setup, month_of
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.ledger.people.users import UserDetails
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.office_service import NAME, SHOWN_UPSTREAM, certificate_in, nginx

PEOPLE, PAYROLL_EVERY, ROWS = 10, 20, 500
PASSWORD = "seven quiet lanterns drift"  # noqa: S105 - of invented people
NGINX_FILE = Path(__file__).parents[1] / "deploy" / "office" / "nginx.conf"
SETUP = bulk_setup(8)
PATIENCE_SECONDS = 60.0

STEP, PAYROLL = "a step on an invoice", f"Generate payroll, {ROWS} visits"

PASSED_ON = {"Host": NAME, "X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https"}
"""What a proxy passes on of a request, to see that the service has started."""

Times = Mapping[str, list[float]]


@dataclass(frozen=True)
class Office:
    """Where nginx listens, and the certificate that the computers of the office trust."""

    port: int
    certificate: Path

    def connect(self) -> http.client.HTTPSConnection:
        """Return a connection. The name is in the header Host alone, because here no name leads to nginx."""
        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS, context=context)


def main() -> None:
    """Let ten people work, print how long the answers took, and verify the books."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two clicks of a person")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        sent_invoices(path)
        with running_service(path) as service:
            service.press("clinic.save", save_body(SETUP))
        tokens = _sign_people_in(path)
        certificate = certificate_in(Path(folder) / "tls")
        shown = NGINX_FILE.read_text("utf-8")
        with (
            running_service(path, "--name", NAME, "--proxy", "127.0.0.1", headers=PASSED_ON) as service,
            nginx(Path(folder), certificate, {SHOWN_UPSTREAM: service.port}, shown) as public,
        ):
            used, started = cpu_seconds(service.pid), time.perf_counter()
            every = _work(Office(public, certificate), tokens, asked.seconds, asked.pause)
            took, used = time.perf_counter() - started, cpu_seconds(service.pid) - used
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{PEOPLE} people for {took:.0f} s, {used:.0f} s of the service's processor time, load {load}")
        for name, seconds in every.items():
            _report(name, seconds, took)
        _verify(path)


def _sign_people_in(path: Path) -> list[str]:
    """Return the token of each person's session."""
    ledger = Ledger(path)
    people = ledger.people
    admin = UserDetails("Ada Admin", Role.ADMINISTRATOR, None)
    people.users.add(LOCAL_PERSON, "ada", admin, PASSWORD)
    tokens = []
    for place in range(PEOPLE):
        name = f"biller{place}"
        people.users.add(LOCAL_PERSON, name, UserDetails(f"Biller {place}", Role.BILLER, None), PASSWORD)
        typed = Credentials(name, PASSWORD, "127.0.0.1")
        tokens.append(people.sign_ins.sign_in(typed, SessionKind.ADDIN, "bench"))
    ledger.close()
    return tokens


def _work(office: Office, tokens: list[str], seconds: float, pause: float) -> Times:
    """Return the seconds of each answer, by what was asked."""
    end = time.monotonic() + seconds
    every: dict[str, list[float]] = defaultdict(list)
    with ThreadPoolExecutor(PEOPLE) as pool:
        working = [
            pool.submit(_one_person, office, place, token, end, pause) for place, token in enumerate(tokens)
        ]
        for one in working:
            for name, took in one.result():
                every[name].append(took)
    return every


def _one_person(office: Office, place: int, token: str, end: float, pause: float) -> list[tuple[str, float]]:
    line = office.connect()
    headers = {"Host": NAME, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    numbers = NUMBERS[place::PEOPLE]
    columns = month_of(ROWS, 8, place)
    told = []
    turn = place  # so that not everybody presses Generate payroll in the same moment
    while time.monotonic() < end:
        if turn % PAYROLL_EVERY:
            name, path = STEP, f"/clinics/lakeside/invoices/{numbers[turn % len(numbers)]}/steps"
            body = orjson.dumps({"request_id": f"{place} {turn}", "action": "note", "note": "so"})
        else:
            name, path, body = PAYROLL, "/ribbon/payroll.generate", generate_body(columns, SETUP.clinic.id)
        started = time.perf_counter()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        content = answer.read()
        told.append((name, time.perf_counter() - started))
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        turn += 1
        time.sleep(pause)
    line.close()
    return told


def _report(name: str, seconds: list[float], took: float) -> None:
    every = [one * 1e3 for one in seconds]
    cuts = statistics.quantiles(every, n=100)
    print(
        f"  {name:32} {len(every):6,}, {len(every) / took:5.1f} a second: median {cuts[49]:6.1f} ms,"
        f" p99 {cuts[98]:6.1f} ms, worst {max(every):6.1f} ms"
    )


def _verify(path: Path) -> None:
    ledger = Ledger(path)
    for clinic in ledger.clinics():
        found = ledger.verify_clinic(clinic.id)
        if not isinstance(found, Verified):
            raise TypeError(found)
        print(f"  {clinic.id}: verified, {found.entries:,} entries, {found.steps:,} steps")


if __name__ == "__main__":
    main()

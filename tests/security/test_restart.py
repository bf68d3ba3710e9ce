"""A service that is restarted under clicks: each is answered, and recorded exactly once."""

import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from addin.desktop.service import Service
from server.billing.people import Role
from server.cli import commands
from tests.invented import LAKESIDE, a_row
from tests.office_service import (
    NAME,
    PATIENCE_SECONDS,
    SHOWN_UPSTREAM,
    Command,
    certificate_in,
    command,
    free_port,
    lead_here,
    nginx,
)
from tests.people import InventedUser, add_user, opened, token_of
from tests.ribbon.clicks import a_click, a_ledger
from tests.security.test_office_service import CONFIGURATIONS

CLIENTS, RESTARTS = 4, 2
BETWEEN_SECONDS = 0.7
"""How long the clicks go on before, between and after the restarts."""

Office = tuple[Command, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return a ledger with users, and a token of each client."""
    ledger = opened(a_ledger(tmp_path_factory.mktemp("restart") / "ledger", LAKESIDE).folder)
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    billers: list[InventedUser] = [
        add_user(ledger, f"ben{number}", f"Ben Biller {number}", Role.BILLER) for number in range(CLIENTS)
    ]
    tokens = [token_of(ledger, one) for one in billers]
    ledger.close()
    return ledger.folder, tokens


@pytest.fixture
def folder(tmp_path: Path, made: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> Path:
    lead_here(monkeypatch)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_in(tmp_path / "tls")))
    return Path(shutil.copytree(made[0], tmp_path / "ledger"))


@contextmanager
def directly(folder: Path) -> Iterator[Office]:
    port, certificate = free_port(), certificate_in(folder.parent / "tls")
    words = ("--host", "0.0.0.0", "--port", str(port), "--name", NAME, "--tls-cert", str(certificate))  # noqa: S104
    with command(folder, *words) as service:
        yield service, f"https://{NAME}:{port}"


@contextmanager
def behind_nginx(folder: Path) -> Iterator[Office]:
    port, certificate = free_port(), certificate_in(folder.parent / "tls")
    with (
        command(folder, "--port", str(port), "--name", NAME, "--proxy", "127.0.0.1") as service,
        nginx(folder.parent, certificate, {SHOWN_UPSTREAM: port}, CONFIGURATIONS[nginx]) as public,
    ):
        yield service, f"https://{NAME}:{public}"


def recorded(folder: Path) -> Counter[str]:
    with closing(sqlite3.connect(folder / "clinics" / "lakeside.db")) as db:
        return Counter(row[0] for row in db.execute("SELECT id FROM request"))


def drafts(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "clinics" / "lakeside.db")) as db:
        return int(db.execute("SELECT sum(revision) FROM pay_run").fetchone()[0])


@pytest.mark.parametrize("served", [directly, behind_nginx], ids=lambda one: one.__name__)
def test_a_restart_under_clicks_loses_none_and_records_each_once(
    folder: Path, made: tuple[Path, list[str]], served: Callable[[Path], object]
) -> None:
    done: list[str] = []
    failures: list[BaseException] = []
    over, is_back = threading.Event(), threading.Event()
    is_back.set()

    def pause(seconds: float) -> None:
        time.sleep(seconds)
        is_back.wait(PATIENCE_SECONDS)  # on a busy machine, a service takes longer to start than people wait

    def click_on(address: str, token: str) -> None:
        token_file = folder.parent / f"{token[:8]}.token"
        token_file.write_text(token)
        try:
            with Service(address, token_file, sleep=pause) as service:
                while not over.is_set():
                    click = a_click([a_row()])
                    assert service.press("payroll.generate", click)["level"] == "done"
                    done.append(click["request_id"])
        except BaseException as failure:  # noqa: BLE001 - the test shows it
            failures.append(failure)

    with served(folder) as (service, address):  # type: ignore[attr-defined]
        clients = [threading.Thread(target=click_on, args=(address, token)) for token in made[1]]
        for client in clients:
            client.start()
        for _ in range(RESTARTS):
            time.sleep(BETWEEN_SECONDS)
            before = len(done)
            is_back.clear()
            assert service.stop() in {0, -signal.SIGTERM}
            service.start()
            is_back.set()
            while len(done) < before + 2 * CLIENTS and not failures:
                time.sleep(0.05)
        over.set()
        for client in clients:
            client.join()

    assert not failures
    assert recorded(folder) == Counter(done)
    assert drafts(folder) == len(done)
    verified = CliRunner().invoke(commands.app, ["ledger", "verify", "--ledger", str(folder)])
    assert verified.exit_code == 0, verified.stdout
    assert len(done) >= 2 * CLIENTS * RESTARTS

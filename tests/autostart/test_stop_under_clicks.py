"""``service stop`` while people press buttons: what was taken is answered, and only what was answered is recorded."""

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from addin.desktop.service import Service
from addin.desktop.service_refusals import ServiceNotRunning
from server.autostart.ledger_lock import running_service
from server.cli.background_service import stop_service
from tests.invented import LAKESIDE, a_row
from tests.office_service import command, free_port
from tests.ribbon.clicks import a_click, a_ledger

pytestmark = pytest.mark.sqlite("it looks into the file of the books")

CLIENTS = 3


def test_a_service_that_is_stopped_under_clicks_loses_none(tmp_path: Path) -> None:
    folder = a_ledger(tmp_path / "ledger", LAKESIDE).folder
    port, done, failures = free_port(), list[str](), list[BaseException]()

    def click_on() -> None:
        try:
            with Service(f"http://127.0.0.1:{port}", tmp_path / "no token", sleep=lambda _: None) as service:
                while True:
                    click = a_click([a_row()])
                    assert service.press("payroll.generate", click)["level"] == "done"
                    done.append(click["request_id"])
        except ServiceNotRunning:
            return
        except BaseException as failure:  # noqa: BLE001 - the test shows it
            failures.append(failure)

    with command(folder, "--port", str(port), "--http") as service:
        clients = [threading.Thread(target=click_on) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        while len(done) < 2 * CLIENTS and not failures:
            time.sleep(0.05)
        assert stop_service(folder)
        for client in clients:
            client.join()
        assert service.program
        service.program.communicate(timeout=30)
        assert service.program.returncode == 0

    assert not failures
    assert running_service(folder) is None
    with closing(sqlite3.connect(folder / "clinics" / "lakeside.db")) as db:
        assert Counter(row[0] for row in db.execute("SELECT id FROM request")) == Counter(done)

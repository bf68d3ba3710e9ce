"""What every test run has in common."""

import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import psycopg_pool.base
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from server.cli.service import temporary_service
from server.database_address import DatabaseAddress, DatabaseLimits
from server.ledger.backup_folder import is_copy
from server.ledger.engine.database import Databases
from server.ledger.store import databases_of as as_the_program_has_it
from server.object_bucket import ObjectBucket
from server.settings import Settings
from tests.behind import Engine
from tests.browser.browsers import CHROMIUM, FLAGS
from tests.disks import NOT_PERMITTED
from tests.encrypted import encrypt_new_ledgers
from tests.ledger.objects import Objects
from tests.object_servers import S3Server, s3_server, use_store
from tests.postgresql import ADDRESSES_IN_ENVIRONMENT, PostgresqlOfTests, programs_folder, running_server

REFUSE_SKIPS = "CLINIC_LEDGER_REFUSE_SKIPS"
"""Set where everything the tests can use was installed, so that a skip would hide a failure. What nobody can install, such
as the permission to mount a disk, may still be missing."""

NO_POSTGRESQL = (
    "no PostgreSQL: initdb is not there (apt-get install postgresql, or uv sync --group postgresql-server)"
)
LEFT_OUT = pytest.StashKey[int]()
"""How many tests of what only SQLite has a run over PostgreSQL leaves out."""

settings.register_profile(
    "ci", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


# Threads of a pool go on for a second after their test, and draw when to connect again. Hypothesis watches the shared generator,
# and would blame the test that runs by then.
psycopg_pool.base.random = Random().random  # type: ignore[attr-defined] # noqa: S311 - no secret


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_refused = os.environ.get(REFUSE_SKIPS) and NOT_PERMITTED not in str(report.longrepr)
    if report.skipped and is_refused and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Serve over plain HTTP and from the ledger folder, whatever certificates and stores whoever runs the tests may have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLINIC_LEDGER_CERTIFICATES", str(tmp_path_factory.mktemp("no-certificates")))
        patch.delenv("CLINIC_LEDGER_OBJECTS", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _encryption(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the keys of the run in a folder of its own. Encrypt every new ledger, or none: no test is of both by chance."""
    is_encrypted = bool(request.config.getoption("--encrypted"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLINIC_LEDGER_KEYS", str(tmp_path_factory.mktemp("keys")))
        patch.setenv("CLINIC_LEDGER_ENCRYPTION", "on" if is_encrypted else "off")
        if is_encrypted:
            encrypt_new_ledgers(patch)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the database engine that the ledgers of its tests are kept on."""
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--encrypted", action="store_true", help="Encrypt the files of the tests' ledgers.")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlOfTests]:
    """Return a PostgreSQL server for the test run."""
    programs = programs_folder()
    if programs is None:
        pytest.skip(NO_POSTGRESQL)
    with running_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def is_postgresql(request: pytest.FixtureRequest) -> bool:
    """Return whether the ledgers of this run are kept on PostgreSQL."""
    return bool(request.config.getoption("--engine") == "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """End a run over PostgreSQL at once, and say so, where there is no PostgreSQL."""
    if config.getoption("--encrypted") and config.getoption("--engine") == "postgresql":
        message = "--encrypted is about the files of SQLite: PostgreSQL encrypts its own, or its disk does"
        raise pytest.UsageError(message)
    if config.getoption("--engine") == "postgresql" and programs_folder() is None:
        code = pytest.ExitCode.TESTS_FAILED if os.environ.get(REFUSE_SKIPS) else pytest.ExitCode.OK
        pytest.exit(f"No test ran over PostgreSQL. {NO_POSTGRESQL}", returncode=code)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of what only SQLite has out of a run over PostgreSQL, and those of plain files out of an encrypted one."""
    if config.getoption("--encrypted"):
        marker = "plain"
    elif config.getoption("--engine") == "postgresql":
        marker = "sqlite"
    else:
        return
    left_out = [item for item in items if item.get_closest_marker(marker)]
    items[:] = [item for item in items if not item.get_closest_marker(marker)]
    config.stash[LEFT_OUT] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left out"] = len(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist does not export its type
    """Keep what one of several test programs left out. All of them collect the same tests."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests a run over PostgreSQL left out."""
    if config.getoption("--engine") == "postgresql":
        count = config.stash.get(LEFT_OUT, 0)
        terminalreporter.write_line(f"{count} tests of what only SQLite has were left out (marker sqlite).")
    if config.getoption("--encrypted"):
        count = config.stash.get(LEFT_OUT, 0)
        terminalreporter.write_line(
            f"{count} tests of what only plain files have were left out (marker plain)."
        )


@pytest.fixture(scope="session", autouse=True)
def _engine(request: pytest.FixtureRequest, *, is_postgresql: bool) -> Iterator[PostgresqlOfTests | None]:
    """Keep the ledgers of the run on PostgreSQL if it asks for it, each folder in a database of its own.

    A copy is a ledger of files on either engine.
    """
    if not is_postgresql:
        yield None
        return
    server: PostgresqlOfTests = request.getfixturevalue("postgresql")

    def databases_of(folder: Path, database: DatabaseAddress | None) -> Databases:
        if is_copy(folder):
            return as_the_program_has_it(folder, None)
        server.name_for_programs(folder)
        limits = database.limits if database else DatabaseLimits()
        return as_the_program_has_it(folder, replace(server.address_of(folder), limits=limits))

    with pytest.MonkeyPatch.context() as patch:
        for variable in ADDRESSES_IN_ENVIRONMENT:
            patch.setenv(variable, "")
            del os.environ[variable]
        patch.setattr("server.ledger.store.databases_of", databases_of)
        patch.setattr(Engine, "open", server.open)
        patch.setattr(Engine, "copy", server.copy)
        patch.setattr(Engine, "variables", server.variables_of)
        yield server


@pytest.fixture(autouse=True)
def _databases_of_test(_engine: PostgresqlOfTests | None) -> Iterator[None]:
    """Empty the databases of a test after it. Those of a module or of the whole run are kept."""
    if _engine is None:
        yield
        return
    _engine.keep_databases()
    yield
    _engine.empty_databases()


@pytest.fixture(scope="session")
def store_of_objects() -> Iterator[S3Server]:
    """Return the one S3-compatible store of a test run: each test has a bucket of its own."""
    with s3_server() as store:
        yield store


@pytest.fixture
def s3(store_of_objects: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Return the store, which the program finds by its variables."""
    use_store(monkeypatch, store_of_objects.url)
    return store_of_objects


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> ObjectBucket | None:
    """Return where the documents and finished files of the test's ledger are: ``None`` for the ledger folder.

    A test that is about both kinds of places is marked with ``IN_FOLDER_AND_BUCKET``.
    """
    if getattr(request, "param", "folder") == "folder":
        return None
    s3: S3Server = request.getfixturevalue("s3")
    return s3.new_bucket()


@pytest.fixture
def objects(folder: Path, bucket: ObjectBucket | None, request: pytest.FixtureRequest) -> Objects:
    """Return the documents and finished files of the test's ledger, behind the ledger's back."""
    return Objects(folder, bucket, request.getfixturevalue("s3") if bucket else None)


@pytest.fixture
def ledger_folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.fixture
def service_url(ledger_folder: Path) -> Iterator[str]:
    with temporary_service(Settings(path=ledger_folder, workers=0)) as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Return the one Playwright of a test run: a second one in the same process refuses to start."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there (apt-get install chromium)")
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return the browser that tests open their pages in."""
    with playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as chromium:
        yield chromium

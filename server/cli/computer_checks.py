"""What ``clinicledger doctor`` sees of a computer: whether the service answers, and whether Excel finds the add-in."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import addin
import manifest
import server
import simulator
import workbook_templates
from addin.desktop import credentials, sign_in
from addin.desktop.install_plan import MACOS, WINDOWS, Computer, PutFile, install_steps, start_folder
from addin.desktop.install_settings import Settings as AddInSettings
from addin.desktop.install_settings import settings_file
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import (
    CHANGE_PORT,
    URL_VARIABLE,
    NotOurService,
    Refused,
    ServiceNotTrusted,
)
from server.autostart.ledger_lock import RunningService
from server.autostart.setup_record import SetupRecord
from server.certificates import Certificates
from server.cli import trust
from server.doctor.remarks import Level, Remark, good_remark
from server.doctor.service_checks import shown_path
from server.errors import BillingError

SERVICE, LOG_ON, TOKEN, TRUST, ADD_IN, EXCEL, PYTHON = (
    "Service",
    "Log-on",
    "Token",
    "Trust",
    "Add-in",
    "Excel",
    "Python",
)
INSTALL = "Run: clinicledger addin install. Then start Excel again."
PATIENCE_SECONDS = 20.0
"""How long a service may take to answer what takes it a moment."""

PACKAGES = (addin, manifest, server, simulator, workbook_templates)


def check_python() -> Remark:
    """Return whether all packages of the program are those of one installation."""
    places = {str(Path(package.__path__[0]).parent) for package in PACKAGES}
    if len(places) == 1:
        return good_remark(PYTHON, f"{shown_path(Path(sys.executable))} runs the program.")
    return Remark(
        PYTHON,
        Level.BAD,
        f"The program comes from several places: {', '.join(sorted(places))}.",
        "Remove the variable PYTHONPATH, then install Clinic Ledger again.",
    )


def check_service(client: Service, running: RunningService | None) -> Iterator[Remark]:
    """Yield whether the service answers, and whether it accepts the token of the desktop add-in.

    ``running`` is the service that has the books of this computer's ledger, if there is one.
    """
    try:
        client.check()
    except Refusal as refusal:
        yield _why_no_answer(client, running, refusal)
        return
    yield good_remark(SERVICE, f"It answers at {client.url}.")
    try:
        client.session()
    except Refused as refusal:
        level = Level.ATTENTION if refusal.code in sign_in.NEEDED else Level.BAD
        yield _of_refusal(TOKEN, refusal, level)
    except Refusal as refusal:
        yield _of_refusal(TOKEN, refusal)
    else:
        yield good_remark(TOKEN, "The service accepts what the desktop add-in sends.")


def check_log_on(*, starts_at_log_on: bool) -> Remark:
    """Return whether the service that setup made starts when the user logs on."""
    if starts_at_log_on:
        return good_remark(LOG_ON, "The service starts when you log on.")
    return Remark(
        LOG_ON,
        Level.ATTENTION,
        "The service does not start when you log on. Excel starts it with the first click.",
        "Run clinicledger setup again.",
    )


def check_trust(certificates: Certificates, home: Path) -> Iterator[Remark]:
    """Yield whether the user's programs trust the certificate of this computer, if it has one."""
    if not certificates.exist():
        return
    try:
        why = trust.take_step(trust.look_up_step(trust.system_name(), certificates, home))
    except BillingError as refusal:
        yield Remark(TRUST, Level.BAD, str(refusal), refusal.remedy)
        return
    if why is None:
        yield good_remark(TRUST, "The user's programs trust the certificate of this computer.")
        return
    yield Remark(
        TRUST,
        Level.ATTENTION,
        "The user's programs do not trust the certificate of this computer, so Excel shows no task pane.",
        "Run: clinicledger addin certificate --trust. The desktop add-in works without it.",
    )


def check_add_in(computer: Computer) -> Iterator[Remark]:
    """Yield whether Excel finds the desktop add-in, as this program would install it."""
    if computer.system not in {WINDOWS, MACOS}:
        yield good_remark(EXCEL, "There is no Excel for this system. Press buttons with: clinicledger press.")
        return
    if not start_folder(computer).is_dir():
        yield Remark(
            EXCEL,
            Level.ATTENTION,
            f"Excel's start folder is not there: {start_folder(computer)}.",
            "Start Excel once and close it. If there is none on this computer, nothing is wrong.",
        )
    try:
        plan = install_steps(computer, AddInSettings.of(computer.home))
        files = [step for step in plan if isinstance(step, PutFile)]
        missing = [step.what for step in files if not step.path.exists()]
        other = [step.what for step in files if step.path.exists() and step.path.read_bytes() != step.content]
    except Refusal as refusal:
        yield _of_refusal(ADD_IN, refusal)
        return
    except OSError as problem:
        yield Remark(ADD_IN, Level.BAD, f"Its files cannot be read: {problem.strerror}.", INSTALL)
        return
    if len(missing) == len(files):
        yield Remark(ADD_IN, Level.ATTENTION, "The desktop add-in is not installed.", INSTALL)
    elif missing:
        yield Remark(ADD_IN, Level.BAD, f"Missing: {'; '.join(missing)}.", INSTALL)
    elif other:
        yield Remark(
            ADD_IN,
            Level.BAD,
            f"Made by another version, or by another installation: {'; '.join(other)}.",
            INSTALL,
        )
    else:
        yield good_remark(ADD_IN, "Excel finds the desktop add-in of this version.")


def address_of(
    computer: Computer, url: str | None, running: RunningService | None, record: SetupRecord
) -> Service:
    """Return a client of the service that the add-in of this computer uses. Raises Refusal.

    Where no add-in is installed, it is the service that has the books of the ledger, or the one that setup made.
    """
    settings = AddInSettings.of(computer.home)
    asked = url or os.environ.get(URL_VARIABLE) or settings.url
    if asked is None and not settings_file(computer.home).exists():
        if running:
            asked = running.url or None
        elif record.command:
            asked = credentials.usual_url(record.command.port)
    return Service(asked, settings.token_file, answer_seconds=PATIENCE_SECONDS)


def is_here(client: Service) -> bool:
    """Return whether the service is one of this computer."""
    return credentials.is_of_this_computer(client.url)


def _why_no_answer(client: Service, running: RunningService | None, refusal: Refusal) -> Remark:
    """Return why Clinic Ledger does not answer, with what is known of the service that has the books."""
    if not is_here(client):
        return _of_refusal(SERVICE, refusal)
    if running and running.url and running.url != client.url:
        return Remark(
            SERVICE,
            Level.BAD,
            f"Excel asks at {client.url}, and the service of this ledger is at {running.url}.",
            "Run clinicledger setup again, which brings both together.",
        )
    if running is None and isinstance(refusal, (NotOurService, ServiceNotTrusted)):
        return Remark(
            SERVICE,
            Level.BAD,
            f"It does not run, and another program answers at {client.url}.",
            f"Close that program, then run: clinicledger service start. If you need it: {CHANGE_PORT}",
        )
    return _of_refusal(SERVICE, refusal)


def _of_refusal(part: str, refusal: Refusal, level: Level = Level.BAD) -> Remark:
    return Remark(part, level, str(refusal), refusal.remedy)

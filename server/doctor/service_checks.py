"""What a service can see of its own installation: program, ledger, disk, certificate, clock."""

import platform
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from server.backups.backup_state import BackupState, recorded_state
from server.certificates import Certificates
from server.doctor.remarks import Level, Remark, good_remark, refusal_remark, without_names
from server.encryption.folder_encryption import CLINICS, FolderEncryption
from server.errors import BillingError, count_of
from server.installation import program_version
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow
from server.settings import Settings

GIGABYTE = 1024**3
FULL_BYTES = GIGABYTE // 5
"""With less than this, a month of clicks may not fit."""
SCARCE_BYTES = 2 * GIGABYTE
ENDS_SOON = timedelta(days=14)
"""A running service renews its certificate a month before the end. So a certificate that ends sooner was not renewed."""

PROGRAM, LEDGER, BOOKS, BACKUPS, DISK, CERTIFICATE, CLOCK = (
    "Program",
    "Ledger",
    "Books",
    "Backups",
    "Disk",
    "Certificate",
    "Clock",
)


def check_program() -> Remark:
    """Return the versions that support asks for first."""
    system = f"{platform.system()} {platform.release()}"
    return good_remark(
        PROGRAM, f"Clinic Ledger {program_version()}, Python {platform.python_version()}, {system}"
    )


def check_installation(ledger: Ledger, settings: Settings) -> Iterator[Remark]:
    """Yield the remarks that cost a moment, whatever the size of the books."""
    names = _names_of_clinics(ledger)
    for remark in (
        check_program(),
        _check_ledger(ledger, settings),
        *check_surroundings(settings, ledger.now()),
        _check_clock(ledger),
    ):
        yield without_names(remark, names)


def check_surroundings(settings: Settings, now: datetime) -> Iterator[Remark]:
    """Yield what can be said although the ledger does not open: its disk, its backups, the certificate."""
    yield check_disk(settings.path)
    yield _check_backups(settings, now)
    yield from _check_certificate(settings, now)


def check_books(ledger: Ledger) -> Remark:
    """Verify the books of all clinics, which takes time: about a second for 10,000 invoices."""
    try:
        wrong = sum(isinstance(ledger.verify_clinic(one.id), FirstBadRow) for one in ledger.clinics())
        firm = ledger.verify_firm()
    except BillingError as refusal:
        return refusal_remark(BOOKS, refusal)
    if isinstance(firm, FirstBadRow):
        return Remark(
            BOOKS,
            Level.BAD,
            "The file of the firm is not as it was written.",
            "Run: clinicledger ledger verify",
        )
    if wrong:
        return Remark(
            BOOKS,
            Level.BAD,
            f"The books of {count_of(wrong, 'clinic')} are not as they were written.",
            "Run clinicledger ledger verify, which names the first wrong row, and do not work on before you know why.",
        )
    return good_remark(
        BOOKS, f"The books of {count_of(len(ledger.clinics()), 'clinic')} are as they were written."
    )


def check_disk(folder: Path) -> Remark:
    """Return how much room there is where the ledger is."""
    free = shutil.disk_usage(_nearest(folder)).free
    says = f"{free / GIGABYTE:,.1f} GB are free where the ledger is."
    if free < FULL_BYTES:
        return Remark(DISK, Level.BAD, says, "Make room on this disk now: soon nothing can be recorded.")
    if free < SCARCE_BYTES:
        return Remark(DISK, Level.ATTENTION, says, "Make room on this disk.")
    return good_remark(DISK, says)


def check_unlisted_books(folder: Path) -> Remark | None:
    """Return that a folder whose list of clinics has none has books of clinics, ``None`` if it has none either.

    Then firm.db was lost, and somebody put another one in its place.
    """
    books = list((folder / CLINICS).glob("*.db"))
    if not books:
        return None
    return Remark(
        LEDGER,
        Level.BAD,
        f"There are books of {count_of(len(books), 'clinic')}, and the list of clinics, firm.db, has none.",
        "Do not work on. Ask the person who looks after Clinic Ledger to bring firm.db back from the last good backup "
        "(docs/backups.md in the folder of the release).",
    )


def shown_path(folder: Path) -> str:
    """Return a path without the name of the user, which is in that of the home folder."""
    home = Path.home()
    return (
        str(Path("~") / folder.absolute().relative_to(home)) if folder.is_relative_to(home) else str(folder)
    )


def _nearest(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


def _check_ledger(ledger: Ledger, settings: Settings) -> Remark:
    try:
        listed = [one.id for one in ledger.clinics()]
        if not (listed or settings.database) and (unlisted := check_unlisted_books(settings.path)):
            return unlisted
        clinics = count_of(len(listed), "clinic")
        ledger.check_objects()
        if ledger.is_read_only():
            return Remark(
                LEDGER,
                Level.BAD,
                f"It has {clinics} and can only be read.",
                "Let the user who runs the service write to the ledger folder.",
            )
        encryption = FolderEncryption(settings.path)
        unfinished = encryption.unfinished_change()
        files = "are encrypted" if encryption.note() else "are as safe as its disk"
    except BillingError as refusal:
        return refusal_remark(LEDGER, refusal)
    where = "in PostgreSQL" if settings.database else f"in {shown_path(settings.path)}"
    says = f"It is {where}, and has {clinics}."
    if unfinished:
        return Remark(
            LEDGER, Level.ATTENTION, f"{says} Not all of its files are encrypted alike.", unfinished
        )
    return good_remark(LEDGER, f"{says} Its files {files}.")


def _check_backups(settings: Settings, now: datetime) -> Remark:
    """Return how the backups stood when the service last looked: their disk may be a share that does not answer."""
    if settings.backups is None:
        return Remark(
            BACKUPS,
            Level.ATTENTION,
            "The service makes no backups.",
            "On a biller's computer: clinicledger setup. An office sets CLINIC_LEDGER_BACKUPS for the service. "
            "If another program makes them, nothing is wrong.",
        )
    folder = settings.backups.absolute()
    state = recorded_state(settings.path, folder) or BackupState(folder)
    says = (
        f"The last good one is of {_moment(state.last_good)}."
        if state.last_good
        else "There is no good one yet."
    )
    if not state.is_late(now):
        return good_remark(BACKUPS, says)
    why = f" The last try failed: {state.problem}" if state.problem else ""
    return Remark(
        BACKUPS,
        Level.BAD,
        f"{says}{why}",
        f"See that the disk of {shown_path(folder)} is connected and has room. The service tries again within an hour, or at once with: "
        "clinicledger ledger backup --keep FOLDER.",
    )


def _names_of_clinics(ledger: Ledger) -> list[str]:
    try:
        return [name for one in ledger.clinics() for name in (one.id, one.name)]
    except BillingError:
        return []


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _check_certificate(settings: Settings, now: datetime) -> Iterator[Remark]:
    own = Certificates(settings.certificates)
    if not own.exist():
        return
    try:
        ends = own.ends()
    except BillingError as refusal:
        yield refusal_remark(CERTIFICATE, refusal)
        return
    says = f"The certificate of this computer ends on {ends:%B} {ends.day}, {ends.year}."
    if ends - now > ENDS_SOON:
        yield good_remark(CERTIFICATE, says)
        return
    level = Level.ATTENTION if ends > now else Level.BAD
    yield Remark(CERTIFICATE, level, says, "Start the service again, which renews it.")


def _check_clock(ledger: Ledger) -> Remark:
    try:
        latest = ledger.access.recorded_ahead()
    except BillingError as refusal:
        return refusal_remark(CLOCK, refusal)
    if not latest:
        return good_remark(CLOCK, f"It is {_moment(ledger.now())} here.")
    return Remark(
        CLOCK,
        Level.BAD,
        f"The clock was set back: something was recorded at {_moment(datetime.fromisoformat(latest))}.",
        "Set the clock right. Ages and due dates are counted from it.",
    )

"""The steps of ``clinicledger setup``: everything on a biller's computer, each noted before it is made."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from addin.desktop.install import install as put_in_place
from addin.desktop.install_plan import Computer, NoExcel, PutFile, install_steps
from addin.desktop.install_plan import Step as FileStep
from server.autostart.ledger_lock import running_service
from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for, ledger_of_entry
from server.autostart.service_command import MACOS, WINDOWS, ServiceCommand
from server.autostart.setup_record import SetupRecord, read_record
from server.backups.backup_run import make_backups_folder, missing_folder, refuse_ledger_folder
from server.certificates import Certificates
from server.cli import trust
from server.cli.background_service import is_known, start_service, stop_service
from server.cli.certificate_command import take_steps
from server.cli.install_commands import addin_settings, manifest_for
from server.cli.new_ledgers import begin_encryption
from server.cli.setup_outcomes import AGAIN, Outcome, State, outcome_of
from server.cli.system_commands import first_failure, why_failed
from server.demo.sample_workbook import sample_workbook
from server.errors import OtherLedgerSetUp
from server.installation import program_version
from server.ledger.clock import utc_now
from server.ledger.engine.sqlite.folder import FIRM_FILE
from server.ledger.store import Ledger
from server.private_files import make_private_folder, write_private_file
from server.settings import Settings

USUAL_PORT = 8765
VARIABLES = "CLINIC_LEDGER_"
VARIABLES_OF_COMMAND = {f"{VARIABLES}{name}" for name in ("PATH", "PORT", "BACKUPS")}
SAMPLE_NAME = "Clinic Ledger Sample.xlsx"


@dataclass(slots=True)
class Setup:
    """Setup of one ledger on this computer, for the user who runs it."""

    settings: Settings
    command: ServiceCommand
    computer: Computer
    user: LogonUser
    documents: Path
    with_office: bool = False
    opens_sample: bool = True
    is_dry_run: bool = False
    code: str | None = None
    """The code for the task pane, once it is made."""

    folder: Path = field(init=False)
    record: SetupRecord = field(init=False)

    def __post_init__(self) -> None:
        """Read what an earlier setup made."""
        self.folder = self.settings.path.absolute()
        self.record = read_record(self.folder)

    @property
    def sample(self) -> Path:
        """Return where the sample workbook is."""
        return self.documents / SAMPLE_NAME

    def run(self) -> Iterator[Outcome]:
        """Do the steps, and yield what each came to. Without a ledger folder there is nothing to set up.

        Raises OtherLedgerSetUp before anything is made.
        """
        entry = entry_for(sys.platform, self.command, self.user)
        self._check_other_ledger(entry)
        ledger = self._do("ledger", f"the ledger folder {self.folder}", self._make_ledger)
        yield ledger
        if ledger.state is State.FAILED:
            return
        yield self._do("certificate", "a certificate for this computer", self._make_certificate)
        yield self._do("trust", "the trust of your programs in that certificate", self._trust)
        yield self._do("add-in", "the add-in in Excel's start folder", self._install_addin)
        yield self._do(
            "log-on", f"the start at log-on: {entry.what}", lambda step: self._make_entry(step, entry)
        )
        if self.command.backups:
            what = f"a copy of the books every night, in {self.command.backups}"
            yield self._do("backups", what, self._make_backups_folder)
        yield self._do("service", f"the service, without a window, at port {self.command.port}", self._start)
        yield self._do("pairing", "a code for the task pane", self._make_code)
        yield self._do("sample", f"the sample workbook {self.sample}", self._make_sample)

    def _check_other_ledger(self, entry: LogonEntry) -> None:
        """Raise OtherLedgerSetUp if another ledger starts at log-on. One whose folder is gone has nobody who could undo it."""
        other = ledger_of_entry(sys.platform, _content_of(entry.path))
        if other and Path(other) != self.folder and Path(other).exists():
            raise OtherLedgerSetUp(other)

    def _do(self, name: str, what: str, work: Callable[[Outcome], Outcome]) -> Outcome:
        return outcome_of(Outcome(name, what, State.DONE), work)

    def _note(self, record: SetupRecord) -> None:
        """Write down what is made next, or was made."""
        if record != self.record:
            record.save(self.folder)
            self.record = record

    def _made_unless_dry(self, step: Outcome, work: Callable[[], object]) -> Outcome:
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        work()
        return step

    def _open_ledger(self) -> Ledger:
        return Ledger(self.settings.path, storage=self.settings.storage)

    def _make_ledger(self, step: Outcome) -> Outcome:
        if (self.folder / FIRM_FILE).exists():
            return replace(step, state=State.THERE)
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        about_encryption = begin_encryption(self.settings)
        self._open_ledger()
        return replace(step, remedy=about_encryption)

    def _make_certificate(self, step: Outcome) -> Outcome:
        certificates = Certificates(self.settings.certificates)
        if certificates.exist():
            return replace(step, state=State.THERE)

        def make() -> None:
            noted = replace(self.record, certificate=True, authority="", trusted="")
            self._note(noted.with_folders_of(certificates.authority))
            certificates.make(utc_now())
            self._note(replace(self.record, authority=certificates.fingerprint()))

        return self._made_unless_dry(step, make)

    def _trust(self, step: Outcome) -> Outcome:
        """Have the system trust the certificate of setup. One that was there before was trusted, or not, by its user."""
        certificates = Certificates(self.settings.certificates)
        if self.is_dry_run and not certificates.exist():
            return replace(step, state=State.PLANNED)
        fingerprint = certificates.fingerprint()
        is_of_setup = self.record.certificate and self.record.authority in {"", fingerprint}
        if not is_of_setup or self.record.trusted == fingerprint:
            return replace(step, state=State.THERE)
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        certificates.make(utc_now())  # the rest of one that was interrupted
        self._note(replace(self.record, authority=certificates.fingerprint()))
        steps = trust.trust_steps(trust.system_name(), certificates, Path.home())
        failed = next((one for one in take_steps(steps, take=True) if one["failed"]), None)
        if failed:
            remedy = f"The task pane needs it, the desktop add-in does not. Run it later with: clinicledger addin certificate --trust. {AGAIN}"
            return replace(step, state=State.FAILED, why=failed["failed"], remedy=remedy)
        self._note(replace(self.record, trusted=certificates.fingerprint()))
        return step

    def _install_addin(self, step: Outcome) -> Outcome:
        try:
            plan = self._addin_plan()
        except NoExcel:
            return replace(step, state=State.LEFT_OUT, why="Excel runs on Windows and macOS.")
        if all(isinstance(one, PutFile) and _content_of(one.path) == one.content for one in plan):
            return replace(step, state=State.THERE)

        def install() -> None:
            record_of_install = self.computer.own_folder / "installed.json"
            noted = replace(self.record, add_in=self.record.add_in or not record_of_install.exists())
            for path in (record_of_install, *(one.path for one in plan if isinstance(one, PutFile))):
                noted = noted.with_folders_of(path)
            self._note(noted)
            list(put_in_place(self.computer, plan))

        done = self._made_unless_dry(step, install)
        return replace(
            done,
            remedy="" if self.is_dry_run else "Start Excel again: the tab Clinic Ledger is in the ribbon.",
        )

    def _addin_plan(self) -> list[FileStep]:
        scheme = (
            "https://localhost" if Certificates(self.settings.certificates).exist() else "http://127.0.0.1"
        )
        address = None if self.command.port == USUAL_PORT else f"{scheme}:{self.command.port}"
        told = addin_settings(self.settings, address, self.command)
        office = manifest_for(f"https://localhost:{self.command.port}") if self.with_office else None
        return install_steps(self.computer, told, office)

    def _make_entry(self, step: Outcome, entry: LogonEntry) -> Outcome:
        before = _content_of(entry.path)
        is_same = before == entry.content
        if before and ledger_of_entry(sys.platform, before) is None and self.record.command is None:
            return replace(
                step,
                state=State.FAILED,
                why=f"There is another file {entry.path}, which clinicledger setup did not write.",
                remedy=f"Move it elsewhere. {AGAIN}",
            )
        if is_same and self.record.is_registered and self.record.command == self.command and is_known(entry):
            return replace(step, state=State.THERE)
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        digests = dict.fromkeys((*self.record.entry_digests, sha256(entry.content).hexdigest()))
        noted = replace(
            self.record, command=self.command, entry_digests=tuple(digests), is_registered=False
        ).with_folders_of(entry.path)
        self._note(noted.with_folders_of(entry.link) if entry.link else noted)
        if before and not is_same:
            for command in entry.unregister:
                why_failed(command)  # else the system would go on with the entry of before
        write_private_file(entry.path, entry.content)
        if why := first_failure(entry.register):
            remedy = f"Until then, start the service with clinicledger service start; a click in Excel starts it, too. {AGAIN}"
            return replace(step, state=State.FAILED, why=why, remedy=remedy)
        self._note(
            replace(self.record, is_registered=True, entry_digests=(sha256(entry.content).hexdigest(),))
        )
        return replace(step, remedy=_unseen_variables())

    def _make_backups_folder(self, step: Outcome) -> Outcome:
        """Make the folder of the copies: the service makes none, because a folder that is gone may be a disk that is not connected."""
        copies = Path(self.command.backups)
        refuse_ledger_folder(self.folder, copies)
        if copies.is_dir() and self.record.started and self.record.started.backups == self.command.backups:
            return replace(step, state=State.THERE)
        if not copies.parent.exists() and not copies.is_relative_to(self.documents):
            raise missing_folder(copies.parent)

        def make() -> None:
            self._note(self.record.with_folders_of(copies / FIRM_FILE))
            make_backups_folder(copies)

        return self._made_unless_dry(step, make)

    def _start(self, step: Outcome) -> Outcome:
        """Start the service, and one that runs in another way than setup starts it once more."""
        running = running_service(self.folder)
        is_secure = running is not None and running.url.startswith("https://")
        is_right = (
            self.record.started == self.command
            and is_secure == Certificates(self.settings.certificates).exist()
        )
        if running and is_right and running.version == program_version():
            start_service(self.folder, self.command)  # waits until it answers
            return replace(step, state=State.THERE)

        def start() -> None:
            stop_service(self.folder)
            self._note(replace(self.record, started=self.command))
            start_service(self.folder, self.command)

        return self._made_unless_dry(step, start)

    def _make_code(self, step: Outcome) -> Outcome:
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        ledger = self._open_ledger()
        ledger.tokens.ensure_desktop()
        if ledger.people.users.has_users():
            return replace(
                step, state=State.LEFT_OUT, why="People sign in to this ledger, in the task pane too."
            )
        self.code = ledger.pairing_codes.make("")
        return step

    def _make_sample(self, step: Outcome) -> Outcome:
        if not self.sample.exists():

            def write() -> None:
                content = sample_workbook()
                digest = sha256(content).hexdigest()
                noted = replace(self.record, sample=str(self.sample), sample_digest=digest)
                self._note(noted.with_folders_of(self.sample))
                make_private_folder(self.sample.parent)
                write_private_file(self.sample, content)

            step = self._made_unless_dry(step, write)
        else:
            step = replace(step, state=State.THERE)
        if self.opens_sample and not self.is_dry_run and (why := _why_not_opened(self.sample)):
            return replace(step, remedy=f"Open it in Excel yourself ({why}).")
        return step


def _unseen_variables() -> str:
    """Return a remark about the settings of this terminal that a service at log-on does not have, "" if there are none."""
    unseen = sorted(
        name for name in os.environ if name.startswith(VARIABLES) and name not in VARIABLES_OF_COMMAND
    )
    if sys.platform == WINDOWS or not unseen:  # Windows keeps the variables of a user for all programs
        return ""
    return f"The service at log-on does not know the variables of this terminal: {', '.join(unseen)}. Set them for the whole session."


def _content_of(path: Path) -> bytes:
    """Return what is in a file, nothing if it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _why_not_opened(workbook: Path) -> str | None:
    """Open a workbook in Excel; return why it was not, ``None`` if it was."""
    if sys.platform == "win32":
        try:
            os.startfile(workbook)  # noqa: S606 - Windows knows which program opens it
        except OSError as problem:
            return problem.strerror or str(problem)
        return None
    if sys.platform == MACOS:
        return why_failed(("open", "-a", "Microsoft Excel", str(workbook)))
    return "there is no Excel for this system"

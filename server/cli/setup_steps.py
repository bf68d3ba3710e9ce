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
from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for
from server.autostart.service_command import MACOS, WINDOWS, ServiceCommand
from server.autostart.setup_record import SetupRecord, read_record
from server.certificates import Certificates
from server.cli import trust
from server.cli.background_service import start_service, stop_service
from server.cli.certificate_command import take_steps
from server.cli.install_commands import addin_settings, manifest_for
from server.cli.setup_outcomes import AGAIN, Outcome, State, outcome_of
from server.cli.system_commands import first_failure, why_failed
from server.demo.sample_workbook import sample_workbook
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
        """Do the steps, and yield what each came to. Without a ledger folder there is nothing to set up."""
        ledger = self._do("ledger", f"the ledger folder {self.folder}", self._make_ledger)
        yield ledger
        if ledger.state is State.FAILED:
            return
        yield self._do("certificate", "a certificate for this computer", self._make_certificate)
        yield self._do("trust", "the trust of this user's programs in it", self._trust)
        yield self._do("add-in", "the add-in in Excel's start folder", self._install_addin)
        entry = entry_for(sys.platform, self.command, self.user)
        yield self._do(
            "log-on", f"the start at log-on: {entry.what}", lambda step: self._make_entry(step, entry)
        )
        if self.command.backups:
            what = f"a copy of the books every night, made by the service in {self.command.backups}"
            yield self._do("backups", what, self._note_backups)
        yield self._do("service", f"the service, without a window, at port {self.command.port}", self._start)
        yield self._do("pairing", "a code for the task pane", self._make_code)
        yield self._do("sample", f"the sample workbook {self.sample}", self._make_sample)

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
        return self._made_unless_dry(step, self._open_ledger)

    def _make_certificate(self, step: Outcome) -> Outcome:
        certificates = Certificates(self.settings.certificates)
        if certificates.exist():
            return replace(step, state=State.THERE)

        def make() -> None:
            noted = replace(self.record, certificate=True, trusted="")
            self._note(noted.with_folders_of(certificates.authority))
            certificates.make(utc_now())

        return self._made_unless_dry(step, make)

    def _trust(self, step: Outcome) -> Outcome:
        """Have the system trust the certificate of setup. One that was there before was trusted, or not, by its user."""
        certificates = Certificates(self.settings.certificates)
        if self.is_dry_run and not certificates.exist():
            return replace(step, state=State.PLANNED)
        if not self.record.certificate or self.record.trusted == certificates.fingerprint():
            return replace(step, state=State.THERE)
        if self.is_dry_run:
            return replace(step, state=State.PLANNED)
        certificates.make(utc_now())  # the rest of one that was interrupted
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
        if all(isinstance(one, PutFile) and _holds(one.path, one.content) for one in plan):
            return replace(step, state=State.THERE)

        def install() -> None:
            was_there = (self.computer.own_folder / "installed.json").exists()
            self._note(replace(self.record, add_in=self.record.add_in or not was_there))
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
        is_same = _holds(entry.path, entry.content)
        if entry.path.exists() and not is_same and self.record.command is None:
            return replace(
                step,
                state=State.FAILED,
                why=f"{entry.path} starts another ledger when you log on.",
                remedy="Take that away first, with clinicledger setup --undo --ledger and the folder of that ledger.",
            )
        if is_same and self.record.is_registered and self.record.command == self.command:
            return replace(step, state=State.THERE)

        def write() -> None:
            self._note(
                replace(self.record, command=self.command, is_registered=False).with_folders_of(entry.path)
            )
            write_private_file(entry.path, entry.content)

        done = self._made_unless_dry(step, write)
        if done.state is State.PLANNED:
            return done
        if why := first_failure(entry.register):
            remedy = f"Until then, start the service with clinicledger service start; a click in Excel starts it, too. {AGAIN}"
            return replace(step, state=State.FAILED, why=why, remedy=remedy)
        self._note(replace(self.record, is_registered=True))
        return replace(step, remedy=_unseen_variables())

    def _note_backups(self, step: Outcome) -> Outcome:
        is_there = self.record.started is not None and self.record.started.backups == self.command.backups
        return replace(
            step, state=State.THERE if is_there else State.PLANNED if self.is_dry_run else State.DONE
        )

    def _start(self, step: Outcome) -> Outcome:
        """Start the service, and one that runs in another way than setup starts it once more."""
        running = running_service(self.folder)
        is_secure = running is not None and running.url.startswith("https://")
        is_right = (
            self.record.started == self.command
            and is_secure == Certificates(self.settings.certificates).exist()
        )
        if running and is_right:
            start_service(self.folder, self.command)  # waits until it answers
            return replace(step, state=State.THERE)

        def start() -> None:
            stop_service(self.folder)
            start_service(self.folder, self.command)
            self._note(replace(self.record, started=self.command))

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


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


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

"""``clinicledger setup --undo``: takes away what setup made, and nothing else. The books and their copies stay."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from addin.desktop.install import uninstall
from addin.desktop.install_plan import Computer
from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for
from server.autostart.setup_record import SetupRecord, read_record, remove_record
from server.certificates import Certificates
from server.cli.background_service import stop_service
from server.cli.certificate_command import remove_certificates
from server.cli.setup_outcomes import Outcome, State, outcome_of
from server.cli.system_commands import first_failure, why_failed
from server.errors import CertificateUnusable
from server.private_files import remove_unfinished
from server.settings import Settings


class Undo:
    """Takes away what setup made for a ledger. What is gone is struck from the record, so an interrupted undo goes on."""

    def __init__(self, settings: Settings, computer: Computer, user: LogonUser, *, is_dry_run: bool) -> None:
        self._settings = settings
        self._folder = settings.path.absolute()
        self._computer = computer
        self._user = user
        self._is_dry_run = is_dry_run
        self._record = read_record(self._folder)

    def run(self) -> Iterator[Outcome]:
        """Take each thing away, and yield what came of it. Nothing is yielded where setup has made nothing.

        The add-in goes first: a click would start the service again.
        """
        record = self._record
        if record.add_in:
            yield self._do("add-in", "the add-in in Excel's start folder", self._remove_addin)
        if not record.is_empty:
            yield self._do("service", "the service is stopped", self._stop)
        if record.command:
            entry = entry_for(sys.platform, record.command, self._user)
            yield self._do("log-on", f"the start at log-on: {entry.what}", self._remove_entry)
        if record.certificate:
            yield self._do(
                "certificate",
                "the certificate of this computer, and the trust in it",
                self._remove_certificate,
            )
        if record.sample:
            yield self._do("sample", f"the sample workbook {record.sample}", self._remove_sample)
        if not self._is_dry_run and self._record.is_empty:
            self._remove_folders()
            remove_record(self._folder)

    def _do(self, name: str, what: str, work: Callable[[Outcome], Outcome]) -> Outcome:
        if self._is_dry_run:
            return Outcome(name, what, State.PLANNED)
        return outcome_of(Outcome(name, what, State.DONE), work)

    def _strike(self, record: SetupRecord) -> None:
        self._remove_folders()  # before the add-in's own are, which may hold them, and once more after
        record.save(self._folder)
        self._record = record

    def _stop(self, step: Outcome) -> Outcome:
        was_there = stop_service(self._folder)
        self._strike(replace(self._record, started=None))
        return step if was_there else replace(step, state=State.THERE)

    def _remove_entry(self, step: Outcome) -> Outcome:
        if self._record.command is None:
            return step
        entry = entry_for(sys.platform, self._record.command, self._user)
        if entry.path.exists() and not self._is_own(entry):
            step = replace(step, state=State.LEFT_OUT, why=f"{entry.path} was changed since, and is left.")
        else:
            self._take_away(entry)
        self._strike(replace(self._record, command=None, entry_digests=(), is_registered=False))
        return step

    def _is_own(self, entry: LogonEntry) -> bool:
        """Return whether the file of an entry is as some version of setup wrote it for this ledger."""
        content = entry.path.read_bytes()
        return content == entry.content or sha256(content).hexdigest() in self._record.entry_digests

    def _take_away(self, entry: LogonEntry) -> None:
        for command in entry.unregister:
            why_failed(command)  # the system may not know it: setup was interrupted, or somebody removed it
        for path in filter(None, (entry.path, entry.link)):
            path.unlink(missing_ok=True)  # systemd may not run, and then it has left its link
        remove_unfinished(entry.path.parent)
        first_failure(entry.forget)

    def _remove_addin(self, step: Outcome) -> Outcome:
        said = list(uninstall(self._computer))
        self._strike(replace(self._record, add_in=False))
        return replace(step, remedy=" ".join(one for one in said if one.startswith("Left")))

    def _remove_certificate(self, step: Outcome) -> Outcome:
        was_trusted, certificates = bool(self._record.trusted), Certificates(self._settings.certificates)
        if self._record.authority and certificates.exist() and not self._is_made_by_setup(certificates):
            self._strike(replace(self._record, certificate=False, authority="", trusted=""))
            return replace(
                step, state=State.LEFT_OUT, why="It is not the one that setup made, so it is left."
            )
        done = remove_certificates(certificates)
        self._strike(replace(self._record, certificate=False, authority="", trusted=""))
        failed = next((one for one in done["steps"] if one["failed"]), None)
        if failed and was_trusted:
            remedy = f"The files are removed, so nothing is signed any more. To remove the trust: {failed['command']}"
            return replace(step, state=State.FAILED, why=failed["failed"], remedy=remedy)
        return step

    def _is_made_by_setup(self, certificates: Certificates) -> bool:
        try:
            return certificates.fingerprint() == self._record.authority
        except CertificateUnusable:
            return True  # a damaged one is of no use to anybody

    def _remove_sample(self, step: Outcome) -> Outcome:
        path = Path(self._record.sample)
        if path.exists() and sha256(path.read_bytes()).hexdigest() != self._record.sample_digest:
            step = replace(step, state=State.LEFT_OUT, why="You have worked in it, so it is left.")
        else:
            path.unlink(missing_ok=True)
        remove_unfinished(path.parent)
        self._strike(replace(self._record, sample="", sample_digest=""))
        return step

    def _remove_folders(self) -> None:
        for folder in reversed(self._record.folders):
            with suppress(OSError):  # one that is not empty stays: something else uses it
                Path(folder).rmdir()

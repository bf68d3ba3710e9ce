"""Installs the desktop add-in where Excel looks for it, and removes exactly what was installed.

``install`` first records what it will write, so that ``uninstall`` can also clean up after an
installation that was interrupted.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from addin.desktop import install_registry
from addin.desktop.install_plan import Computer, PutFile, PutRegistry, Step
from addin.desktop.refusals import Refusal


class PlaceClosed(Refusal):
    """A file cannot be written or removed."""

    code = "place-closed"
    title = "A file is in use"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} could not be changed: {why}.", "Close Excel and run the command again.")


class RecordDamaged(Refusal):
    """The record that install wrote cannot be read."""

    code = "record-damaged"
    title = "The record of the installation is damaged"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not say what was installed.",
            "Run clinicledger addin install again, which writes a new one.",
        )


@dataclass(slots=True)
class Record:
    """What was put where: files, folders that did not exist, registry values."""

    files: dict[str, list[str]] = field(default_factory=dict)
    """Each file with the SHA-256 of what was written, the latest last. It has several while a new content replaces an old one."""

    folders: list[str] = field(default_factory=list)
    registry: dict[str, str] = field(default_factory=dict)

    def note_step(self, step: Step) -> None:
        """Record a step before it is done."""
        match step:
            case PutFile(path=path, content=content):
                self.note_folders(path)
                digest, known = sha256(content).hexdigest(), self.files.setdefault(str(path), [])
                self.files[str(path)] = [*(one for one in known if one != digest), digest]
            case PutRegistry(name=name, value=value):
                self.registry[name] = value

    def forget_replaced(self) -> None:
        """Forget the contents that were replaced, when everything is written."""
        self.files = {path: digests[-1:] for path, digests in self.files.items()}

    def note_folders(self, path: Path) -> None:
        """Record the folders that must be created for a file at this path."""
        missing = [str(folder) for folder in path.parents if not folder.exists()]
        self.folders.extend(folder for folder in reversed(missing) if folder not in self.folders)


def install(computer: Computer, plan: Sequence[Step]) -> Iterator[str]:
    """Carry out the steps and yield one sentence for each. Raises PlaceClosed.

    A damaged record is replaced by a new one, which covers this installation only.
    """
    record = Record()
    with suppress(RecordDamaged):
        record = _read_record(computer) or record
    record.note_folders(_record_file(computer))
    for step in plan:
        record.note_step(step)
    _save_record(computer, record)
    for step in plan:
        _carry_out(step)
        yield f"Wrote {_describe_step(step)}"
    record.forget_replaced()
    _save_record(computer, record)


def preview(plan: Sequence[Step]) -> Iterator[str]:
    """Yield one sentence for each thing that ``install`` would do."""
    for step in plan:
        yield f"Would write {_describe_step(step)}"


def uninstall(computer: Computer) -> Iterator[str]:
    """Remove what was installed and yield one sentence for each step. Files that were changed since then stay, and a
    sentence says so.

    Raises PlaceClosed and RecordDamaged.
    """
    record = _read_record(computer)
    if record is None:
        _delete_file(_unfinished_path(_record_file(computer)))
        yield "Nothing to remove: clinicledger addin install has not run here."
        return
    for path, digests in record.files.items():
        yield _remove_file(Path(path), digests)
    for name, value in record.registry.items():
        if install_registry.remove_value(name, value):
            yield f"Removed the registry value {name}"
    for own in (_record_file(computer), _unfinished_path(_record_file(computer))):
        _delete_file(own)
    for folder in reversed(record.folders):
        # A folder that is not empty stays: something else uses it.
        with suppress(OSError):
            Path(folder).rmdir()


def _carry_out(step: Step) -> None:
    match step:
        case PutFile(path=path, content=content):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _unfinished_path(path).write_bytes(content)
                _unfinished_path(path).replace(path)
            except OSError as problem:
                with suppress(OSError):
                    _unfinished_path(path).unlink(missing_ok=True)
                raise PlaceClosed(str(path), _error_text(problem)) from None
        case PutRegistry(name=name, value=value):
            try:
                install_registry.set_value(name, value)
            except OSError as problem:
                raise PlaceClosed(f"The registry value {name}", _error_text(problem)) from None


def _remove_file(path: Path, digests: Sequence[str]) -> str:
    _delete_file(_unfinished_path(path))
    if not path.exists():
        return f"Gone already: {path}"
    if not _has_digest(path, digests):
        return f"Left, because it was changed since: {path}"
    _delete_file(path)
    return f"Removed {path}"


def _delete_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise PlaceClosed(str(path), _error_text(problem)) from None


def _describe_step(step: Step) -> str:
    where = step.path if isinstance(step, PutFile) else f"registry value {step.name}"
    return f"{step.what}: {where}"


def _has_digest(path: Path, digests: Sequence[str]) -> bool:
    try:
        return path.is_file() and sha256(path.read_bytes()).hexdigest() in digests
    except OSError as problem:
        raise PlaceClosed(str(path), _error_text(problem)) from None


def _error_text(problem: OSError) -> str:
    return problem.strerror or str(problem)


def _unfinished_path(path: Path) -> Path:
    """Return the file that is written first and then renamed, so that no half file ever has the name."""
    return path.with_name(f"{path.name}.part")


def _record_file(computer: Computer) -> Path:
    return computer.own_folder / "installed.json"


def _read_record(computer: Computer) -> Record | None:
    path = _record_file(computer)
    if not path.exists():
        return None
    try:
        content = orjson.loads(path.read_bytes())
        files = {path: list(digests) for path, digests in content["files"].items()}
        return Record(files, list(content["folders"]), dict(content["registry"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RecordDamaged(path) from None


def _save_record(computer: Computer, record: Record) -> None:
    content = orjson.dumps(asdict(record), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    _carry_out(PutFile("the record", _record_file(computer), content))

"""Putting the desktop add-in where Excel looks, and taking away exactly what was put there.

What ``install`` is about to put somewhere is written down first, so that ``uninstall`` also cleans
up after an installation that was cut short.
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
    """What install wrote down cannot be read any more."""

    code = "record-damaged"
    title = "The record of the installation is damaged"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not say what was installed.",
            "Run clinicledger addin install again, which writes it anew.",
        )


@dataclass(slots=True)
class Record:
    """What was put where: files with their SHA-256, folders that did not exist, registry values."""

    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    registry: dict[str, str] = field(default_factory=dict)

    def note(self, step: Step) -> None:
        """Write down what is about to be done."""
        match step:
            case PutFile(path=path, content=content):
                self.note_folders(path)
                self.files[str(path)] = sha256(content).hexdigest()
            case PutRegistry(name=name, value=value):
                self.registry[name] = value

    def note_folders(self, path: Path) -> None:
        """Write down which folders a file there will be the first to need."""
        missing = [str(folder) for folder in path.parents if not folder.exists()]
        self.folders.extend(folder for folder in reversed(missing) if folder not in self.folders)


def install(computer: Computer, plan: Sequence[Step]) -> Iterator[str]:
    """Carry out the steps, and say each in a sentence. Raises PlaceClosed.

    A damaged record is written anew: it then covers this installation only.
    """
    record = Record()
    with suppress(RecordDamaged):
        record = _recorded(computer) or record
    record.note_folders(_record_file(computer))
    for step in plan:
        record.note(step)
    _save(computer, record)
    for step in plan:
        _do(step)
        yield f"Wrote {_said(step)}"


def preview(plan: Sequence[Step]) -> Iterator[str]:
    """Say what ``install`` would do."""
    for step in plan:
        yield f"Would write {_said(step)}"


def uninstall(computer: Computer) -> Iterator[str]:
    """Take away what was installed, and say each step. What was changed since is left, and said.

    Raises PlaceClosed and RecordDamaged.
    """
    record = _recorded(computer)
    if record is None:
        yield "Nothing to remove: clinicledger addin install has not run here."
        return
    for path, digest in record.files.items():
        yield _removed(Path(path), digest)
    for name, value in record.registry.items():
        if install_registry.remove(name, value):
            yield f"Removed the registry value {name}"
    _unlink(_record_file(computer))
    for folder in reversed(record.folders):
        # A folder that others use by now stays.
        with suppress(OSError):
            Path(folder).rmdir()


def _do(step: Step) -> None:
    match step:
        case PutFile(path=path, content=content):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as problem:
                raise PlaceClosed(str(path), _reason(problem)) from None
        case PutRegistry(name=name, value=value):
            try:
                install_registry.put(name, value)
            except OSError as problem:
                raise PlaceClosed(f"The registry value {name}", _reason(problem)) from None


def _removed(path: Path, digest: str) -> str:
    if not path.exists():
        return f"Gone already: {path}"
    if not _holds(path, digest):
        return f"Left, because it was changed since: {path}"
    _unlink(path)
    return f"Removed {path}"


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise PlaceClosed(str(path), _reason(problem)) from None


def _said(step: Step) -> str:
    where = step.path if isinstance(step, PutFile) else f"registry value {step.name}"
    return f"{step.what}: {where}"


def _holds(path: Path, digest: str) -> bool:
    try:
        return path.is_file() and sha256(path.read_bytes()).hexdigest() == digest
    except OSError as problem:
        raise PlaceClosed(str(path), _reason(problem)) from None


def _reason(problem: OSError) -> str:
    return problem.strerror or str(problem)


def _record_file(computer: Computer) -> Path:
    return computer.own_folder / "installed.json"


def _recorded(computer: Computer) -> Record | None:
    path = _record_file(computer)
    if not path.exists():
        return None
    try:
        told = orjson.loads(path.read_bytes())
        return Record(dict(told["files"]), list(told["folders"]), dict(told["registry"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise RecordDamaged(path) from None


def _save(computer: Computer, record: Record) -> None:
    content = orjson.dumps(asdict(record), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    _do(PutFile("the record", _record_file(computer), content))

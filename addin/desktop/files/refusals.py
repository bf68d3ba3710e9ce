"""Why a file is not opened or saved, in words for the person who picked it."""

from pathlib import Path

from addin.desktop.refusals import Refusal

SAVE_AS_XLSX = "Open it in Excel, choose Save As, Excel Workbook (.xlsx), and use that file."


class UnreadableWorkbook(Refusal):
    """The file cannot be opened as a workbook."""

    code = "unreadable-workbook"
    title = "The file cannot be opened"


class MissingFile(UnreadableWorkbook):
    """There is no file at that path."""

    code = "file-missing"

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no file {path.name} in that folder.", "Check the name and the folder.")


class NotAllowed(UnreadableWorkbook):
    """The operating system does not let us read it."""

    code = "file-not-readable"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} may not be read by this user.", "Ask its owner for permission to read it."
        )


class NotARegularFile(UnreadableWorkbook):
    """There is something else than a file at that path: a link, a pipe, a device."""

    code = "file-not-regular"

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(
            f"{path.name} is {kind} and not a file.",
            "Copy the file itself into the folder, and use the copy.",
        )


class EmptyFile(UnreadableWorkbook):
    """The file has no content."""

    code = "file-empty"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is empty.", "Export it again, and check that it is not still being copied."
        )


class CorruptFile(UnreadableWorkbook):
    """The file is of the right kind, but damaged."""

    code = "file-corrupt"

    def __init__(self, path: Path, what: str = "it is damaged") -> None:
        super().__init__(
            f"{path.name} cannot be read: {what}.",
            "Export or download it again. If Excel can repair it, save the repaired copy and use that.",
        )


class PasswordProtected(UnreadableWorkbook):
    """The file is encrypted with a password."""

    code = "file-password"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is protected with a password.",
            "Open it in Excel, remove the password (File, Info, Protect Workbook), save, and try again.",
        )


class NotAWorkbook(UnreadableWorkbook):
    """The content is not what the file name says, and Excel cannot open it as a sheet."""

    code = "file-not-a-workbook"

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(f"{path.name} is not a workbook: its content is {kind}.", SAVE_AS_XLSX)


class TooLarge(UnreadableWorkbook):
    """The file, or what it unpacks to, is beyond what a worksheet can hold or we accept."""

    code = "file-too-large"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path.name} is too large: {why}.", "Split it, for example by month, and use the parts."
        )


class HostileFile(UnreadableWorkbook):
    """The file is built to exhaust the computer that opens it."""

    code = "file-hostile"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} unpacks to far more than a workbook of its size can hold, so it was not opened.",
            "Do not open it. Ask the sender for a new export.",
        )


class CannotSave(Refusal):
    """The workbook could not be written; the file on disk is as it was."""

    code = "cannot-save"
    title = "The workbook could not be saved"


class ChangedMeanwhile(CannotSave):
    """Somebody else saved the file while the button ran."""

    code = "file-changed-meanwhile"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} was changed by somebody else while the button ran, so it was left alone.",
            "Press the button again: it will use the newer file.",
        )


class OpenInExcel(CannotSave):
    """Excel has the file open, so saving would be lost or clash."""

    code = "file-open-in-excel"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} is open in Excel.",
            f"Close it there, or save to another file with --save-as. If it is not open anywhere, delete ~${path.name}.",
        )


class NotWritable(CannotSave):
    """The operating system does not let us write there."""

    code = "file-not-writable"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path.name} could not be written: {why}.",
            "Close it in Excel, or save elsewhere with --save-as.",
        )


class DiskIsFull(CannotSave):
    """There is no room for the workbook on its disk."""

    code = "disk-full"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} was not saved: the disk is full. The file is as it was before.",
            "Make room on the disk, or save elsewhere with --save-as, then do the same again.",
        )


class WrongEnding(CannotSave):
    """The file name has the ending of a kind of file that we do not write."""

    code = "file-wrong-ending"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"A workbook cannot be saved as {path.name}.",
            "Give it a name that ends in .xlsx (.xlsm where it holds macros).",
        )


class WouldOverwrite(CannotSave):
    """A file of that name exists and was not made by an earlier press for this clinic."""

    code = "file-exists"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} already exists and is not an earlier result for this clinic.",
            "Choose another file with --save-as, or move that one away.",
        )


class WouldLose(CannotSave):
    """Saving in place without Excel would drop things the workbook holds."""

    code = "file-would-lose"

    def __init__(self, path: Path, losses: str) -> None:
        super().__init__(
            f"{path.name} holds {losses}, which saving without Excel would lose, so it was left alone.",
            "Save to another file with --save-as, or press the button inside Excel.",
        )

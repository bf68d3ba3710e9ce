# ruff: noqa: D102 - names, types and meaning of these methods are those of xlwings
"""Defined names, of a book or of one sheet."""

from typing import Any

from openpyxl.workbook.defined_name import DefinedName, DefinedNameDict


class Names:
    """The defined names in one scope."""

    def __init__(self, names: DefinedNameDict) -> None:
        self.names = names
        self.api = self

    def __call__(self, name: str) -> "Name":
        return Name(self.names, self.names[name])

    def __len__(self) -> int:
        return len(self.names)

    def contains(self, name: str) -> bool:
        return name in self.names

    def snapshot(self) -> list[tuple[str, Any]]:
        return [(name, Name(self.names, defined)) for name, defined in self.names.items()]

    def add(self, name: str, refers_to: str) -> "Name":
        defined = DefinedName(name, attr_text=refers_to.removeprefix("="))
        self.names[name] = defined
        return Name(self.names, defined)


class Name:
    """One defined name."""

    def __init__(self, names: DefinedNameDict, defined: DefinedName) -> None:
        self.names = names
        self.defined = defined

    @property
    def api(self) -> "Name":
        return self

    @property
    def name(self) -> str:
        return str(self.defined.name)

    @property
    def refers_to(self) -> str:
        return f"={self.defined.attr_text}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.defined.attr_text = value.removeprefix("=")

    @property
    def Visible(self) -> bool:  # noqa: N802 - the word of Excel for Windows
        return not self.defined.hidden

    @Visible.setter
    def Visible(self, value: bool) -> None:  # noqa: N802
        self.defined.hidden = not value

    def delete(self) -> None:
        del self.names[self.name]

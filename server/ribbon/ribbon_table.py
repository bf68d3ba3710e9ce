"""The ribbon as a table, read from ``ribbon.toml`` beside this file."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from server.errors import UnknownButton

TABLE = resources.files("server.ribbon") / "ribbon.toml"


class Row(BaseModel):
    """A row of the table. All keys are declared, so a misspelled key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(Row):
    """A group of the ribbon tab."""

    id: str
    label: str


class Option(Row):
    """An input that can be set before a button is pressed; ``choices`` are the words of a ``choice``."""

    name: str
    label: str
    kind: Literal["text", "choice", "date"]
    choices: list[str] = []


class Button(Row):
    """One button. ``reads`` names the sheets the add-in sends: the active one, none, or these; those
    of ``also_reads`` are sent after them if they exist.

    ``works_on`` names sheets of which the workbook must have one, or else the button can do nothing. ``next`` is the id of
    the button that is the next step of the work, if this one succeeds. ``shortcut`` is the letter that presses it in the
    Office add-in.
    """

    id: str
    label: str
    keytip: str = ""
    tip: str
    reads: Literal["active", "none"] | list[str]
    also_reads: list[str] = []
    works_on: list[str] = []
    clinic: bool
    size: Literal["large", "small"]
    options: list[Option] = []
    next: str | None = None
    shortcut: str = ""

    @property
    def group(self) -> str:
        """Return the id of its group."""
        return self.id.split(".")[0]


class PaneAction(Row):
    """What the task pane does by itself, without asking the service. Those ``on_ribbon`` are buttons of the Office add-in."""

    id: str
    label: str
    tip: str
    shortcut: str
    on_ribbon: bool = False


class DesktopAction(Row):
    """What the desktop add-in does by itself: a button in the group Help of its ribbon."""

    id: str
    label: str
    keytip: str
    tip: str


class Starter(Row):
    """A workbook to start from: a file of ``workbook_templates``, and what to do once it is open."""

    file: str
    label: str
    then: str


class Ribbon(Row):
    """The whole ribbon tab. ``purpose`` says in one sentence what the product is for."""

    tab: str
    purpose: str
    keytip: str
    group: list[Group]
    button: list[Button]
    pane: list[PaneAction]
    desktop: list[DesktopAction]
    starter: list[Starter]

    def find_button(self, button_id: str) -> Button:
        """Return a button by its id. Raises ``UnknownButton``."""
        for button in self.button:
            if button.id == button_id:
                return button
        raise UnknownButton(button_id, [button.id for button in self.button])


@cache
def ribbon() -> Ribbon:
    """Return the ribbon table."""
    return Ribbon.model_validate(tomllib.loads(TABLE.read_text("utf-8")))

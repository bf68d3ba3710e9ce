"""Each ``clinicledger`` command that a message, a page or a guide names is one that there is, with these options."""

import re
from collections.abc import Iterator

import typer

from server.cli.commands import app
from tests.contract.repository import ROOT, committed

READ = {".py", ".js", ".md", ".html", ".service", ".config", ".conf", ".toml", ".yaml"}
PASSED_OVER = ("CHANGELOG.md", "docs/adr/", "tests/data/")
"""What they tell was true on its day."""

JOINED = re.compile(r'"\s*\n\s*f?"')
"""Between two halves of one text of Python."""

NAMED = re.compile(r"(?<![\w./~-])clinicledger((?: [a-z][a-z-]*(?![\w/=@]|\.\w))+)([^.,;:)`\"'|\n]*)")
"""A command as it is typed, and what follows it in its sentence."""

OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")


def named() -> Iterator[tuple[str, str, str]]:
    """Yield where a command is named, its words, and what follows them."""
    for path in committed():
        if path.suffix in READ and not str(path).startswith(PASSED_OVER):
            text = JOINED.sub("", (ROOT / path).read_text("utf-8"))
            for found in NAMED.finditer(text):
                yield str(path), found[1], found[2]


def what_is_wrong(words: str, after: str) -> str:
    """Return what there is not of a command that is named, "" if it is right."""
    command = typer.main.get_command(app)
    rest = words.split()
    path = []
    while rest and rest[0] in getattr(command, "commands", {}):
        command = getattr(command, "commands")[rest[0]]  # noqa: B009 - only groups have them
        path.append(rest.pop(0))
    if not path or (rest and hasattr(command, "commands")):
        return f"clinicledger{words}"
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    return " ".join(sorted(set(OPTION.findall(after)) - known))


def test_every_command_that_is_named_can_be_typed() -> None:
    found = list(named())
    wrong = [(path, lacking) for path, words, after in found if (lacking := what_is_wrong(words, after))]

    assert len(found) > 200
    assert wrong == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert what_is_wrong(" verify", "").endswith(" verify")
    assert what_is_wrong(" ledger check", "").endswith(" ledger check")
    assert what_is_wrong(" ledger verify which", "") == ""
    assert what_is_wrong(" setup", " --undone") == "--undone"

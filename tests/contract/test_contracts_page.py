"""docs/contracts.md says what the code does: commands, addresses, headings, buttons."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from starlette.routing import Route

from server.api.pages import MADE_PAGES, PREFIX, Pages
from server.api.problems import STATUS
from server.app import create_app
from server.cli.commands import app as command_line
from server.ribbon.dispatch import COMMANDS
from server.ribbon.protocol import Click, Reply
from server.settings import Settings
from server.sheets import tables
from server.sheets.invoices import history
from server.sheets.invoices import tables as invoice_tables
from server.sheets.payroll import held_sheet, pay_runs_sheet
from server.sheets.payroll import tables as payroll_tables
from server.sheets.sheet_table import SheetTable
from tests.contract.repository import ROOT, modules

PAGE = (ROOT / "docs" / "contracts.md").read_text("utf-8")

TABLES = {
    table.name: table
    for module in (tables, invoice_tables, history, payroll_tables, pay_runs_sheet, held_sheet)
    for table in sorted(
        (one for one in vars(module).values() if isinstance(one, SheetTable)), key=lambda one: len(one.titles)
    )
}
"""Each sheet by its name; of two tables of one name, the wider one."""


def section(anchor: str) -> str:
    """Return what stands between an anchor and the next heading, up to **Not built yet.**"""
    after = PAGE.partition(f'<a id="{anchor}"></a>')[2].partition("\n")[2]
    return re.split(r"^##|^\*\*Not built yet", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows_of(anchor: str) -> list[list[str]]:
    """Return the rows of the table under an anchor, cell by cell."""
    lines = [line for line in section(anchor).splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines[2:]
    ]


def lists_of(anchor: str) -> dict[str, str]:
    """Return the paragraphs ``Sheet: Heading | Heading`` under an anchor."""
    paragraphs = (" ".join(part.split()) for part in section(anchor).split("\n\n"))
    return {name: titles for name, colon, titles in (one.partition(": ") for one in paragraphs) if colon}


HEADINGS = {
    **{name: titles for name, titles, *_ in rows_of("setup-sheets")},
    **{name: titles for name, titles, *_ in rows_of("payroll-sheets")},
    **{
        name: titles
        for anchor in ("appointment-log", "payments-sheet", "hours-sheet", "exams-sheet", "invoices-sheet")
        for name, titles in lists_of(anchor).items()
        if name in TABLES
    },
}


def test_every_sheet_of_the_code_is_on_the_page_and_no_other() -> None:
    assert HEADINGS.keys() == TABLES.keys()


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_headings_of_a_sheet_are_those_of_the_code(table: SheetTable) -> None:
    listed = HEADINGS[table.name].partition(", with the fields ")[0]
    assert listed == " | ".join(table.titles)


def test_the_fields_of_the_clinic_sheet_are_those_of_the_code() -> None:
    listed = HEADINGS["Clinic"].partition(", with the fields ")[2]
    names = re.sub(r" \([^)]*\)", "", listed).split(", ")
    assert names == [field.title for field in tables.CLINIC_FIELDS]


def test_the_buttons_are_those_of_the_service() -> None:
    assert re.findall(r"`(\w+\.\w+)`", "".join(ids for _, ids in rows_of("buttons"))) == list(COMMANDS)


def test_the_addresses_are_those_of_the_service(tmp_path: Path) -> None:
    paths = create_app(Settings(path=tmp_path, workers=0)).openapi()["paths"]
    known = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    of_buttons = {f"POST /ribbon/{button}" for button in COMMANDS}
    assert of_buttons <= known
    known -= of_buttons  # each is the address of a button, which the page lists once
    assert set(re.findall(r"`((?:GET|POST) [^`]+)`", "".join(row[0] for row in rows_of("rest")))) == known


def paths_of(routes: Iterable[object]) -> Iterator[str]:
    """Yield the path of every route, also of those that OpenAPI leaves out, and of the routers that were included."""
    for route in routes:
        if isinstance(route, Route):
            yield route.path
        included = getattr(route, "original_router", None)
        yield from paths_of(included.routes if included else ())


def test_the_pages_are_those_of_the_service(tmp_path: Path) -> None:
    """The pages of the add-in are served before the routes, and some routes are not in OpenAPI: no description has them."""
    app = create_app(Settings(path=tmp_path, workers=0))
    described = app.openapi()["paths"].keys()
    routes = set(paths_of(app.routes))
    assert described <= routes
    layers: dict[object, Any] = {layer.cls: layer.kwargs for layer in app.user_middleware}
    folders = layers[Pages]["folders"]
    files = {f"{PREFIX}{begins}{{file}}" for begins in folders}
    pages = {f"{PREFIX}{name}" for name in MADE_PAGES}
    served = (routes - described) | files | pages
    assert set(re.findall(r"`(?:GET|POST) ([^`]+)`", "".join(row[0] for row in rows_of("pages")))) == served


def test_the_statuses_of_refusals_are_those_of_the_service() -> None:
    assert {
        int(number) for number in re.findall(r"\d+", " ".join(row[0] for row in rows_of("http-refusals")))
    } == {int(status) for status in STATUS.values()}


def sample_of(anchor: str) -> dict[str, Any]:
    """Return the sample of JSON under an anchor."""
    return json.loads(section(anchor).partition("```json\n")[2].partition("```")[0])  # type: ignore[no-any-return]


def parts_of(model: type[BaseModel]) -> dict[str, set[str]]:
    """Return the parts of an envelope, and the parts of each part that is described too."""
    schema = model.model_json_schema()
    described = {"": set(schema["properties"])}
    for name, part in schema["properties"].items():
        if found := re.search(r"#/\$defs/(\w+)", json.dumps(part)):
            described[name] = set(schema["$defs"][found[1]].get("properties", ()))
    return described


@pytest.mark.parametrize(("anchor", "model"), [("clicks", Click), ("reply", Reply)], ids=["click", "reply"])
def test_the_samples_have_the_parts_of_the_code(anchor: str, model: type[BaseModel]) -> None:
    sample, parts = sample_of(anchor), parts_of(model)
    model.model_validate(sample)
    assert sample.keys() == parts.pop("")
    for name, inside in parts.items():
        shown = sample[name][0] if isinstance(sample[name], list) else sample[name]
        assert shown is None or shown.keys() == inside, name


def commands(group: Any, words: str = "") -> dict[str, set[str]]:  # noqa: ANN401 - Typer keeps a click of its own
    """Return the options of every command, by the words that call it."""
    if not hasattr(group, "commands"):
        return {words: {option for parameter in group.params for option in parameter.opts}}
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        found |= commands(command, f"{words} {name}".strip())
    return found


KNOWN = commands(typer.main.get_command(command_line))


def test_the_commands_and_their_options_are_those_of_the_program() -> None:
    usages = [usage for row in rows_of("command-line") for usage in re.findall(r"`([^`]+)`", row[0])]
    listed = {" ".join(re.findall(r"^[a-z-]+(?: [a-z][a-z-]*)?", usage)): usage for usage in usages}
    assert listed.keys() == KNOWN.keys()
    for words, usage in listed.items():
        assert set(re.findall(r"--[a-z-]+", usage)) <= KNOWN[words], usage


def test_every_command_but_those_named_answers_in_json() -> None:
    silent = {words for words, options in KNOWN.items() if "--json" not in options}
    assert silent == set(re.findall(r"`(addin \w+)`", section("command-line").partition("\n\n|")[0]))


def test_the_hidden_names_are_those_of_the_code() -> None:
    used = {
        name
        for path in modules("addin", "server")
        for name in re.findall(r'"(_ClinicLedger\w*)"', (ROOT / path).read_text("utf-8"))
    }
    assert {row[0].strip("`") for row in rows_of("hidden-names")} == used

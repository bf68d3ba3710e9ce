"""The OpenAPI document: whole, and true about what is refused."""

import re
from collections.abc import Iterator, Mapping
from inspect import get_annotations
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi.routing import APIRoute

from server import errors
from server.api.field_descriptions import DESCRIPTIONS, OF_PARAMETERS
from server.api.guard import OPEN
from server.api.model_descriptions import OF_MODELS
from server.api.openapi import TOKEN_SCHEME
from server.api.problems import STATUS
from server.errors import emergency_access, identity_provider, people, status_requests
from server.ribbon.dispatch import COMMANDS
from server.web import account_pages, admin_pages, attorney_pages, provider_pages, sign_in_pages
from tests.api.wire import PROBLEM, press
from tests.contract.test_tables import refusals
from tests.ribbon.clicks import a_click

OF_OTHERS = {
    *(
        one
        for module in (people, emergency_access, identity_provider, status_requests)
        for one in vars(module).values()
        if isinstance(one, type) and one.__module__ == module.__name__
    ),
    errors.AddressUnusable,  # before the service runs
    errors.LedgerServed,  # before the service runs, like the seven that follow
    errors.NotInBackground,
    errors.OtherLedgerSetUp,
    errors.ServiceStartFailed,
    errors.ServiceStopFailed,
    errors.SetupRecordUnusable,
    errors.SetupRunning,
    errors.SetupWithSudo,
    errors.ForeignRequest,  # of the guard, like those that follow
    errors.ProxyUnclear,
    errors.NotEncrypted,
    errors.TooManyRequests,
    errors.TokenNeeded,
    errors.TokenUnknown,
    errors.TokenExpired,
    errors.TokenRevoked,
    errors.HeadersTooLarge,  # of the connection, like the two that follow
    errors.RequestTooSlow,
    errors.ServiceFull,
    errors.AddInTooNew,
    errors.AddInTooOld,
    errors.NotProtected,  # before the service runs
    errors.BooksNotOpened,
    errors.BooksNotUnderstood,  # of the pages about several clinics
    errors.BooksBusy,
    errors.CopyNeeded,  # of the disk, for any request
    errors.DiskFull,
    errors.LedgerReadOnly,
    errors.ObjectStoreUnreachable,  # of the store of documents, for any request
    errors.DatabaseUnreachable,  # of the database, for any request
    errors.DatabaseTooSlow,
    errors.NotReady,  # of watching the service
    errors.MetricsOff,
    errors.DatabaseNotPrepared,  # before the service runs
    errors.ObjectStoreDenied,
    errors.BucketMissing,
    errors.BucketOfAnotherLedger,
    errors.ObjectStoreUnprotected,
    errors.ObjectStoreNotInstalled,  # before the service runs
    errors.FunctionNotReady,  # of a function, like the next two
    errors.AnswerTooLarge,
    errors.SentBodyUnusable,
    errors.UnknownButton,  # of no button
    errors.BackupNotMade,  # of the command line
    errors.BackupRunning,
    errors.RehearsalRunning,
    errors.EncryptionNotChanged,
    errors.RecoveryTextWrong,
    errors.LedgerKeyNotKept,
    errors.LedgerKeyMissing,  # before the service runs, and of any request if the key is taken away
    errors.EncryptionNotInstalled,
    errors.CertificateUnusable,
    errors.FolderInUse,  # of the demo
    errors.FolderUnusable,
    errors.NoLedger,  # of the command line
    errors.NotMoved,  # of the command line
    errors.NotRestored,  # of the command line
    errors.StepRefused,  # what every refused step is
    errors.DocumentTooLarge,  # of the papers, sent before the click that attaches them
    errors.DocumentUnusable,
    errors.StepsRefused,  # of REST: a sheet's rows are told beside them
    errors.UnknownMessage,  # of REST and the command line, like the next one
    errors.OutcomeNotOpen,
    errors.RemindersRefused,  # of REST: a sheet's rows are told beside them
    errors.CodeUnusable,  # of pairing
    errors.TooManyCodes,
    errors.TokenNotListed,  # of the command line
    errors.UnknownAddress,  # of no route
    errors.UnknownOutput,  # of the finished workbooks
}
"""Refusals that no button answers with."""


@pytest.fixture(scope="module")
def contract(idle: httpx.Client) -> dict[str, Any]:
    document: dict[str, Any] = idle.get("/openapi.json").json()
    return document


def operations(contract: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere(contract: dict[str, Any]) -> None:
    for reference in set(references(contract)):
        node: Any = contract
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_every_route_says_what_it_does_and_what_it_answers(contract: dict[str, Any]) -> None:
    for name, operation in operations(contract):
        assert operation["description"], name
        for content in operation["responses"]["200"]["content"].values():
            assert content or "outputs" in name, name


def test_every_refusal_is_declared_as_a_problem(contract: dict[str, Any]) -> None:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name, operation in operations(contract):
        refusals = {status: told for status, told in operation["responses"].items() if status != "200"}
        assert {"403", "default"} <= refusals.keys(), name
        assert all(told["content"] == problem for told in refusals.values()), name


def test_whatever_takes_a_body_declares_that_it_may_be_misshapen_or_too_large(
    contract: dict[str, Any],
) -> None:
    for name, operation in operations(contract):
        if name.startswith("post"):
            assert "`bad-request`" in operation["responses"]["400"]["description"], name
            assert "`too-large`" in operation["responses"]["413"]["description"], name


def test_the_books_may_be_in_use_whatever_is_asked(contract: dict[str, Any]) -> None:
    for name, operation in operations(contract):
        told = operation["responses"].get("503", {}).get("description", "")
        assert all(code in told for code in ("`books-busy`", "`books-not-opened`")), name


@pytest.mark.parametrize("button", COMMANDS)
def test_a_button_declares_what_it_can_be_refused_with(contract: dict[str, Any], button: str) -> None:
    responses = contract["paths"][f"/ribbon/{button}"]["post"]["responses"]
    for refusal in COMMANDS[button].refusals:
        assert f"`{refusal.code}`" in responses[str(int(STATUS[refusal.kind]))]["description"]


def test_a_button_declares_nothing_that_only_others_refuse(contract: dict[str, Any]) -> None:
    close = str(contract["paths"]["/ribbon/payroll.close"]["post"]["responses"])
    assert "`run-has-blockers`" in close
    assert "`no-prices`" not in close


def test_every_refusal_is_declared_by_a_button_or_is_of_others() -> None:
    declared = {refusal for command in COMMANDS.values() for refusal in command.refusals}
    assert set(refusals()) - declared == OF_OTHERS - declared


def test_a_click_and_its_reply_are_described(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    assert {
        "Click",
        "Workbook",
        "SentSheet",
        "Selection",
        "Reply",
        "ReplyFinding",
        "Edit",
        "Asks",
    } <= schemas.keys()
    assert schemas["Click"]["required"] == ["request_id"]


def test_a_reply_has_exactly_the_parts_described(contract: dict[str, Any], idle: httpx.Client) -> None:
    reply = press(idle, "clinic.choose", a_click(clinic=None)).json()
    assert reply.keys() == contract["components"]["schemas"]["Reply"]["properties"].keys()


KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "description", "enum", "exclusiveMaximum",
    "exclusiveMinimum", "format", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum",
    "pattern", "properties", "required", "title", "type",
}  # fmt: skip
"""The keywords of JSON Schema that the document uses."""


def schemas_in(node: object) -> Iterator[dict[str, Any]]:
    """Yield every schema of the document, and those inside it."""
    if isinstance(node, dict):
        if "type" in node or "anyOf" in node or "properties" in node:
            yield node
        for name, value in node.items():
            inside = value.values() if name == "properties" and isinstance(value, dict) else [value]
            for one in inside if name not in {"example", "default", "enum", "const", "required"} else ():
                yield from schemas_in(one)
    elif isinstance(node, list):
        for value in node:
            yield from schemas_in(value)


def test_every_property_and_parameter_says_what_it_means(contract: dict[str, Any]) -> None:
    for model, schema in contract["components"]["schemas"].items():
        for name, described in schema.get("properties", {}).items():
            assert described.get("description"), f"{model}.{name}"
    for name, operation in operations(contract):
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], f"{name} {parameter['name']}"


def test_no_description_is_about_a_name_that_is_gone(contract: dict[str, Any]) -> None:
    names = {parameter["name"] for _, one in operations(contract) for parameter in one.get("parameters", ())}
    models = {}
    for model, schema in contract["components"]["schemas"].items():
        models[model] = set(schema.get("properties", {}))
        names |= models[model]
    assert DESCRIPTIONS.keys() <= names
    for entry in OF_MODELS:
        model, _, name = entry.partition(".")
        assert name in models[model], entry
    parameters = {
        f"{one['operationId']}.{parameter['name']}"
        for _, one in operations(contract)
        for parameter in one.get("parameters", ())
    }
    assert OF_PARAMETERS.keys() <= parameters


def test_the_example_of_a_parameter_fits_its_schema(contract: dict[str, Any]) -> None:
    for _, operation in operations(contract):
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                schema = parameter["schema"] | {"components": contract["components"]}
                jsonschema_rs.validate(schema, parameter["example"])


def test_an_operation_has_a_readable_id_of_its_own_and_a_tag_that_is_described(
    contract: dict[str, Any],
) -> None:
    ids = [operation["operationId"] for _, operation in operations(contract)]
    assert len(set(ids)) == len(ids)
    assert {"list_invoices", "take_step", "press_invoices_update", "settle_case"} <= set(ids)
    assert all(re.fullmatch(r"[a-z_]{4,30}", one) for one in ids)
    described = {tag["name"] for tag in contract["tags"]}
    assert {tag for _, operation in operations(contract) for tag in operation["tags"]} == described


def test_the_token_is_declared_and_needed_wherever_the_guard_asks_for_it(contract: dict[str, Any]) -> None:
    assert contract["components"]["securitySchemes"][TOKEN_SCHEME]["scheme"] == "bearer"
    assert contract["security"] == [{TOKEN_SCHEME: []}]
    free = {name.partition(" ")[2] for name, one in operations(contract) if one.get("security") == []}
    assert free == OPEN & set(contract["paths"])


def test_the_document_has_a_server_and_only_keywords_of_json_schema(contract: dict[str, Any]) -> None:
    assert contract["servers"][0]["variables"]["port"]["default"] == "8765"
    for schema in schemas_in(contract["components"]["schemas"]):
        unknown = schema.keys() - KEYWORDS - contract["components"]["schemas"].keys()
        assert not unknown, schema


def test_every_body_has_an_example_that_the_service_does_not_call_malformed(
    contract: dict[str, Any], idle: httpx.Client
) -> None:
    for name, operation in operations(contract):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "application/json":
                assert "example" in content, name
                path = name.partition(" ")[2].format(
                    clinic="harbor", number="INV-000001", button="x", held_visit=1, message=1, access_id=1
                )
                assert idle.post(path, json=content["example"]).status_code != 400, name


def unbounded_numbers(schema: object, where: str) -> Iterator[str]:
    """Yield where a schema takes a whole number without a largest one, which no database can hold."""
    if isinstance(schema, dict):
        if (
            schema.get("type") == "integer"
            and not {"maximum", "exclusiveMaximum", "enum", "const"} & schema.keys()
        ):
            yield where
        for name, part in schema.items():
            yield from unbounded_numbers(part, f"{where}.{name}")
    elif isinstance(schema, list):
        for place, part in enumerate(schema):
            yield from unbounded_numbers(part, f"{where}[{place}]")


def test_every_whole_number_of_a_request_has_a_largest_one(contract: dict[str, Any]) -> None:
    bodies = {
        content["schema"]["$ref"].rpartition("/")[2]
        for _, operation in operations(contract)
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content.get("schema", {})
    }
    found = [
        where
        for name, operation in operations(contract)
        for parameter in operation.get("parameters", ())
        for where in unbounded_numbers(parameter["schema"], f"{name} {parameter['name']}")
    ]
    for body in bodies - {"Click"}:
        found += unbounded_numbers(contract["components"]["schemas"][body], body)
    assert not found


def test_no_page_takes_a_whole_number_without_a_largest_one() -> None:
    pages = (account_pages, admin_pages, attorney_pages, provider_pages, sign_in_pages)
    plain = [
        f"{route.path} {name}"
        for module in pages
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for name, annotation in get_annotations(route.endpoint).items()
        if annotation is int
    ]
    assert not plain

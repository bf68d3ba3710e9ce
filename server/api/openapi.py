"""The service's complete OpenAPI document, including clicks, problems, the token, and what every name means.

FastAPI describes the models that it reads and writes. A click is read from the raw body, problems are sent from outside
the routes, and tokens are checked before them, so these are added here.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from server.api.field_descriptions import parameter_description, property_description
from server.api.guard import OPEN
from server.api.problems import Problem
from server.api.request_examples import EXAMPLES, PARAMETER_EXAMPLES
from server.ribbon.protocol import Click

REF = "#/components/schemas/{model}"

TAGS = {
    "service": "Whether the service is up, the ribbon table, and finished workbooks.",
    "buttons": "Clicks of the Excel ribbon. An add-in sends the sheets that a button reads and applies the reply.",
    "clinics": "The clinics, and what is set up for each.",
    "payroll": "Visits that approved pay runs held for a later run.",
    "invoices": "Invoices, their lines, documents and steps.",
    "cases": "Cases: all invoices of one injury of one patient.",
    "reminders": "What is due today: invoices to follow up on, and attorneys who ask for the status of a case.",
    "receivables": "What is owed, for how long and by whom, and how soon it is paid.",
    "cheques": "Cheques that were recorded, each with the invoices that it pays.",
    "documents": "Scanned cheques and other papers, kept once and attached by steps.",
    "papers": "Invoices, case statements and statements of pay, as files to send.",
    "session": "Who is signed in, and signing in and out.",
    "pairing": "How an add-in gets its token.",
}

TOKEN_SCHEME = "token"  # noqa: S105 - the name of a scheme
_SCHEMES = {
    TOKEN_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "Needed once the ledger has given out a token. POST /pair exchanges a pairing code for one.",
    }
}
_SERVERS = [
    {
        "url": "{scheme}://{host}:{port}",
        "description": "The service on this computer",
        "variables": {
            "scheme": {"default": "http", "enum": ["http", "https"]},
            "host": {"default": "127.0.0.1"},
            "port": {"default": "8765"},
        },
    }
]


def operation_id(route: APIRoute) -> str:
    """Return the id of an operation: the name of its function, or for a button ``press_`` and the button's id."""
    return f"press_{route.name.replace('.', '_')}" if "." in route.name else route.name


def describe(app: FastAPI) -> None:
    """Make the app answer ``/openapi.json`` with the complete document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _openapi_document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _openapi_document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        servers=_SERVERS,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    _, added = models_json_schema([(Click, "validation"), (Problem, "serialization")], ref_template=REF)
    components = document["components"]
    schemas = components["schemas"]
    schemas.update({name: schema for name, schema in added["$defs"].items() if name not in schemas})
    components["securitySchemes"] = _SCHEMES
    document["security"] = [{TOKEN_SCHEME: []}]
    for model, schema in schemas.items():
        _describe_properties(model, schema)
    for path, operation in _operations(document):
        if path in OPEN:
            operation["security"] = []
        for parameter in operation.get("parameters", ()):
            name = parameter["name"]
            parameter["description"] = parameter_description(operation["operationId"], name)
            _without_null(parameter["schema"])
            examples = [f"{operation['operationId']}.{name}", name]
            if known := [one for one in examples if one in PARAMETER_EXAMPLES]:
                parameter["example"] = PARAMETER_EXAMPLES[known[0]]
        _add_example(operation)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((path, operation) for operation in methods.values())


def _describe_properties(model: str, schema: dict[str, Any]) -> None:
    for name, described in schema.get("properties", {}).items():
        if "description" not in described:
            described["description"] = property_description(model, name)


def _without_null(schema: dict[str, Any]) -> None:
    """Take null from what a parameter may be: an address has no null, the parameter is left out."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema |= kinds[0]


def _add_example(operation: dict[str, Any]) -> None:
    """Add the example of a request body."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        model = content["schema"].get("$ref", "").rpartition("/")[2]
        if model in EXAMPLES:
            content["example"] = EXAMPLES[model]

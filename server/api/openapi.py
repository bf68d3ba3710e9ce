"""The service's complete OpenAPI document, including clicks and problems.

FastAPI describes the models that it reads and writes. A click is read from the raw body, and problems
are sent from outside the routes, so these two are added here.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from server.api.problems import Problem
from server.ribbon.protocol import Click

REF = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Make the app answer ``/openapi.json`` with the complete document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _openapi_document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _openapi_document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _, added = models_json_schema([(Click, "validation"), (Problem, "serialization")], ref_template=REF)
    schemas = document["components"]["schemas"]
    schemas.update({name: schema for name, schema in added["$defs"].items() if name not in schemas})
    return document

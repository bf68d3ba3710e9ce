"""``/docs``: the OpenAPI document as a page to read. It is written here and contains no script of anybody."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Node = Mapping[str, Any]

router = APIRouter()

STYLESHEET = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b; }
code { font: 14px/1.4 ui-monospace, monospace; }
h2 { border-top: 1px solid #c8c8c8; padding-top: 1.5rem; margin-top: 2rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { border: 1px solid #c8c8c8; padding: .25rem .6rem; text-align: left; vertical-align: top; }
th { background: #f3f3f3; }
"""

_STYLESHEET_DIGEST = b64encode(sha256(STYLESHEET.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLESHEET_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

REFERENCE = "#/components/schemas/"


@router.get("/openapi.json", include_in_schema=False, name="openapi")
def show_document(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", include_in_schema=False)
def show_reference(request: Request) -> Response:
    """Return the reference of all addresses."""
    page = reference_html(request.app.openapi())
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": POLICY})


def reference_html(document: Node) -> str:
    """Return an OpenAPI document as a page: every address, what it takes and answers, and every schema."""
    title = escape(f"{document['info']['title']} {document['info']['version']}")
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    contents = "".join(
        f'<li><a href="#{_anchor(method, path)}"><code>{method} {escape(path)}</code></a></li>'
        for method, path, _ in operations
    )
    sections = "".join(_operation_html(method, path, operation) for method, path, operation in operations)
    schemas = "".join(
        _schema_html(name, schema) for name, schema in document["components"]["schemas"].items()
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLESHEET}</style></head><body><h1>{title}</h1>{_paragraph(document['info'])}"
        '<p>For programs: <a href="/openapi.json"><code>/openapi.json</code></a></p>'
        f"<ul>{contents}</ul>{sections}<h2>Schemas</h2>{schemas}</body></html>"
    )


def _operation_html(method: str, path: str, operation: Node) -> str:
    heading = f'<h2 id="{_anchor(method, path)}"><code>{method} {escape(path)}</code></h2>'
    taken = [
        (part["name"], part["in"], _type_html(part["schema"]), part.get("description", ""))
        for part in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    taken += [("", kind, _type_html(content.get("schema", {})), "the body") for kind, content in body.items()]
    answered = [
        (status, ", ".join(answer.get("content", {})), _answer_type(answer), answer["description"])
        for status, answer in operation["responses"].items()
    ]
    return (
        f"{heading}{_paragraph(operation)}"
        f"{_table_html(('Takes', 'In', 'Type', 'What'), taken)}"
        f"{_table_html(('Answers', 'As', 'Type', 'What'), answered)}"
    )


def _schema_html(name: str, schema: Node) -> str:
    needed = schema.get("required", ())
    rows = [
        (field, "needed" if field in needed else "", _type_html(part), part.get("description", ""))
        for field, part in schema.get("properties", {}).items()
    ]
    kind = "" if rows else f"<p>{_type_html(schema)}</p>"
    table = _table_html(("Part", "", "Type", "What"), rows)
    return f'<h3 id="schema-{escape(name)}"><code>{escape(name)}</code></h3>{_paragraph(schema)}{kind}{table}'


def _answer_type(answer: Node) -> str:
    kinds = (_type_html(content.get("schema", {})) for content in answer.get("content", {}).values())
    return ", ".join(kinds)


def _type_html(schema: Node) -> str:
    """Return the type of a value as HTML; a schema with a name as a link to it."""
    if reference := schema.get("$ref"):
        name = escape(str(reference).removeprefix(REFERENCE))
        return f'<a href="#schema-{name}">{name}</a>'
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if alternatives:
        return " or ".join(map(_type_html, alternatives))
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type_html(schema.get('items', {}))}"
    words = [str(schema.get("format") or schema.get("const") or schema.get("type") or "any")]
    words += [f"{word} {schema[key]}" for key, word in _LIMITS.items() if key in schema]
    return escape(", ".join(words))


_LIMITS = {
    "pattern": "pattern",
    "minLength": "at least characters:",
    "maxLength": "at most characters:",
    "minimum": "at least",
    "maximum": "at most",
}


def _table_html(headings: tuple[str, str, str, str], rows: list[tuple[str, str, str, str]]) -> str:
    """Return a table, nothing without rows. The third cell of a row is HTML, the others are text."""
    if not rows:
        return ""
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td><td>{kind}</td><td>{escape(what)}</td></tr>"
        for name, where, kind, what in rows
    )
    return f"<table><tr>{head}</tr>{lines}</table>"


def _paragraph(node: Node) -> str:
    description = str(node.get("description", "")).strip()
    return f"<p>{escape(description)}</p>" if description else ""


def _anchor(method: str, path: str) -> str:
    return escape(f"{method} {path}".replace(" ", "-"))

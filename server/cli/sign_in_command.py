"""``clinicledger sign-in | sign-out``: who presses buttons from this command line."""

import sys
import webbrowser
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop import sign_in as page_sign_in
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal
from server.cli.service_client import service_client

console = Console()

PROGRAM = "Command line"

AtService = Annotated[
    str | None,
    typer.Option(
        "--service",
        metavar="URL",
        help="The service to sign in to; without it, one for the ledger is started.",
    ),
]


def sign_in(
    name: Annotated[
        str | None,
        typer.Option(help="Sign in here with this name and a password, not on a page of the browser."),
    ] = None,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin", help="Read the password from standard input, and do not ask for it."
        ),
    ] = False,
    code: Annotated[str, typer.Option(help="The code of your authenticator app, if you have one.")] = "",
    service: AtService = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Sign in, so that press and the desktop add-in of this ledger work as you."""
    try:
        with service_client(service, ledger) as client:
            if name is None:
                _sign_in_on_page(client, as_json=as_json)
            else:
                client.sign_in(name, _password(from_stdin=password_stdin), code, PROGRAM)
            me = client.session()
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"name": me["name"], "role": me["role"], "clinics": me["clinics"]}))
    else:
        console.print(f"Signed in as {escape(me['name'])} ({me['role']}).", highlight=False)


def sign_out(service: AtService = None, ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """End the session of press and the desktop add-in of this ledger."""
    try:
        with service_client(service, ledger) as client:
            client.sign_out()
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    typer.echo("{}" if as_json else "Signed out.")


def _sign_in_on_page(client: Service, *, as_json: bool) -> None:
    begun = page_sign_in.begin(client, PROGRAM)
    out = Console(stderr=True)
    out.print(
        f"Sign in on this page and check that it shows the code [bold]{begun.user_code}[/]:", highlight=False
    )
    out.print(begun.page, highlight=False, soft_wrap=True)
    if not as_json:
        webbrowser.open(begun.page)
    page_sign_in.wait_until_finished(client, begun)


def _password(*, from_stdin: bool) -> str:
    return (
        sys.stdin.readline().rstrip("\r\n") if from_stdin else str(typer.prompt("Password", hide_input=True))
    )

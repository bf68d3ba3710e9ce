"""``clinicledger ledger access``: the access logs of the firm and of its clinics."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from server.billing.names import fold
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, open_ledger, print_table
from server.errors import BillingError
from server.ledger.access_search import AccessSearch
from server.ledger.firm_access import AccessEvent
from server.ledger.store import Ledger

EVERY = "*"

WORDS = {
    AccessEvent.TOKEN_GIVEN: "Token issued",
    AccessEvent.TOKEN_REVOKED: "Token revoked",
    AccessEvent.BACKUP: "Backup",
    AccessEvent.EXPORT: "Export",
    AccessEvent.RESTORE: "Restore",
    AccessEvent.MOVE: "Move to another engine",
    AccessEvent.USER_ADDED: "User added",
    AccessEvent.USER_CHANGED: "User changed",
    AccessEvent.USER_DISABLED: "User disabled",
    AccessEvent.USER_ENABLED: "User enabled",
    AccessEvent.PASSWORD_LINK: "Code for a new password",
    AccessEvent.PASSWORD_SET: "Password set",
    AccessEvent.SECOND_FACTOR_SET: "Authenticator app set up",
    AccessEvent.SECOND_FACTOR_REMOVED: "Authenticator app taken away",
    AccessEvent.SIGN_IN: "Signed in",
    AccessEvent.SIGN_OUT: "Signed out",
    AccessEvent.SESSIONS_ENDED: "All sessions ended",
    AccessEvent.DEVICE_APPROVED: "Device approved",
    AccessEvent.DEVICE_DENIED: "Device refused",
    AccessEvent.PROGRAM_TOKEN_MADE: "Program token made",
    AccessEvent.PROGRAM_TOKEN_REVOKED: "Program token revoked",
    "sign-in-refused": "Refused: name or password",
    "second-factor-refused": "Refused: code of the authenticator app",
    "link-unusable": "Refused: code for a new password",
    "device-code-unusable": "Refused: code of a device",
    "token-unknown": "Refused: unknown token",
    "token-revoked": "Refused: revoked token",
    "token-expired": "Refused: expired token",
    "code-unusable": "Refused: wrong pairing code",
}


def access(
    last: Annotated[int, typer.Option(help="How many rows, the latest first.", min=1)] = 100,
    clinic: Annotated[
        list[str] | None,
        typer.Option(help="Who looked at what of this clinic. Repeatable; * for every clinic."),
    ] = None,
    who: Annotated[
        str | None, typer.Option(help="Rows of this user only: the name to sign in with or the full name.")
    ] = None,
    words: Annotated[str, typer.Option(help="Rows that have all of these words.")] = "",
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="From this day on."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Up to this day."),
    ] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Search the access log of the firm, and with --clinic those of clinics."""
    try:
        ledger = open_ledger(folder)
        search = AccessSearch(
            _names_of(ledger, who),
            words,
            first.date() if first else None,
            until.date() if until else None,
            last,
        )
        every = [entry.id for entry in ledger.clinics()] if EVERY in (clinic or ()) else clinic or ()
        rows = ledger.search_access(search, every, of_firm=not clinic or EVERY in clinic)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"access": [asdict(row) for row in rows]}, option=orjson.OPT_INDENT_2))
        return
    table = Table("When", "Clinic", "Who", "What", "About", "From", box=SIMPLE_HEAD)
    table.add_column("Times", justify="right")
    for row in rows:
        when = f"{datetime.fromisoformat(row.recorded_at).astimezone():%Y-%m-%d %H:%M}"
        told = (row.clinic, row.who, WORDS.get(row.what, row.what), row.about, row.origin)
        table.add_row(when, *map(escape, told), f"{row.times:,}")
    print_table(table if rows else "Nothing was recorded.")


def _names_of(ledger: Ledger, who: str | None) -> tuple[str, ...]:
    """Return the names that a user has in the logs, or what was typed if it is no user's name: a program's, or "local"."""
    if not who:
        return ()
    known = (
        (user.sign_in_name, user.full_name)
        for user in ledger.people.users.list_users()
        if fold(who) in {fold(user.sign_in_name), fold(user.full_name)}
    )
    return next(known, (who,))

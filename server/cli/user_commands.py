"""``clinicledger user``: who may sign in. The commands work on the ledger folder itself, and are recorded as "local"."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from addin.desktop.credentials import TOKEN_VARIABLE
from server.billing.people import LOCAL_PERSON, Role
from server.cli import terminal
from server.cli.options import (
    AsJson,
    LedgerFolder,
    complaints,
    exit_with_refusal,
    open_ledger,
    open_or_make_ledger,
    print_table,
)
from server.errors import BillingError, count_of
from server.ledger.people.password_links import LINK_HOURS
from server.ledger.people.people import People
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.user_rows import Clinics, User
from server.ledger.people.users import UserDetails, UserEdit
from server.operations.users import remark_about_attorney

console = Console()
user = typer.Typer(no_args_is_help=True, help="Look after the users who sign in.")

Name = Annotated[str, typer.Argument(help="The name to sign in with, such as ana.")]
OfRole = Annotated[Role, typer.Option("--role", help="What the user is to the firm.")]
OfClinics = Annotated[
    list[str] | None, typer.Option("--clinic", metavar="ID", help="A clinic that is given. Repeatable.")
]
AllClinics = Annotated[bool, typer.Option("--all-clinics", help="Give every clinic, also those added later.")]
OfAttorney = Annotated[
    str | None, typer.Option("--attorney", help="For the role attorney: the name that the cases have.")
]
OfIdentity = Annotated[
    str,
    typer.Option(
        "--identity-name",
        metavar="NAME",
        help="The user's name at the identity provider, such as ana@firm.example: the user signs in there, without a password.",
    ),
]

FIRST_USER = (
    "This is the first user. From now on everybody signs in with a name and a password: paired add-ins and pairing codes stop "
    "working, also yours. This cannot be taken back."
)


@contextmanager
def _people_of(ledger: LedgerFolder, *, as_json: bool, makes_ledger: bool = False) -> Iterator[People]:
    """Yield the people of the ledger; a refusal ends the command. A folder that was typed is never made: it may be a slip."""
    try:
        yield (open_or_make_ledger(None) if makes_ledger and ledger is None else open_ledger(ledger)).people
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None


@user.command()
def add(
    name: Name,
    role: OfRole,
    full_name: Annotated[str, typer.Option("--full-name", help="The name that the books keep, for good.")],
    clinic: OfClinics = None,
    all_clinics: AllClinics = False,
    attorney: OfAttorney = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of the input.")
    ] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Ask for no password; show a code with which the user sets one.")
    ] = False,
    identity_name: OfIdentity = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the first user is added.")] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Add a user. The first one is an administrator, with whom an office begins; from then on everybody signs in."""
    clinics = _clinics_named(clinic, all_clinics=all_clinics)
    if sum((link, password_stdin, bool(identity_name))) > 1:
        raise typer.BadParameter("Choose --link, --password-stdin or --identity-name.")
    details = UserDetails(full_name, role, clinics, attorney or "")
    with _people_of(ledger, as_json=as_json, makes_ledger=role is Role.ADMINISTRATOR) as people:
        if not people.users.has_users() and not yes:
            _confirm_first_user(can_ask=not password_stdin and not as_json)
        password = None if link or identity_name else _read_password(from_input=password_stdin)
        added = people.users.add(LOCAL_PERSON, name, details, password, identity_name)
        code = people.links.reset(LOCAL_PERSON, added.sign_in_name) if link else ""
    shown = {"user": _json_of(added)} | ({"code": code, "hours": LINK_HOURS} if code else {})
    sentence = f"Added {added.sign_in_name} ({added.full_name}, {added.role})."
    _print_user(shown, sentence, added, ledger, as_json=as_json)
    if code and not as_json:
        _print_code(code)


@user.command(name="list")
def list_users(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """List the users: role, clinics, and when they signed in last."""
    with _people_of(ledger, as_json=as_json) as people:
        users = people.users.list_users()
    if as_json:
        typer.echo(orjson.dumps({"users": list(map(_json_of, users))}, option=orjson.OPT_INDENT_2))
        return
    table = Table("Name", "Full name", "Role", "Clinics", "App", "Signed in", "", box=SIMPLE_HEAD)
    for one in users:
        role = f"{one.role} ({one.attorney})" if one.attorney else one.role.value
        app = "yes" if one.has_second_factor else ""
        state = "disabled" if one.is_disabled else _way_in(one)
        last = _local_minute(one.signed_in_at)
        cells = (one.sign_in_name, one.full_name, role, _in_words(one.clinics), app, last, state)
        table.add_row(*map(escape, cells))
    print_table(table if users else "This ledger has no users: nobody signs in.")


@user.command()
def change(
    name: Name,
    role: Annotated[Role | None, typer.Option("--role", help="Another role.")] = None,
    full_name: Annotated[str | None, typer.Option("--full-name", help="Another full name.")] = None,
    clinic: OfClinics = None,
    all_clinics: AllClinics = False,
    attorney: OfAttorney = None,
    identity_name: OfIdentity = "",
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Change a user. Another role, attorney, clinics or --identity-name end the user's sessions. --clinic replaces the clinics of before."""
    if clinic and all_clinics:
        raise typer.BadParameter("Choose --clinic or --all-clinics.")
    given = frozenset(clinic) if clinic else None
    edit = UserEdit(full_name, role, given, all_clinics, attorney)
    if (edit == UserEdit()) is not bool(identity_name):
        raise typer.BadParameter("Say what changes, and --identity-name by itself.")

    def act(people: People) -> User:
        if identity_name:
            return people.identity_accounts.expect(LOCAL_PERSON, name, identity_name)
        return people.users.change(LOCAL_PERSON, name, edit)

    _act_on_user(act, "Changed", ledger, as_json=as_json)


@user.command()
def disable(name: Name, ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Disable a user, and end the user's sessions at once. What the user recorded stays."""
    _act_on_user(lambda people: people.users.disable(LOCAL_PERSON, name), "Disabled", ledger, as_json=as_json)


@user.command()
def enable(name: Name, ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Let a disabled user sign in again."""
    _act_on_user(lambda people: people.users.enable(LOCAL_PERSON, name), "Enabled", ledger, as_json=as_json)


@user.command()
def reset(
    name: Name,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the authenticator app away, too.")
    ] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take a user's password away, end all sessions, and show a code with which the user sets a new password, once."""
    with _people_of(ledger, as_json=as_json) as people:
        code = people.links.reset(LOCAL_PERSON, name, second_factor=second_factor)
    if as_json:
        typer.echo(orjson.dumps({"code": code, "hours": LINK_HOURS}))
    else:
        _print_code(code)


@user.command()
def token(
    name: Annotated[str, typer.Argument(help="The program's name, which the books keep.")],
    role: Annotated[Role, typer.Option("--role", help="What the program may do.")] = Role.VIEWER,
    clinic: OfClinics = None,
    all_clinics: AllClinics = False,
    days: Annotated[int, typer.Option("--days", help="How many days it works, 365 at most.")] = 90,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Revoke every token of the program instead.")
    ] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a token for a program that works without a person. It is shown once."""
    if revoke:
        with _people_of(ledger, as_json=as_json) as people:
            ended = people.programs.revoke(LOCAL_PERSON, name)
        _print({"revoked": ended}, f"Revoked {count_of(ended, 'token')} of {name}.", as_json=as_json)
        return
    rights = ProgramRights(role, _clinics_named(clinic, all_clinics=all_clinics))
    with _people_of(ledger, as_json=as_json) as people:
        made = people.programs.make(LOCAL_PERSON, name, rights, days)
    _print({"token": made, "days": days}, made, as_json=as_json)
    if not as_json:
        complaints.print(
            f"Shown once. With it in the environment as {TOKEN_VARIABLE}, clinicledger press works as {escape(name)}.",
            highlight=False,
            soft_wrap=True,
        )


@user.command()
def sessions(
    name: Annotated[str | None, typer.Argument(help="This user alone; default: everybody.")] = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """List who is signed in where, and the tokens of programs that work."""
    with _people_of(ledger, as_json=as_json) as people:
        open_sessions = people.sessions.list_sessions(name)
        programs = [] if name else people.programs.list_programs()
    if as_json:
        listed = [asdict(one) | {"clinics": _sorted_ids(one.clinics)} for one in programs]
        shown = {"sessions": [asdict(one) for one in open_sessions], "programs": listed}
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
        return
    table = Table("Who", "What", "Began", "Last used", "Ends", box=SIMPLE_HEAD)
    for session in open_sessions:
        what = f"{session.kind}: {session.device}" if session.device else session.kind.value
        times = map(_local_minute, (session.made_at, session.used_at, session.ends_at))
        table.add_row(escape(session.sign_in_name), escape(what), *times)
    for program in programs:
        what = f"program, {program.role}, made by {program.made_by}"
        times = map(_local_minute, (program.made_at, program.used_at, program.ends_at))
        table.add_row(escape(program.name), escape(what), *times)
    print_table(table if open_sessions or programs else "Nobody is signed in.")


@user.command(name="sign-out")
def sign_out(name: Name, ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """End all sessions of a user at once."""
    with _people_of(ledger, as_json=as_json) as people:
        ended = people.sessions.end_sessions(LOCAL_PERSON, name)
    _print({"ended": ended}, f"Ended {count_of(ended, 'session')}.", as_json=as_json)


def _act_on_user(act: Callable[[People], User], done: str, ledger: LedgerFolder, *, as_json: bool) -> None:
    """Change a user, and print what the user is now."""
    with _people_of(ledger, as_json=as_json) as people:
        now = act(people)
    sentence = f"{done} {now.sign_in_name} ({now.full_name}, {now.role}, {_in_words(now.clinics)})."
    _print_user({"user": _json_of(now)}, sentence, now, ledger, as_json=as_json)


def _print_user(
    fields: dict[str, Any], sentence: str, shown: User, ledger: LedgerFolder, *, as_json: bool
) -> None:
    """Print what was done, and a remark if no case names the attorney whom the user is."""
    remark = remark_about_attorney(open_ledger(ledger), shown)
    fields |= {"remark": remark} if remark else {}
    _print(fields, f"{sentence} {remark}".rstrip(), as_json=as_json)


def _clinics_named(clinic: list[str] | None, *, all_clinics: bool) -> Clinics:
    """Return the clinics of the options; raises BadParameter unless they say exactly which."""
    if bool(clinic) == all_clinics:
        raise typer.BadParameter("Name each clinic with --clinic ID, or say --all-clinics.")
    return frozenset(clinic) if clinic else None


def _confirm_first_user(*, can_ask: bool) -> None:
    if not can_ask:
        raise typer.BadParameter(f"{FIRST_USER} Say --yes if that is what you want.")
    complaints.print(FIRST_USER, soft_wrap=True)
    typer.confirm("Add the user?", abort=True, err=True)


def _read_password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _print(fields: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps(fields, option=orjson.OPT_INDENT_2))
    else:
        console.print(escape(sentence), highlight=False, soft_wrap=True)


def _print_code(code: str) -> None:
    console.print(
        f"Code for a new password: [bold]{code}[/] (once, within {LINK_HOURS} hours). Give it to nobody but the user, who types it on the "
        "page /new-password of the service.",
        highlight=False,
        soft_wrap=True,
    )


def _json_of(one: User) -> dict[str, Any]:
    return asdict(one) | {"clinics": _sorted_ids(one.clinics)}


def _way_in(one: User) -> str:
    """Return how a user signs in who has no password, "" for one who has."""
    if one.identity_name:
        return f"as {one.identity_name} at the identity provider" + (
            "" if one.identity_tied_at else ", not yet"
        )
    return "" if one.password_at else "no password yet"


def _sorted_ids(clinics: Clinics) -> list[str] | None:
    return None if clinics is None else sorted(clinics)


def _in_words(clinics: Clinics) -> str:
    return "every clinic" if clinics is None else ", ".join(sorted(clinics))


def _local_minute(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}" if at else "never"

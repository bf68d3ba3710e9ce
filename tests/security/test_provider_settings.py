"""The settings of the identity provider: what is refused before anybody could be sent to a wrong place, and a secret that stays one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from server.billing.people import STAFF, Role, role_by_groups
from server.cli.commands import app
from server.identity_provider_settings import IdentityProviderSettings
from server.settings import Settings

SECRET = "not-to-be-seen-anywhere"  # noqa: S105 - of nobody
USUAL = {"CLINIC_LEDGER_OIDC_ISSUER": "https://id.example", "CLINIC_LEDGER_OIDC_CLIENT_ID": "ledger"}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in USUAL.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_nobody_signs_in_at_a_provider_unless_one_is_named() -> None:
    assert not Settings().identity_provider.is_on


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example", "https://id.example/realms/firm", "https://login.example:8443/", "http://127.0.0.1:9000",
        "http://localhost:9000", "http://[::1]:9000",
    ],
)  # fmt: skip
def test_an_issuer_is_encrypted_or_on_this_computer(env: pytest.MonkeyPatch, issuer: str) -> None:
    env.setenv("CLINIC_LEDGER_OIDC_ISSUER", issuer)
    assert Settings().identity_provider.issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example", "http://127.0.0.1.id.example", "http://127.0.0.1@id.example", "https://me@id.example", "id.example",
        "https://", "ftp://id.example", "https://id.example?a=b", "https://id.example#a", "https://id example", "https://[id",
        "https://id.example\n", "http://localhost.id.example", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_any_other_issuer_is_refused(env: pytest.MonkeyPatch, issuer: str) -> None:
    env.setenv("CLINIC_LEDGER_OIDC_ISSUER", issuer)
    with pytest.raises(ValidationError, match="is not an address that begins with https://"):
        Settings()


@pytest.mark.parametrize(
    ("typed", "roles"),
    [
        ("billing=biller, it = Administrator", {"billing": Role.BILLER, "it": Role.ADMINISTRATOR}),
        ('{"cn=billing,ou=groups": "biller"}', {"cn=billing,ou=groups": Role.BILLER}),
        ("cn=billing=viewer", {"cn=billing": Role.VIEWER}),
        ("", {}),
    ],
)
def test_groups_are_given_roles(env: pytest.MonkeyPatch, typed: str, roles: dict[str, Role]) -> None:
    env.setenv("CLINIC_LEDGER_OIDC_GROUP_ROLES", typed)
    assert Settings().identity_provider.group_roles == roles


@pytest.mark.parametrize(
    "typed", ["billing", "=biller", "billing=owner", "{", '{"billing": 7}', '["billing"]', "billing="]
)
def test_groups_that_nobody_can_read_are_refused(env: pytest.MonkeyPatch, typed: str) -> None:
    env.setenv("CLINIC_LEDGER_OIDC_GROUP_ROLES", typed)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "given", [(Role.VIEWER,), (Role.MANAGER, Role.BILLER), (Role.ATTORNEY,), tuple(Role), ()], ids=str
)
def test_groups_give_the_highest_role_of_staff_and_never_cross_to_attorneys(
    role: Role, given: tuple[Role, ...]
) -> None:
    found = role_by_groups(role, given)
    if role is Role.ATTORNEY:
        assert found is (Role.ATTORNEY if Role.ATTORNEY in given else None)
    else:
        assert found == max(set(given) & set(STAFF), key=STAFF.index, default=None)


def test_the_secret_comes_from_a_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    env.setenv("CLINIC_LEDGER_OIDC_CLIENT_SECRET_FILE", str(file))
    assert Settings().identity_provider.secret == SECRET
    assert SECRET not in repr(Settings())
    assert SECRET not in Settings().model_dump_json()
    env.setenv("CLINIC_LEDGER_OIDC_CLIENT_SECRET", "another")
    with pytest.raises(ValidationError, match="not both"):
        Settings()


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_refused(
    env: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    env.setenv("CLINIC_LEDGER_OIDC_CLIENT_SECRET_FILE", str(file))
    with pytest.raises(ValidationError, match="CLIENT_SECRET_FILE"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ISSUER", "http://id.example", "CLINIC_LEDGER_OIDC_ISSUER: .*begins with https://"),
        ("CLIENT_ID", "", "CLINIC_LEDGER_OIDC_CLIENT_ID is missing"),
        ("SCOPES", "profile", "CLINIC_LEDGER_OIDC_SCOPES: .*openid"),
        ("FRESH_MINUTES", "soon", "CLINIC_LEDGER_OIDC_FRESH_MINUTES"),
        ("CLIENT_SECRET_FILE", "/nowhere/at/all", "cannot be read"),
    ],
)
def test_serve_says_which_variable_is_wrong_and_no_secret(
    env: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    if name != "CLIENT_SECRET_FILE":
        env.setenv("CLINIC_LEDGER_OIDC_CLIENT_SECRET", SECRET)
    env.setenv(f"CLINIC_LEDGER_OIDC_{name}", value)
    told = CliRunner().invoke(app, ["serve", "--ledger", str(tmp_path)], env={"COLUMNS": "400"})
    assert told.exit_code == 2
    assert re.search(said, told.output)
    assert SECRET not in told.output


def test_what_a_wrong_setting_says_holds_no_secret() -> None:
    with pytest.raises(ValidationError) as wrong:
        IdentityProviderSettings(issuer="https://id.example", client_secret=SECRET)
    assert SECRET not in str(wrong.value)


def test_the_service_writes_no_secret_into_its_log(tmp_path: Path) -> None:
    """The service asks a provider that does not answer, while every logger says everything."""
    script = """
import logging, sys, httpx
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from pathlib import Path
from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import temporary_service
from server.settings import Settings
from tests.people import CHEAP, add_user, opened
ledger = opened(Path(sys.argv[1]))
add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
ledger.close()
with temporary_service(Settings(path=Path(sys.argv[1]), workers=0), hashing=CHEAP) as url:
    assert httpx.get(url + "/sign-in/provider").status_code == 503
"""
    env = (
        os.environ
        | USUAL
        | {
            "CLINIC_LEDGER_OIDC_ISSUER": "http://127.0.0.1:9",
            "CLINIC_LEDGER_OIDC_CLIENT_SECRET": SECRET,
        }
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "9/.well-known" in done.stderr or "127.0.0.1" in done.stderr
    assert SECRET not in done.stderr + done.stdout

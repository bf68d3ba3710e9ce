"""The files for an office server: what systemd, IIS and the program itself say of them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from server.cli import commands
from server.settings import Settings
from tests.cli.programs import ROOT
from tests.office_service import NAME, SHOWN_UPSTREAM

FOLDER = ROOT / "deploy" / "office"
UNIT = FOLDER / "clinicledger.service"
MOST_EXPOSURE = 1.5
"""Of 10, where a service with nothing set has 9.6. What is left is that it speaks to the network."""

WITHOUT_NEW_CODE = """
import ctypes, os, sys
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit(77)
os.execv(sys.executable, [sys.executable, "-m", "server.cli", "demo", "--dir", sys.argv[1]])
"""


@pytest.fixture(scope="module")
def systemd() -> str:
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("systemd-analyze is not installed (apt-get install systemd)")
    return found


def setting(name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    assert found
    return found[1]


def test_systemd_reads_the_unit_without_a_complaint(systemd: str, tmp_path: Path) -> None:
    program = shlex.split(setting("ExecStart"))[0]
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace(program, sys.executable), "utf-8")

    done = subprocess.run(
        [systemd, "verify", "--recursive-errors=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_unit_leaves_the_service_little_but_the_network(systemd: str) -> None:
    done = subprocess.run(
        [systemd, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=True,
    )
    (exposure,) = re.findall(r"Overall exposure level for clinicledger.service: ([\d.]+)", done.stdout)

    assert float(exposure) <= MOST_EXPOSURE


def test_the_command_and_the_variables_of_the_unit_are_those_of_the_program() -> None:
    words = shlex.split(setting("ExecStart"))[1:]
    variables = re.findall(r"^Environment=CLINIC_LEDGER_(\w+)=", UNIT.read_text("utf-8"), re.MULTILINE)
    shown = CliRunner().invoke(commands.app, [words[0], "--help"], env={"COLUMNS": "200"}).output

    assert words[0] == "serve"
    assert [word for word in words if word.startswith("--") and word not in shown] == []
    assert {name.lower() for name in variables} <= Settings.model_fields.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps memory from becoming code")
def test_the_program_works_where_memory_never_becomes_code(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_NEW_CODE, str(tmp_path / "demo")]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this kernel does not know how to keep memory from becoming code")

    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "demo").glob("*statement*")) or list((tmp_path / "demo").glob("*.xlsx"))


def test_the_file_for_iis_passes_everything_to_the_service_and_says_how_it_came() -> None:
    text = (FOLDER / "web.config").read_text("utf-8")
    site = ET.fromstring(text)  # noqa: S314 - our own
    (rule,) = site.iterfind(".//rewrite/rules/rule")
    (action,), (said,) = rule.iterfind("action"), rule.iterfind("serverVariables/set")

    assert rule.find("match").get("url") == ".*"  # type: ignore[union-attr]
    assert action.get("url") == f"http://{SHOWN_UPSTREAM}/{{R:0}}"
    assert (said.get("name"), said.get("value")) == ("HTTP_X_FORWARDED_PROTO", "https")
    assert site.find(".//requestLimits").get("maxAllowedContentLength") == str(Settings().largest_request)  # type: ignore[union-attr]
    for needed in ("/preserveHostHeader:true", "/includePortInXForwardedFor:false", "allowedServerVariables"):
        assert needed in text


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile", "web.config", "clinicledger.service"])
def test_all_files_are_for_one_name_and_one_port(file: str) -> None:
    text = (FOLDER / file).read_text("utf-8")

    assert NAME in text
    assert file == "clinicledger.service" or SHOWN_UPSTREAM in text

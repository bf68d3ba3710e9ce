"""The wheel runs alone: installed as a tool in an environment of its own, away from the repository."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import openpyxl
import pytest
from packaging.metadata import Metadata

from tests.office_service import free_port
from tools.release import constraints
from tools.third_party import PROJECT, ROOT

UV = os.environ.get("UV", "uv")
TOP_LEVEL = {"addin", "manifest", "server", "simulator", "workbook_templates"}
PATIENCE_SECONDS = 400
OURS = ("CLINIC_LEDGER", "PYTHON", "VIRTUAL_ENV", "UV_", "COVERAGE")
"""How variables begin that lead a program back to the repository."""


class Tool:
    """``clinicledger`` as ``uv tool install`` put it on the PATH, run in an empty folder."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.wheel = wheel
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        cache = subprocess.run(
            [UV, "cache", "dir"], check=True, capture_output=True, text=True
        ).stdout.strip()
        self.environment = kept | {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "COLUMNS": "200",
            "UV_CACHE_DIR": cache,
            "UV_TOOL_DIR": str(folder / "tools"),
            "UV_TOOL_BIN_DIR": str(folder / "bin"),
        }
        (folder / "constraints.txt").write_text(constraints(), "utf-8")
        install = [UV, "tool", "install", "--quiet", "--python", sys.executable, str(wheel)]
        versions = ["--constraints", str(folder / "constraints.txt")]
        subprocess.run([*install, *versions], env=self.environment, cwd=self.home, check=True)
        self.program = next((folder / "bin").glob("clinicledger*"))
        self.python = next(
            path for path in (folder / "tools").rglob("python*") if path.parent.name in {"bin", "Scripts"}
        )

    def run(self, *words: str | Path, accepted: Collection[int] = (0,)) -> str:
        """Run a command, and return what it printed. It must end with 0, or another accepted code."""
        done = subprocess.run(
            [self.program, *words],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode in accepted, done.stdout + done.stderr
        return done.stdout

    def calculate(self, expression: str) -> Any:  # noqa: ANN401 - whatever it comes to
        """Return what a Python expression comes to in the environment of the tool."""
        command = [str(self.python), "-I", "-c", f"import json; print(json.dumps({expression}))"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    @contextmanager
    def started(self, *words: str) -> Iterator[str]:
        """Run a command that goes on, and yield the first line that it prints."""
        with subprocess.Popen(
            [self.program, *words], env=self.environment, cwd=self.home, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout
            try:
                yield running.stdout.readline()
            finally:
                running.send_signal(signal.SIGTERM)
                running.wait(30)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--wheel", "--quiet", "--out-dir", str(built)], cwd=ROOT, check=True)
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def tool(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("tool"), wheel)


def test_the_wheel_holds_the_program_and_nothing_of_its_workshop(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        described = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = Metadata.from_email(packed.read(described), validate=False)

    licenses = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == TOP_LEVEL
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]
    assert {"LICENSE", "THIRD-PARTY-NOTICES.md"} < licenses
    assert about.license_expression == "LicenseRef-Proprietary"
    assert {"Typing :: Typed", "Private :: Do Not Upload"} < set(about.classifiers or ())
    assert f"{PROJECT.replace('-', '_')}-{about.version}-py3-none-any.whl" == wheel.name


def test_its_modules_come_from_the_environment_of_the_tool(tool: Tool) -> None:
    paths = tool.calculate(f"{{one: __import__(one).__path__[0] for one in {sorted(TOP_LEVEL)}}}")

    assert {Path(path).parent.name for path in paths.values()} == {"site-packages"}
    assert str(ROOT) not in str(paths)


def test_no_package_beside_it_has_a_folder_of_the_same_name(tool: Tool) -> None:
    found = tool.calculate("__import__('importlib.metadata').metadata.packages_distributions()")

    assert {name: set(found[name]) for name in TOP_LEVEL} == {name: {PROJECT} for name in TOP_LEVEL}


def test_the_version_is_that_of_the_wheel(tool: Tool) -> None:
    assert tool.run("--version").strip() == f"Clinic Ledger {tool.wheel.name.split('-')[1]}"


@pytest.fixture(scope="module")
def shown(tool: Tool) -> str:
    """Return what the demo said that made the folder ``demo``."""
    return tool.run("demo")


def test_the_demo_runs_from_the_wheel(tool: Tool, shown: str) -> None:
    payroll = tool.home / "demo" / "Lakeside Psychology Group payroll.xlsx"

    assert "Payroll Summary" in openpyxl.load_workbook(payroll, read_only=True).sheetnames
    assert "Then press the buttons yourself: clinicledger try" in shown


@pytest.mark.usefixtures("shown")
def test_a_service_of_the_wheel_answers_a_button_of_the_wheel(tool: Tool) -> None:
    log = tool.home / "demo" / "Lakeside Psychology Group appointments.xlsx"
    with tool.started("serve", "--port", "0", "--ledger", "demo/ledger", "--json") as told:
        service = json.loads(told)["url"]
        reply = json.loads(
            tool.run("press", "payroll.check", log, "--clinic", "lakeside", "--service", service, "--json")
        )

    assert reply["level"] in {"done", "review", "blocked"}
    assert reply["findings"]


def test_five_steps_lead_from_the_wheel_to_the_first_payroll(tool: Tool) -> None:
    """uv and the wheel are there; what follows is ``setup`` and two buttons (docs/install.md#biller)."""
    port = str(free_port())
    sample = tool.home / "Documents" / "Clinic Ledger Sample.xlsx"
    try:
        told = tool.run(
            "setup", "--no-open", "--port", port, "--json", accepted={0, 1}
        )  # 1: no manager of the user's services
        service = ("--service", f"https://localhost:{port}")
        tool.run("press", "clinic.save", sample, *service)
        reply = json.loads(
            tool.run("press", "payroll.generate", sample, "--sheet", "Appointments", "--json", *service)
        )
    finally:
        tool.run("setup", "--undo", accepted={0, 1})

    assert json.loads(told)["steps"]
    assert reply["figures"]["paid_cents"] == 204_000
    assert "Payroll Summary" in openpyxl.load_workbook(sample, read_only=True).sheetnames


def test_both_add_ins_are_made_by_the_wheel(tool: Tool) -> None:
    tool.run("addin", "manifest", "--out", "clinic-ledger.xml")
    tool.run("addin", "xlam", "--out", "clinic-ledger.xlam")

    assert b"<OfficeApp" in (tool.home / "clinic-ledger.xml").read_bytes()
    assert "xl/vbaProject.bin" in zipfile.ZipFile(tool.home / "clinic-ledger.xlam").namelist()


def test_the_simulated_excel_is_in_the_wheel(tool: Tool) -> None:
    with tool.started("try", "--no-open") as told:
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+/\S*", told)
        with urlopen(address, timeout=60) as answer:  # noqa: S310 - the address it told us
            page = answer.read().decode()
            assert "Simulated Excel" in page
        script = re.search(r'src="([^"]+\.js)"', page)
        assert script
        with urlopen(address.rsplit("/", 1)[0] + "/" + script[1].lstrip("./"), timeout=60) as answer:  # noqa: S310
            assert answer.status == 200

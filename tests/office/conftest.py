"""The tools JavaScript is checked with. Nobody needs them to run the product, so without them we skip, aloud."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def javascript_file(address: str) -> Path:
    """Return the file behind a test page's address: the simulator's under /simulator/, else the add-in's."""
    name = address.lstrip("/")
    return ROOT / name if name.startswith("simulator/") else ROOT / "addin" / "office" / name


@pytest.fixture(scope="session")
def node() -> str:
    """Return the program that runs JavaScript."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed, so the JavaScript was not run")
    return found


@pytest.fixture(scope="session")
def compiler(node: str) -> list[str]:
    """Return the command of TypeScript's checker, installed as package-lock.json says."""
    script = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, so the JavaScript was not type-checked")
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True, capture_output=True)
    return [node, str(script)]

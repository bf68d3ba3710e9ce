"""What goes out with the program: its licenses, its bill of materials, and what an audit may claim."""

import json
import re
import tomllib
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tools.audit import audit_of, pinned_versions
from tools.release import bill_of_materials, license_texts, main
from tools.third_party import PROJECT, ROOT, VENDORED, Package, license_files, locked_packages

WORDS = {
    "MIT": "Permission is hereby granted",
    "MIT-0": "Permission is hereby granted",
    "ISC": "Permission to use, copy, modify, and",
    "BSD-2-Clause": "Redistributions of source code",
    "BSD-3-Clause": "Redistributions of source code",
    "Apache-2.0": "Apache License",
    "MPL-2.0": "Mozilla Public License",
    "LGPL-3.0-only": "GNU LESSER GENERAL PUBLIC LICENSE",
    "PSF-2.0": "PYTHON SOFTWARE FOUNDATION LICENSE",
    "Unlicense": "free and unencumbered software",
    "Zlib": "misrepresented as being the original software",
    "LicenseRef-Public-Domain": "",
}
"""What the text of each license says somewhere."""

IN_A_MODULE = {("prometheus-client", "BSD-2-Clause")}
"""Licenses whose text is only in the module that came under it."""


@pytest.fixture(scope="module")
def bom() -> dict[str, Any]:
    """The bill of materials. Building it checks it against the schema of CycloneDX."""
    built: dict[str, Any] = json.loads(bill_of_materials())
    return built


def runtime_versions() -> set[tuple[str, str]]:
    """Walk the lock from the program and its extras to all they need: package and version."""
    entries = defaultdict(list)
    for entry in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]:
        entries[entry["name"]].append(entry)
    found: set[tuple[str, str]] = set()
    waiting = [*entries[PROJECT]]
    while waiting:
        of = waiting.pop()
        extras = of.get("optional-dependencies", {}).values() if of["name"] == PROJECT else ()
        for one in chain(of.get("dependencies", []), *extras):
            for entry in entries[one["name"]]:
                if (entry["name"], entry["version"]) not in found:
                    found.add((entry["name"], entry["version"]))
                    waiting.append(entry)
    return found


def test_the_bill_of_materials_lists_every_locked_runtime_package_and_nothing_else(
    bom: dict[str, Any],
) -> None:
    listed = {
        (one["name"], one["version"]) for one in bom["components"] if one["purl"].startswith("pkg:pypi/")
    }

    assert listed == runtime_versions()
    assert {"openpyxl", "pywin32", "uvloop"} <= {name for name, _ in listed}


def test_every_component_has_a_license_and_every_package_its_digests(bom: dict[str, Any]) -> None:
    assert all(one["licenses"] for one in [*bom["components"], bom["metadata"]["component"]])
    packages = [one for one in bom["components"] if one["purl"].startswith("pkg:pypi/")]
    assert all(len(one["externalReferences"][0]["hashes"][0]["content"]) == 64 for one in packages)


def test_everything_in_the_bill_of_materials_is_needed_by_the_program(bom: dict[str, Any]) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in bom["dependencies"]}
    reached: set[str] = set()
    waiting = [bom["metadata"]["component"]["bom-ref"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs[name]

    assert reached == {one["bom-ref"] for one in [*bom["components"], bom["metadata"]["component"]]}


@pytest.mark.parametrize("package", locked_packages(), ids=lambda package: package.name)
def test_the_license_in_the_notices_is_that_of_the_installed_text(package: Package) -> None:
    files = license_files(package.name)
    text = " ".join(file.read_text("utf-8", errors="replace") for file in files)
    named = [name for name in re.split(r" OR | AND |[()]", package.license) if name in WORDS]

    assert named
    if files:  # a package of another system has none here
        said = re.sub(r"\s+", " ", text).casefold()
        here = [name for name in named if (package.name, name) not in IN_A_MODULE]
        assert all(WORDS[name].casefold() in said for name in here)


def test_the_texts_of_a_release_name_every_installed_package_and_every_library() -> None:
    texts = "".join(license_texts())

    installed = [package.name for package in locked_packages() if license_files(package.name)]
    assert len(installed) > 40
    assert all(f"\n{name}: " in texts for name in [*installed, *(one.npm for one in VENDORED)])


def test_the_libraries_of_the_wheel_are_listed_with_the_versions_of_their_readme() -> None:
    folder = ROOT / "simulator" / "vendor"
    readme = (folder / "README.md").read_text("utf-8")

    assert {one.license_file.name for one in VENDORED} == {path.name for path in folder.glob("*.LICENSE")}
    for one in VENDORED:
        assert f"`npm pack {one.npm}@{one.version}`" in readme


def test_the_package_says_that_it_is_proprietary_and_is_never_uploaded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["license"] == "LicenseRef-Proprietary"
    assert "Private :: Do Not Upload" in project["classifiers"]
    for pattern in project["license-files"]:
        assert list(ROOT.glob(pattern)), pattern


# -- What an audit may claim --


def report(*entries: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(entries), "fixes": []})


CLEAN = {"name": "one", "version": "1.0", "vulns": []}
SKIPPED = {"name": "two", "skip_reason": "not found at the source"}
WEAK = {"name": "two", "version": "2.0", "vulns": [{"id": "EX-2026-1", "fix_versions": ["2.1"]}]}


def test_an_audit_names_the_advisory_and_the_version_without_it() -> None:
    assert audit_of(report(CLEAN, WEAK), 2).vulnerabilities == ("two 2.0: EX-2026-1, fixed in 2.1",)
    assert audit_of(report(CLEAN), 1) == audit_of(report(CLEAN), 1, "WARNING: slow")


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        (report(CLEAN, SKIPPED), "no answer about 1 of 2 packages"),
        (report(CLEAN), "no answer about 1 of 2 packages"),
        ("", "the list is not there"),
        ("[]", "the list is not there"),
    ],
    ids=["skipped", "left-out", "nothing", "no-report"],
)
def test_an_audit_without_an_answer_about_every_package_is_no_audit(told: str, failure: str) -> None:
    assert audit_of(told, 2, "WARNING\nthe list is not there").failure == failure


def test_every_version_of_a_package_is_audited() -> None:
    packages = [Package("one", ("1.0", "1.1"), "MIT", ()), Package("two", ("2.0",), "MIT", ())]

    assert pinned_versions(packages) == [[("one", "1.0"), ("two", "2.0")], [("one", "1.1")]]


@pytest.mark.parametrize("guide", ["install.md", "first-hour.md", "backups.md"])
def test_a_release_has_the_guides_and_what_they_lead_to(release: Path, guide: str) -> None:
    text = (release / "docs" / guide).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    assert links
    assert [link for link in links if not (release / "docs" / link).exists()] == []
    assert (release / "constraints.txt").exists()


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what goes out beside the wheel."""
    folder = tmp_path_factory.mktemp("release") / "dist"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.release.DIST", folder)
        main()
    return folder

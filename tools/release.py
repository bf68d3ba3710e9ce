"""Writes what goes out beside the wheel: ``just release``.

The bill of materials lists every package that the lock makes the program install, on any system and any supported
version of Python, with its license and its files' digests, and the libraries that are part of the wheel.
"""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from tools.third_party import (
    PROJECT,
    ROOT,
    VENDORED,
    Package,
    direct_needs,
    license_files,
    locked_digests,
    locked_packages,
)

DIST = ROOT / "dist"
CONSTRAINTS = "constraints.txt"


class BadBillOfMaterials(Exception):
    """The bill of materials is not valid CycloneDX."""


def bill_of_materials() -> str:
    """Return the CycloneDX document of the program, as JSON. Raises BadBillOfMaterials and NoLicense."""
    facts = _project_facts()
    root = Component(
        name=PROJECT,
        version=facts["version"],
        type=ComponentType.APPLICATION,
        bom_ref=PROJECT,
        description=facts["description"],
        licenses=[LicenseExpression(facts["license"])],
    )
    packages = locked_packages()
    components = {package.name: _components_of(package) for package in packages}
    libraries = [_component("npm", one.npm, one.version, one.license) for one in VENDORED]
    bom = Bom(components=[*(part for parts in components.values() for part in parts), *libraries])
    bom.metadata.component = root

    def all_of(names: Iterable[str]) -> list[Component]:
        return [part for name in names for part in components[name]]

    bom.register_dependency(root, [*all_of(direct_needs()), *libraries])
    for package in packages:
        for part in components[package.name]:
            bom.register_dependency(part, all_of(package.needs))
    text: str = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise BadBillOfMaterials(str(error))
    return text


def license_texts() -> Iterator[str]:
    """Yield the license texts of the packages that are installed on this system, and of the libraries in the wheel."""
    for package in locked_packages():
        for file in license_files(package.name):
            yield _section(package.name, file)
    for library in VENDORED:
        yield _section(library.npm, ROOT / library.license_file)


def _components_of(package: Package) -> list[Component]:
    """Return a component for each version of a package, with the digests of the files that may be installed."""
    return [
        _component("pypi", package.name, version, package.license, locked_digests(package.name, version))
        for version in package.versions
    ]


def _component(
    registry: str, name: str, version: str, license_expression: str, digests: Sequence[str] = ()
) -> Component:
    address = PackageURL(registry, name=name, version=version)
    return Component(
        name=name,
        version=version,
        purl=address,
        bom_ref=address.to_string(),
        licenses=[LicenseExpression(license_expression)],
        external_references=[_distribution(name, digests)] if digests else (),
    )


def _distribution(name: str, digests: Sequence[str]) -> ExternalReference:
    """Return where the files of a package are, with all their digests: checking an address for each file takes minutes."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"https://pypi.org/simple/{name}/"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests],
    )


def _section(name: str, file: Path) -> str:
    line = "=" * 79
    return f"{line}\n{name}: {file.name}\n{line}\n\n{file.read_text('utf-8', errors='replace').strip()}\n\n"


def _project_facts() -> dict[str, str]:
    facts: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return facts


def constraints() -> str:
    """Return the version of each package that the tests ran with, as pip and uv read them."""
    command = [
        os.environ.get("UV", "uv"),
        "export",
        "--frozen",
        "--no-dev",
        "--all-extras",
        "--no-emit-project",
    ]
    plain = ["--no-hashes", "--no-annotate", "--no-header", "--quiet"]
    exported = subprocess.run([*command, *plain], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - fixed words
    return exported.stdout


def main() -> None:
    """Write beside the wheel: the bill of materials, the license texts, the packages' versions, the changelog, the guides, the files for an office server."""
    DIST.mkdir(exist_ok=True)
    name = f"{PROJECT.replace('-', '_')}-{_project_facts()['version']}.cdx.json"
    (DIST / name).write_text(bill_of_materials(), "utf-8")
    (DIST / "THIRD-PARTY-LICENSES.txt").write_text("".join(license_texts()), "utf-8")
    (DIST / CONSTRAINTS).write_text(constraints(), "utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", DIST)
    for folder in ("docs", "deploy/office"):  # in the places that the links of the guides lead to
        shutil.copytree(ROOT / folder, DIST / folder, dirs_exist_ok=True)


if __name__ == "__main__":
    main()

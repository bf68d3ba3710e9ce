"""What of other people's work is installed or shipped with the program, by its lock, with licenses.

``third_party_page()`` is THIRD-PARTY-NOTICES.md; ``tools.release`` puts the same licenses into the bill of materials, and
the texts of the licenses beside the wheel.
"""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROJECT = "clinic-ledger"
VENDOR = Path("simulator/vendor")

LICENSE_FILE = re.compile("licen[cs]e|copying|notice|authors", re.IGNORECASE)
"""The beginning of the name of a file with a license, or with the people who grant it."""

LICENSES = {
    "appscript": "LicenseRef-Public-Domain",
    "authlib": "BSD-3-Clause",
    "awslambdaric": "Apache-2.0",
    "backports-tarfile": "MIT",
    "certifi": "MPL-2.0",
    "click-default-group": "LicenseRef-Public-Domain",
    "colorama": "BSD-3-Clause",
    "deprecated": "MIT",
    "email-validator": "Unlicense",
    "et-xmlfile": "MIT",
    "h11": "MIT",
    "httpx": "BSD-3-Clause",
    "importlib-metadata": "Apache-2.0",
    "jaraco-classes": "MIT",
    "jeepney": "MIT",
    "jinja2": "BSD-3-Clause",
    "joserfc": "BSD-3-Clause",
    "lazy-importer": "Apache-2.0",
    "lxml": "BSD-3-Clause",
    "mangum": "MIT",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "olefile": "BSD-2-Clause",
    "obstore": "MIT",
    "openpyxl": "MIT",
    "pluggy": "MIT",
    "psutil": "BSD-3-Clause",
    "pyopenvba": "MIT",
    "python-dotenv": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "rich": "MIT",
    "secretstorage": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "shellingham": "ISC",
    "simplejson": "MIT",
    "snapshot-restore-py": "Apache-2.0",
    "sqlcipher3": "Zlib",
    "sqlite-fts4": "Apache-2.0",
    "tzdata": "Apache-2.0",
    "uvloop": "MIT OR Apache-2.0",
    "xlrd": "BSD-3-Clause",
    "xlwings": "BSD-3-Clause",
    "zipp": "MIT",
    "zxcvbn": "MIT",
}
"""Licenses of packages whose metadata has no license expression, or that not every system installs. Read by a person."""

REMARKS = {
    "certifi": "used unchanged",
    "obstore": "used unchanged; only for documents in an object store, by the extra `s3`",
    "orjson": "used unchanged",
    "sqlcipher3": "used unchanged; its wheels have SQLCipher (BSD-3-Clause, © Zetetic LLC), SQLite (public domain) and OpenSSL (Apache-2.0) inside",
    "typst": "used unchanged; the fonts inside are Libertinus (OFL-1.1), New Computer Modern (GUST), DejaVu (Bitstream Vera)",
    "xlwings": "its folder `pro` is under another license and is never imported",
}


class NoLicense(Exception):
    """A package of the lock says nothing of its license, and nobody has entered it in LICENSES."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the lock, and the names of the packages it needs itself.

    It has several versions if they depend on the version of Python.
    """

    name: str
    versions: tuple[str, ...]
    license: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VendoredLibrary:
    """A library whose files are in the repository. ``file`` is their name without an ending, ``npm`` its package."""

    file: str
    npm: str
    version: str
    license: str

    @property
    def license_file(self) -> Path:
        """Return the path of its license text, from the root of the repository."""
        return VENDOR / f"{self.file}.LICENSE"


VENDORED = (
    VendoredLibrary("dx-exceljs-fork", "devextreme-exceljs-fork", "4.5.0", "MIT"),
    VendoredLibrary("fflate", "fflate", "0.8.3", "MIT"),
    VendoredLibrary("ssf", "ssf", "0.11.2", "Apache-2.0"),
)


def locked_packages() -> list[Package]:
    """Return the packages that the program needs to run, on any system, by name. Raises NoLicense."""
    needs = _needs_by_name()
    return [
        Package(name, _locked_versions()[name], license_of(name), needs[name])
        for name in sorted(needs.keys() - {PROJECT})
    ]


def direct_needs() -> tuple[str, ...]:
    """Return the names of the packages that the program itself imports or starts."""
    return _needs_by_name()[PROJECT]


def locked_digests(name: str, version: str) -> list[str]:
    """Return the SHA-256 digest of each file of a package, as the lock has them."""
    (entry,) = [one for one in _lock_entries()[name] if one["version"] == version]
    files = [entry["sdist"]] if "sdist" in entry else []
    return [one["hash"].removeprefix("sha256:") for one in [*files, *entry.get("wheels", [])]]


def _needs_by_name() -> dict[str, tuple[str, ...]]:
    """Return what the program and each package it needs to run need themselves."""
    entries = _lock_entries()
    found: dict[str, tuple[str, ...]] = {}
    waiting = [PROJECT]
    while waiting:
        name = waiting.pop()
        if name not in found:
            of_all = {one["name"] for entry in entries[name] for one in entry.get("dependencies", [])}
            if name == PROJECT:
                of_all |= _optional_needs()
            found[name] = tuple(sorted(of_all))
            waiting += of_all
    return found


def _optional_needs() -> set[str]:
    """Return the packages that the extras of the program add, such as ``clinic-ledger[s3]``."""
    (entry,) = _lock_entries()[PROJECT]
    return {one["name"] for extra in entry.get("optional-dependencies", {}).values() for one in extra}


def _locked_versions() -> dict[str, tuple[str, ...]]:
    return {name: tuple(entry["version"] for entry in of) for name, of in _lock_entries().items()}


@cache
def _lock_entries() -> dict[str, list[dict[str, Any]]]:
    """Return the entries of the lock by the name of their package."""
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]:
        entries[entry["name"]].append(entry)
    return entries


def license_of(name: str) -> str:
    """Return the SPDX expression of a package's license. Raises NoLicense."""
    if name in LICENSES:
        return LICENSES[name]
    try:
        headers = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        headers = None
    if headers is None or "License-Expression" not in headers:
        raise NoLicense(f"{name}: enter its license in tools/third_party.py")
    return headers["License-Expression"]


def license_files(name: str) -> list[Path]:
    """Return the license files that are installed with a package; none if it is not installed on this system.

    An empty file is none: snapshot-restore-py has one, and names its license in its metadata alone.
    """
    try:
        installed = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    return [
        Path(str(file.locate()))
        for file in installed.files or []
        if ".dist-info" in file.parts[0] and LICENSE_FILE.match(file.name) and file.size != 0
    ]


def third_party_page() -> str:
    """Return THIRD-PARTY-NOTICES.md."""
    packages = [
        f"| {one.name} | {', '.join(one.versions)} | {one.license} | {REMARKS.get(one.name, '')} |"
        for one in locked_packages()
    ]
    vendored = [
        f"| {one.npm} | {one.version} | {one.license} | [{one.license_file.name}]({one.license_file.as_posix()}) |"
        for one in VENDORED
    ]
    return "\n".join([HEAD, *packages, MIDDLE, *vendored, ""])


HEAD = """\
<!-- Built from uv.lock by python -m tools.build -->
# Third-party notices

Clinic Ledger is proprietary (see LICENSE). It uses the open-source packages below, each under its own license.

These packages are not part of Clinic Ledger's wheel. Each is installed from PyPI, and its license text is installed with it, in the folder
`<name>-<version>.dist-info`. A release also has all these texts in one file, `THIRD-PARTY-LICENSES.txt`. Packages that only tests and checks
need are not listed. Two versions are listed where the version depends on the version of Python.

| package | version | license (SPDX) | remark |
|---|---|---|---|"""

MIDDLE = """
These JavaScript libraries are part of the wheel, in `simulator/vendor`. They are unchanged, except that the last line of the first is left out:
it names a file that is not shipped. Their license texts are beside them.

| library | version | license (SPDX) | text |
|---|---|---|---|"""

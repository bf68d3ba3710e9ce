"""Where the ribbon finds the service: what ``addin install`` wrote down for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import orjson

from addin.desktop.refusals import Refusal
from addin.desktop.service import URL_VARIABLE, Service

PROJECT: Final = "clinicledger"
"""What the add-in is called on disk. xlwings' macros name their settings after it."""

OWN_FOLDER: Final = f".{PROJECT}"
"""In the user's folder: what the add-in remembers."""


class SettingsDamaged(Refusal):
    """The settings cannot be read."""

    code = "settings-damaged"
    title = "The settings of the add-in are damaged"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not say where the service is.",
            "Install the add-in again: clinicledger addin install",
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service is and which token it is shown; ``None`` is where they usually are."""

    url: str | None = None
    token_file: Path | None = None

    @classmethod
    def of(cls, home: Path) -> Self:
        """Return the settings of a user, the usual ones where nothing was installed. Raises SettingsDamaged."""
        path = settings_file(home)
        try:
            told = orjson.loads(path.read_bytes())
            file = told["token_file"]
            return cls(told["url"], Path(file) if file else None)
        except FileNotFoundError:
            return cls()
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            raise SettingsDamaged(path) from None

    def content(self) -> bytes:
        """Return what the settings file says."""
        told = {"url": self.url, "token_file": str(self.token_file) if self.token_file else None}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def service(self, environment: Mapping[str, str]) -> Service:
        """Return a client of the service; the variable of the environment wins."""
        return Service(environment.get(URL_VARIABLE) or self.url, self.token_file)


def settings_file(home: Path) -> Path:
    """Return the file the settings are in."""
    return home / OWN_FOLDER / "settings.json"

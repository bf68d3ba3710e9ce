"""Where the ribbon finds the service: the settings that ``addin install`` wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import orjson

from addin.desktop.credentials import is_of_this_computer
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import URL_VARIABLE

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
    """The address of the service and the file of the token; ``None`` means the default place."""

    url: str | None = None
    token_file: Path | None = None
    start: tuple[str, ...] = ()
    """The command that starts the service of this computer; empty if the add-in does not start it."""

    @classmethod
    def of(cls, home: Path) -> Self:
        """Return the settings of a user, or the defaults if nothing was installed. Raises SettingsDamaged."""
        path = settings_file(home)
        try:
            settings = orjson.loads(path.read_bytes())
            file = settings["token_file"]
            start = tuple(map(str, settings.get("start") or ()))
            return cls(settings["url"], Path(file) if file else None, start)
        except FileNotFoundError:
            return cls()
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise SettingsDamaged(path) from None

    def content(self) -> bytes:
        """Return the content of the settings file."""
        settings = {
            "url": self.url,
            "token_file": str(self.token_file) if self.token_file else None,
            "start": list(self.start),
        }
        return orjson.dumps(settings, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def service(self, environment: Mapping[str, str]) -> Service:
        """Return a client of the service. The environment variable has precedence."""
        return Service(environment.get(URL_VARIABLE) or self.url, self.token_file)

    def start_command(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Return the command that starts the service that the add-in speaks to; empty if it is another one, or elsewhere."""
        is_here = self.url is None or is_of_this_computer(self.url)
        return self.start if is_here and not environment.get(URL_VARIABLE) else ()


def settings_file(home: Path) -> Path:
    """Return the path of the settings file."""
    return home / OWN_FOLDER / "settings.json"

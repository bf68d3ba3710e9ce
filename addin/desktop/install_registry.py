"""Where Excel for Windows looks for Office add-ins in development. We touch nothing else in the registry."""

import sys

if sys.platform == "win32":
    import winreg

DEVELOPER = r"Software\Microsoft\Office\16.0\Wef\Developer"


def set_value(name: str, value: str) -> None:
    """Set a value under the current user's key."""
    if sys.platform == "win32":
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, DEVELOPER) as key:
            winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)
    else:
        raise OSError("only Windows has a registry")


def remove_value(name: str, value: str) -> bool:
    """Remove a value if it is still this one; return whether it was."""
    if sys.platform == "win32":
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, DEVELOPER) as key:
            try:
                found, _ = winreg.QueryValueEx(key, name)
            except FileNotFoundError:
                return False
            if found != value:
                return False
            winreg.DeleteValue(key, name)
            return True
    else:
        raise OSError("only Windows has a registry")

"""The command line: the only package that knows both the service and the add-in."""

from server.cli.commands import app


def main() -> None:
    """Run ``clinicledger``."""
    app()

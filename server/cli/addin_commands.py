"""The commands of ``clinicledger addin``."""

import typer

from server.cli.certificate_command import certificate
from server.cli.install_commands import install, manifest, uninstall, xlam
from server.cli.pairing_command import code
from server.cli.token_commands import forget, revoke, tokens

addin = typer.Typer(no_args_is_help=True, help="Set up the add-ins for Excel.")
addin.command()(install)
addin.command()(uninstall)
addin.command()(manifest)
addin.command()(xlam)
addin.command()(certificate)
addin.command()(code)
addin.command()(tokens)
addin.command()(revoke)
addin.command()(forget)

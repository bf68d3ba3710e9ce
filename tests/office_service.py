"""The service as an office runs it: with users, under a name, behind a proxy or with a certificate of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.app import create_app
from server.cli.service import http_config, open_listener
from server.settings import Settings
from tests.cli.programs import surroundings
from tests.people import CHEAP

NAME = "ledger.office.example"
PATIENCE_SECONDS = 60.0
SHOWN_UPSTREAM = "127.0.0.1:8765"
"""Where the service is in the configurations of ``deploy/office``."""
CADDY = shutil.which("caddy", path="/usr/bin:/usr/local/bin") or ""
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or ""


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """Serve with these settings inside the block; yield the port on 127.0.0.1. Unlike a temporary service, it has names."""
    with open_listener("127.0.0.1", 0) as listener:
        app = create_app(settings, hashing=CHEAP)
        server = uvicorn.Server(http_config(app, settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port: int = listener.getsockname()[1]
        yield port
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


def certificate_in(folder: Path, name: str = NAME) -> Path:
    """Write a certificate for a name, with its key, and return the file. It is its own authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.pem"
    file.write_bytes(pem)
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lead_here(patch: pytest.MonkeyPatch, name: str = NAME) -> None:
    """Let a name lead to this computer, as the name server of the office would."""
    usual = socket.getaddrinfo

    def look_up(host: str | bytes | None, *others: object, **more: object) -> object:
        return usual("127.0.0.1" if host in {name, name.encode()} else host, *others, **more)  # type: ignore[arg-type]

    patch.setattr(socket, "getaddrinfo", look_up)


@dataclass
class Command:
    """``clinicledger serve`` as a program of its own, which can be started again."""

    ledger: Path
    words: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    program: "subprocess.Popen[str] | None" = field(default=None)

    def start(self) -> dict[str, str]:
        """Start the service; return what it prints as JSON. It listens from then on."""
        usual = {
            "CLINIC_LEDGER_WORKERS": "0",
            "CLINIC_LEDGER_CERTIFICATES": str(self.ledger.parent / "no-certificates"),
        }
        environment = surroundings(**usual | self.variables)
        typed = [
            sys.executable,
            "-m",
            "server.cli",
            "serve",
            "--json",
            "--ledger",
            str(self.ledger),
            *self.words,
        ]
        self.program = subprocess.Popen(typed, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.program.stdout
        told: dict[str, str] = json.loads(self.program.stdout.readline())
        return told

    def send_signal(self, number: int) -> None:
        """Send the service a signal."""
        assert self.program
        self.program.send_signal(number)

    def kill(self) -> None:
        """End the service at once, whatever it is doing."""
        self.send_signal(signal.SIGKILL)
        assert self.program
        self.program.communicate(timeout=PATIENCE_SECONDS)

    def stop(self) -> int:
        """Ask the service to stop, as a service manager does; return its exit status."""
        assert self.program
        self.program.send_signal(signal.SIGTERM)
        self.program.communicate(timeout=PATIENCE_SECONDS)
        return self.program.returncode


@contextmanager
def command(ledger: Path, *words: str) -> Iterator[Command]:
    """Yield a service that is started, and stop it afterwards."""
    one = Command(ledger, list(words))
    one.start()
    try:
        yield one
    finally:
        if one.program and one.program.poll() is None:
            one.stop()


@contextmanager
def nginx(folder: Path, certificate: Path, upstreams: Mapping[str, int], configuration: str) -> Iterator[int]:
    """Run nginx with the configuration of a page of docs; yield its port.

    ``upstreams`` are the ports here of the services that the page names: ``10.0.0.11:8765``. Only the paths and ports of the page are changed, and what nginx needs to run as a program of the tests.
    """
    if not NGINX:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    port = free_port()
    site = (
        configuration.replace("listen 443", f"listen 127.0.0.1:{port}")
        .replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
        .replace("/etc/ssl/ledger.crt", str(certificate))
        .replace("/etc/ssl/ledger.key", str(certificate))
        .replace("/etc/ssl/office-authority.crt", str(certificate))
    )
    for shown, port_here in upstreams.items():
        site = site.replace(shown, f"127.0.0.1:{port_here}")
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}\n}}\n"
    )
    with subprocess.Popen([NGINX, "-c", str(file), "-e", str(folder / "error.log")]) as program:
        try:
            _wait_for_port(port, program)
            yield port
        finally:
            program.terminate()


@contextmanager
def caddy(folder: Path, certificate: Path, upstreams: Mapping[str, int], configuration: str) -> Iterator[int]:
    """Run Caddy with a configuration, as ``nginx`` runs nginx; yield its port."""
    if not CADDY:
        pytest.skip("Caddy is not installed (apt-get install caddy)")
    port = free_port()
    with_certificate = f"https://{NAME}:{port} {{\n\ttls {certificate} {certificate}\n"
    site = configuration.replace(f"\n{NAME} {{\n", f"\n{with_certificate}", 1)
    for shown, port_here in upstreams.items():
        site = site.replace(shown, f"127.0.0.1:{port_here}")
    file = folder / "Caddyfile"
    file.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    own = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (
        (folder / "caddy.log").open("wb") as log,
        subprocess.Popen(
            [CADDY, "run", "--config", str(file), "--adapter", "caddyfile"], stderr=log, env=own
        ) as program,
    ):
        try:
            _wait_for_port(port, program)
            yield port
        finally:
            program.terminate()


def _wait_for_port(port: int, program: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert program.poll() is None, "the proxy did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the proxy did not listen")

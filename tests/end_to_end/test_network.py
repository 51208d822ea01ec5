"""Certificates are verified, SSL_CERT_FILE and proxies are honoured, and a dead network is said clearly."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.end_to_end.program import Program


@dataclass
class Server:
    """A server that answers every GET with an empty feed and remembers what it was asked."""

    folder: Path
    tls: bool = False
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                body = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title></channel></rss>'
                self.send_response(404 if self.path.endswith("robots.txt") else 200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate(), self.folder / "key.pem")
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.http.server_port}"

    def certificate(self) -> Path:
        path = self.folder / "certificate.pem"
        if path.exists():
            return path
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self.folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return path

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def declare(folder: Path, base: str) -> Path:
    """An outlet of that server; gives the folder of declarations."""
    outlets = folder / "outlets"
    outlets.mkdir()
    domain = base.split("//")[1]
    (outlets / "kabar_uji.toml").write_text(
        f'title = "Kabar Uji"\nsite = "{base}/"\ndomains = ["{domain}"]\nnote = "2026-11-21: a test"\n'
        f'[discover]\nfeeds = ["{base}/feed"]\n[politeness]\ndelay = 0\n',
        encoding="utf-8",
    )
    return outlets


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, tls=True)
    yield server
    server.close()


@pytest.fixture
def plain_server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


def program(folder: Path, outlets: Path, **environment: str) -> Program:
    return Program(f"sqlite:///{folder}/pantau.db", outlets, tuple(environment.items()))


def test_an_unknown_certificate_is_refused(tls_server: Server, tmp_path: Path) -> None:
    out = program(tmp_path, declare(tmp_path, tls_server.base)).run(
        "crawl", "kabar_uji", "-s", "RETRY_TIMES=0", status=1
    )
    assert "certificate" in out.splitlines()[-1].lower()
    assert not tls_server.asked


def test_ssl_cert_file_adds_an_authority(tls_server: Server, tmp_path: Path) -> None:
    authority = str(tls_server.certificate())
    program(tmp_path, declare(tmp_path, tls_server.base), SSL_CERT_FILE=authority).run("crawl", "kabar_uji", fresh=True)
    assert "/feed" in tls_server.asked


def test_a_check_tells_when_the_certificate_ends(tls_server: Server, tmp_path: Path) -> None:
    authority = str(tls_server.certificate())
    checks = program(tmp_path, declare(tmp_path, tls_server.base), SSL_CERT_FILE=authority)
    out = checks.run("outlets", "check", "kabar_uji", status=1, fresh=True)
    assert "\nproblem  certificate: ends on " in out
    assert ": it lists nothing: look with a browser whether it is still used" in out


def test_the_proxy_variable_is_honoured(plain_server: Server, tmp_path: Path) -> None:
    outlets = declare(tmp_path, "http://kabar.example")
    program(tmp_path, outlets, http_proxy=plain_server.base, no_proxy="").run("crawl", "kabar_uji")
    assert "http://kabar.example/feed" in plain_server.asked


def test_no_network_is_said_in_the_last_line(tmp_path: Path) -> None:
    outlets = declare(tmp_path, "http://127.0.0.1:9")
    out = program(tmp_path, outlets).run("crawl", "kabar_uji", "-s", "RETRY_TIMES=0", status=1)
    assert "127.0.0.1:9/feed" in out.splitlines()[-1]

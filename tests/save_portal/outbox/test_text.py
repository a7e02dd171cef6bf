"""Text messages go to a gateway over HTTPS: a real server with a certificate made for the test."""

import base64
import ipaddress
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from save_portal.accounts.tenancy import system_scope
from save_portal.outbox.models import Message
from save_portal.outbox.queue import deliver_due, enqueue, handler
from save_portal.outbox.text import send_text


def certificate(folder):
    """The path of a file with a key and a certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway of the test")])
    begun = datetime.now(tz=UTC) - timedelta(hours=1)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "gateway.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Gateway(BaseHTTPRequestHandler):
    """Answers with the next of `answers`, and remembers what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        status = self.server.answers.pop(0)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "https://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(tmp_path, monkeypatch, settings):
    pem = certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    settings.SMS_URL = f"https://portal:p%40ss@127.0.0.1:{server.server_port}/messages"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_is_posted_as_json_with_name_and_password_under_its_key(gateway):
    gateway.answers += [202]
    send_text(to="+12025550123", text="Algo ha cambiado: ¡mire!", key="outbox-7")
    ((path, headers, body),) = gateway.asked
    assert path == "/messages"
    assert body == {"to": "+12025550123", "text": "Algo ha cambiado: ¡mire!"}
    assert headers["Idempotency-Key"] == "outbox-7"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"portal:p@ss"


def test_a_refusal_and_a_redirection_are_failures(gateway):
    gateway.answers += [500, 302]
    for status in (500, 302):
        with pytest.raises(HTTPError) as refused:
            send_text(to="+12025550123", text="x", key="outbox-8")
        assert refused.value.code == status
    assert len(gateway.asked) == 2  # nobody was led elsewhere with the message


def test_a_gateway_whose_certificate_nobody_signed_is_sent_nothing(gateway, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(URLError, match="certificate"):
        send_text(to="+12025550123", text="x", key="outbox-9")
    assert gateway.asked == []


@handler("text of the test")
def text_of_the_test(message: Message) -> None:
    send_text(to="+12025550123", text="x", key=f"outbox-{message.pk}")


def test_the_outbox_tries_again_after_a_pause_until_the_gateway_takes_it(db, gateway):
    gateway.answers += [503, 200]
    enqueue("text of the test", key="once", payload={})
    begun = timezone.now() + timedelta(seconds=1)
    assert deliver_due(begun) == 0
    with system_scope():
        kept = Message.objects.get()
    assert (kept.attempts, kept.delivered_at, kept.given_up_at) == (1, None, None)
    assert kept.last_error.startswith("HTTPError: HTTP Error 503")
    assert deliver_due(begun) == 0  # not before the pause is over
    assert deliver_due(kept.due_at) == 1
    assert deliver_due(kept.due_at + timedelta(days=30)) == 0
    keys = [headers["Idempotency-Key"] for _, headers, _ in gateway.asked]
    assert keys == [f"outbox-{kept.pk}"] * 2

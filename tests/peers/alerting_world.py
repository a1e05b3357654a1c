"""What `alerting.py` runs its checks in: processes, an HTTP server that collects messages, a mailbox."""

import asyncio
import email
import email.policy
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(look, seconds):
    """What `look` gives as soon as that is something; the last it gave when the time is over."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except (OSError, urllib.error.URLError):
            found = None
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def movable(program, folder):
    """A copy of Debian's Alertmanager that looks for its templates in its working folder: the package wants
    them below /usr/share, and nothing is installed outside of the build folder. Both paths are equally long."""
    fixed = b"/usr/share/prometheus/alertmanager"
    share = os.path.join(os.path.dirname(os.path.dirname(program)), "share/prometheus/alertmanager")
    for name in os.listdir(share):
        if name.endswith(".tmpl"):
            shutil.copy(os.path.join(share, name), folder)
    here = b"./" * (len(fixed) // 2)
    copy = os.path.join(folder, "alertmanager")
    with open(program, "rb") as original, open(copy, "wb") as moved:
        moved.write(original.read().replace(fixed, here))
    os.chmod(copy, 0o755)
    return copy


class Process:
    """A program that is killed at the end."""

    def __init__(self, command, log, env=None, folder=None):
        os.makedirs(os.path.dirname(log), exist_ok=True)
        self.log = open(log, "ab")
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=env, cwd=folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        self.log.close()


class Tacho:
    """Our server with an `alertmanager.yml`, without the rules that come with it."""

    def __init__(self, program, folder, routes):
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "alertmanager.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(routes)
        ready = os.path.join(folder, "ready.json")
        if os.path.exists(ready):
            os.remove(ready)
        any_port = "127.0.0.1:0"
        command = [program, "serve", "--data-dir", os.path.join(folder, "data"), "--http", any_port, "--otlp-grpc", any_port,
                   "--otlp-http", any_port, "--ready-file", ready, "--set", f"alerting.alertmanager_config={path}",
                   "--set", "rules.builtin=false"]
        env = {k: v for k, v in os.environ.items() if not k.startswith("TACHO_")}
        env.update(XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
        self.process = Process(command, os.path.join(folder, "tacho.log"), env)
        self.ready, self.log = ready, os.path.join(folder, "tacho.log")

    def __enter__(self):
        def look():
            if os.path.exists(self.ready):
                with open(self.ready, encoding="utf-8") as file:
                    return json.load(file)
            return None

        ready = wait_for(look, 60)
        if not ready:
            self.process.__exit__()
            with open(self.log, encoding="utf-8", errors="replace") as file:
                raise RuntimeError(f"tacho was not ready: {file.read()[-500:]}")
        self.url = f"http://{ready['http']}"
        return self

    def kill(self):
        self.process.child.kill()
        self.process.child.wait()

    def __exit__(self, *_):
        self.process.__exit__()


class Collector:
    """An HTTP server that keeps what is sent to it."""

    def __init__(self):
        self.messages = []
        messages = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                messages.append((time.monotonic(), self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def timed(self):
        return list(self.messages)

    def bodies(self):
        return [(path, body) for _, path, body in self.messages]


class Received:
    def __init__(self, envelope, session):
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.to = list(envelope.rcpt_tos)
        self.tls = session.ssl is not None
        self.user = getattr(session, "auth_data", None)


def authority(folder):
    """A certificate authority, and a certificate of it for localhost with its key."""
    path = lambda name: os.path.join(folder, name)
    run = lambda *arguments: subprocess.run(["openssl", *arguments], check=True, capture_output=True)
    with open(path("leaf.cnf"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n")
    new = ["-newkey", "rsa:2048", "-nodes"]
    run("req", "-x509", *new, "-days", "2", "-subj", "/CN=test authority", "-keyout", path("ca.key"), "-out", path("ca.pem"))
    run("req", *new, "-subj", "/CN=localhost", "-keyout", path("leaf.key"), "-out", path("leaf.csr"))
    run("x509", "-req", "-days", "2", "-in", path("leaf.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
        "-CAcreateserial", "-extfile", path("leaf.cnf"), "-out", path("leaf.pem"))
    return path("ca.pem"), path("leaf.pem"), path("leaf.key")


class Mailbox:
    """A real SMTP server: STARTTLS is asked for, and a user with a password."""

    def __init__(self, folder):
        self.messages = []
        os.makedirs(folder, exist_ok=True)
        self.certificate, leaf, key = authority(folder)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(leaf, key)
        messages = self.messages

        class Keep:
            async def handle_DATA(self, server, session, envelope):
                messages.append(Received(envelope, session))
                return "250 kept"

        def check(server, session, envelope, mechanism, data):
            good = data.login == b"tacho" and data.password == b"right"
            return AuthResult(success=good, handled=good, auth_data=data.login.decode() if good else None)

        class Server(Controller):
            def factory(self):
                return SMTP(Keep(), hostname="localhost", tls_context=tls, require_starttls=True, auth_required=True,
                            authenticator=check)

        self.port = free_port()
        self.controller = Server(None, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


# aiosmtpd runs a loop of its own in a thread.
asyncio.set_event_loop(asyncio.new_event_loop())

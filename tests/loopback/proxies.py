"""Proxies from Debian on random ports of the loopback interface: tinyproxy for HTTP, microsocks for SOCKS5."""

import select
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 200
LogFile "{log}"
LogLevel Connect
Allow 127.0.0.1
DisableViaHeader Yes
{more}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_on_free_port(start):
    """A port, and the process that listens there; `start(port)` gives it. None of these programs can be handed a socket, and somebody
    may take the port in between: then the program ends, and the next port is tried."""
    for _ in range(10):
        port = free_port()
        process = start(port)
        if listens(port, process):
            return port, process
        process.kill()
        process.wait()
    raise AssertionError(f"{process.args} does not listen")


def listens(port, process):
    """Whether the program does before long."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                # Another's port ends the program, if not at once.
                select.select([], [], [], 0.01)
                return process.poll() is None
        select.select([], [], [], 0.01)
    return False


class Proxy:
    """A running proxy; `log` is what it has said so far."""

    scheme = None

    def __init__(self, credentials=None):
        self.credentials = credentials  # (user name, password)

    def command(self, port):
        raise NotImplementedError

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nbcrawl-proxy-")
        self.folder = Path(self._folder.name)
        self.port, self.process = start_on_free_port(self._start)
        self.name = f"127.0.0.1:{self.port}"
        return self

    def _start(self, port):
        with open(self.folder / "output", "wb") as output:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.command(port)], stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self._folder.cleanup()

    def url(self, credentials=None, scheme=None):
        return f"{scheme or self.scheme}://{credentials + '@' if credentials else ''}{self.name}"

    @property
    def log(self):
        return "".join(path.read_text() for path in sorted(self.folder.iterdir()) if path.name in ("log", "output"))


class Tinyproxy(Proxy):
    scheme = "http"

    def command(self, port):
        more = "BasicAuth {} {}".format(*self.credentials) if self.credentials else ""
        path = self.folder / "conf"
        path.write_text(CONFIGURATION.format(port=port, log=self.folder / "log", more=more))
        return ["tinyproxy", "-d", "-c", path]


class Microsocks(Proxy):
    scheme = "socks5"

    def command(self, port):
        credentials = ["-u", self.credentials[0], "-P", self.credentials[1]] if self.credentials else []
        return ["microsocks", "-i", "127.0.0.1", "-p", str(port), *credentials]

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


def wait_for_port(port, process):
    """Until the program listens; neither of these can be handed a socket. Their ports may be taken by others meanwhile, which
    shows as an end of the process."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        select.select([], [], [], 0.01)
    raise AssertionError(f"{process.args[0]} does not listen on port {port}")


class Proxy:
    """A running proxy; `log` is what it has said so far."""

    scheme = None

    def __init__(self, credentials=None):
        self.credentials = credentials  # (user name, password)

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nbcrawl-proxy-")
        self.folder = Path(self._folder.name)
        self.port = free_port()
        self.name = f"127.0.0.1:{self.port}"
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.command()], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_for_port(self.port, self.process)
        return self

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

    def command(self):
        more = "BasicAuth {} {}".format(*self.credentials) if self.credentials else ""
        path = self.folder / "conf"
        path.write_text(CONFIGURATION.format(port=self.port, log=self.folder / "log", more=more))
        return ["tinyproxy", "-d", "-c", path]


class Microsocks(Proxy):
    scheme = "socks5"

    def command(self):
        credentials = ["-u", self.credentials[0], "-P", self.credentials[1]] if self.credentials else []
        return ["microsocks", "-i", "127.0.0.1", "-p", str(self.port), *credentials]

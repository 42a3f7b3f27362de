"""The servers that clients are measured against, on a processor of their own, and what they count."""

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from measure import PROGRAMS, SERVER_PROCESSOR

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "loopback"))
import nginx  # noqa: E402

LINE = b"The quick brown fox jumps over the lazy dog, and the crawler reads of it all. </p>\n<p>"


def write_pages(folder):
    """HTML pages of exact sizes: 1k.html, 16k.html, 256k.html."""
    for name, size in (("1k", 1024), ("16k", 16 * 1024), ("256k", 256 * 1024)):
        begin = b"<!DOCTYPE html><meta charset=utf-8><title>A page</title>\n<p>"
        text = begin + LINE * (size // len(LINE) + 1)
        (folder / f"{name}.html").write_bytes(text[: size - 1] + b"\n")


class Nginx(nginx.Nginx):
    """One worker. stub_status counts in place of a log, which would be most of what it does."""

    def __init__(self, root, server="", **options):
        counts = "charset utf-8; keepalive_requests 100000000; location = /counts { stub_status; }"
        super().__init__(root, counts + server, access_log=False, processor=SERVER_PROCESSOR, **options)

    def counts(self):
        """Connections and requests so far, these questions left out."""
        self.asked = getattr(self, "asked", 0) + 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if self.listen_options.startswith(" ssl"):
            import ssl
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=ssl._create_unverified_context())
        connection.request("GET", "/counts", headers={"Connection": "close"})
        words = connection.getresponse().read().split()
        accepted, _handled, requests = map(int, words[7:10])
        connection.close()
        return accepted - self.asked, requests - self.asked


class SlowServer:
    """Answers each request after `delay_ms`. It counts when it ends, so there is one for each run. Port 0: any."""

    def __init__(self, delay_ms, body_bytes, port=0):
        self.words = [PROGRAMS / "bench_slow_server", str(delay_ms), str(body_bytes), str(port)]

    def __enter__(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(SERVER_PROCESSOR), *self.words], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.origin = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def answer_all(self):
        os.kill(self.process.pid, signal.SIGUSR1)

    def end(self):
        """Connections and requests it had."""
        self.process.terminate()
        words = self.process.stdout.read().split()
        self.process.wait()
        return int(words[0]), int(words[1])

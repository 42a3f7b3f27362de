"""nghttpd, an HTTP/2 server of its own kind, on a random port of the loopback interface."""

import re
import subprocess
import tempfile
from pathlib import Path

from proxies import start_on_free_port


class Nghttpd:
    """Serves `root`; what is posted comes back. `options`: more words of its command line. Within TLS with `certificate`, a PEM
    file that holds the key too."""

    def __init__(self, root, *options, certificate=None):
        self.root = root
        self.options = [*options, "--echo-upload"]
        self.certificate = certificate

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nbcrawl-nghttpd-")
        self._log = Path(self._folder.name) / "log"
        self.port, self.process = start_on_free_port(self._start)
        self.origin = f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"
        return self

    def _start(self, port):
        keys = [self.certificate, self.certificate] if self.certificate else []
        with open(self._log, "wb") as log:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "nghttpd", "--verbose", "--address=127.0.0.1", f"--htdocs={self.root}",
                 *([] if keys else ["--no-tls"]), *self.options, str(port), *keys],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __exit__(self, *_):
        self.stop()
        self._folder.cleanup()

    def stop(self):
        """Then the log is whole."""
        self.process.terminate()
        self.process.wait()

    def streams(self):
        """(connection, stream) of each request so far."""
        log = self._log.read_text(errors="replace")
        return re.findall(r"^\[id=(\d+)\].* recv HEADERS frame <.*stream_id=(\d+)>", log, re.MULTILINE)

"""nginx on a random port of the loopback interface."""

import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
daemon off;
{user}worker_processes 1;
pid "{folder}/nginx.pid";
error_log "{folder}/error.log";
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  log_format one_line '$connection $connection_requests $request_method $uri $status $http_host';
  log_format tls '$connection $uri $ssl_session_reused $ssl_protocol $server_protocol';
  access_log "{folder}/access.log" one_line;
  client_body_temp_path "{folder}/tmp";
  proxy_temp_path "{folder}/tmp";
  fastcgi_temp_path "{folder}/tmp";
  uwsgi_temp_path "{folder}/tmp";
  scgi_temp_path "{folder}/tmp";
  types {{
    text/html html;
    text/plain txt;
    application/json json;
  }}
  default_type application/octet-stream;
  gzip off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  server {{
    listen {address}{listen_options};
    root "{root}";
    {server}
  }}
}}
"""


def listen(ip):
    """A listening socket that only the loopback interface reaches, whatever address it is bound to."""
    listener = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET)
    if ip == "0.0.0.0":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listener.bind((ip, 0))
    listener.listen(4096)
    return listener


class Nginx:
    """Serves `root`. `server` is configuration of the server block. With `certificate`, a PEM file with its key, it speaks
    TLS, and its log has other words: connection, path, "r" where the session was resumed, TLS version, HTTP version; and HTTP/2 where `http2` says so. `processor`: it
    runs on that one only.

    The listening socket is made here and handed over, as one nginx hands it to another: so the port is known, nobody
    can take it, and clients may connect before nginx is up.
    """

    def __init__(self, root, server="", ip="127.0.0.1", access_log=True, certificate=None, processor=None,
                 http2=False):
        self.root = Path(root)
        self.server = server
        self.ip = ip
        self.access_log = access_log
        self.placement = [] if processor is None else ["taskset", "-c", str(processor)]
        self.listen_options = ""
        if certificate is not None:
            self.listen_options = " ssl http2" if http2 else " ssl"
            self.server += f'ssl_certificate "{certificate}"; ssl_certificate_key "{certificate}"; access_log access.log tls;'

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nbcrawl-nginx-")
        self.folder = Path(self._folder.name)
        with listen(self.ip) as listener:
            self.port = listener.getsockname()[1]
            self.origin = f"{'https' if self.listen_options else 'http'}://127.0.0.1:{self.port}"
            # Started by root, nginx would have its worker read the folder as nobody.
            user = "user root;\n" if os.geteuid() == 0 else ""
            configuration = CONFIGURATION.format(
                folder=self.folder, root=self.root, server=self.server, user=user, address=f"{self.ip}:{self.port}",
                listen_options=self.listen_options)
            if not self.access_log:
                configuration = configuration.replace(f'access_log "{self.folder}/access.log" one_line', "access_log off")
            (self.folder / "nginx.conf").write_text(configuration)
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.placement, "nginx", "-p", self.folder, "-e", self.folder / "error.log",
                 "-c", self.folder / "nginx.conf"],
                pass_fds=[listener.fileno()],
                env={"PATH": os.environ["PATH"] + ":/usr/sbin", "NGINX": f"{listener.fileno()};"},
                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self._folder.cleanup()

    def requests(self, at_least=0):
        """The access log, one list of words a request: connection, its number there, method, path, status, host. nginx
        writes a line when it has sent the response: the client may be a little ahead."""
        log = self.folder / "access.log"
        deadline = time.monotonic() + 10
        while True:
            lines = log.read_text().splitlines() if log.exists() else []
            if len(lines) >= at_least or time.monotonic() > deadline:
                return [line.split() for line in lines]
            time.sleep(0.01)

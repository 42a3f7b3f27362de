"""A short list with a job of every kind, for tests of faults that may strike anywhere: http, https and HTTP/2, names, redirects,
codings, cookies, commands, files, failures. Its results are known."""

import gzip
import json

from certificates import Authority
from dns_server import Dnsmasq
from http2_peer import Http2Server
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context

HTML = b"<!DOCTYPE html><meta charset=utf-8><title>Every kind</title><a href=/next>next</a>"
LARGE = b"0123456789abcdef" * 20_000


def echo(connection, request):
    connection.send(response(request.body))
    return True


PAGES = {
    "/html": lambda connection, request: connection.send(response(HTML, "Content-Type: text/html")) or True,
    "/large": lambda connection, request: connection.send(response(LARGE)) or True,
    "/gzip": response(gzip.compress(HTML), "Content-Encoding: gzip", "Connection: close"),
    "/json": response(b'{"a": [1, 2]}', "Set-Cookie: kind=every", "Connection: close"),
    "/moved": response(b"", "Location: /arrived", "Connection: close", status="302 Found"),
    "/echo": echo,
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
    "/garbage": b"no response at all\r\n\r\n",
    "/none": response(b"", "Connection: close", status="404 Not Found"),
}


class EveryKind:
    """The servers, and the list `every_kind.json` in `folder`, where the command must run with `options`."""

    def __init__(self, folder, commands=True):
        self.folder = folder
        self.commands = commands  # with those of exec, which need more of the system than valgrind knows
        authority = Authority(folder)
        self._dns = Dnsmasq({"good.test": ["127.0.0.1"]})
        self._http = ScriptedServer(PAGES)
        certificate = authority.issue("good", names="DNS:good.test")
        self._tls = TlsServer(server_context(certificate), PAGES)
        self._http2 = Http2Server({"/large": LARGE, "/html": HTML}, certificate=certificate)

    def __enter__(self):
        self._dns.__enter__()
        self._http.__enter__()
        self._tls.__enter__()
        self._http2.__enter__()
        jobs, self.expected = zip(*self._jobs())
        (self.folder / "every_kind.json").write_text(json.dumps(jobs, indent=0))
        self.options = ["--cacert", "ca.pem", "--dns-servers", self._dns.address, "-m", "20", "-c", "jar", "every_kind.json"]
        return self

    def __exit__(self, *_):
        self._http2.__exit__()
        self._tls.__exit__()
        self._http.__exit__()
        self._dns.__exit__()

    def forget(self):
        """Takes away what an earlier run has left: `out`, `state`, `log`, the jar and the file of `save`."""
        for name in ("out", "state", "state-wal", "log", "jar", "saved/7"):
            (self.folder / name).unlink(missing_ok=True)

    def url(self, path):
        return self._http.url(path)

    def _jobs(self):
        """Each job with what its record must say: the body, or the code of the error."""
        http, tls = self._http.url, lambda path: self._tls.url(path, "good.test")
        text = HTML.decode()
        yield {"url": http("/plain")}, "/plain"
        yield {"url": http("/html"), "callback": "title"}, "Every kind"
        yield {"url": http("/gzip")}, text
        yield {"url": http("/json"), "callback": "json:/a/1"}, "2"
        yield {"url": http("/moved")}, "/arrived"
        yield {"url": http("/echo"), "method": "POST", "body": "said"}, "said"
        yield {"url": http("/html"), "callback": "exec:cat" if self.commands else "decode"}, text
        yield {"url": http("/large"), "callback": "save:saved/{index}"}, "./saved/7"
        yield {"url": f"http://good.test:{self._http.port}/html", "callback": "text"}, "next"
        yield {"url": tls("/plain")}, "/plain"
        yield {"url": tls("/large"), "callback": "raw"}, LARGE.decode()
        yield {"url": tls("/gzip"), "callback": "links"}, tls("/next")
        yield {"url": self._tls.url("/plain")}, "tls_wrong_host"
        yield {"url": "http://missing.test/"}, "dns_not_found"
        yield {"url": "http://127.0.0.1:1/"}, "connect_refused"
        yield {"url": http("/short")}, "truncated_body"
        yield {"url": http("/garbage")}, "malformed_response"
        yield {"url": http("/none")}, "http_status"
        http2 = f"https://good.test:{self._http2.port}"
        yield {"url": f"{http2}/html", "callback": "title"}, "Every kind"
        yield {"url": f"{http2}/large", "callback": "raw"}, LARGE.decode()
        yield {"url": f"{http2}/echo", "method": "POST", "body": "said"}, "/echo"

    def found(self, records):
        """What the records say, in the order of the jobs; None where one is missing."""
        by_index = {int(record["id"]): record for record in records}
        assert len(by_index) == len(records), "a record is there twice"
        return [self._said(by_index.get(i)) for i in range(len(self.expected))]

    @staticmethod
    def _said(record):
        if record is None:
            return None
        return record.get("body_file") or record["body"].strip() if record["ok"] else record["error"]

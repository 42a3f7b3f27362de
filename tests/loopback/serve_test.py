#!/usr/bin/env python3
"""`nbcrawl serve` over real connections: HTTP/1.1 on the wire, hostile and slow clients, scarce descriptors, signals."""

import contextlib
import errno
import fcntl
import hashlib
import http.client
import json
import os
import re
import select
import signal
import socket
import struct
import time
import unittest
from pathlib import Path

from harness import Case, need_descriptors, status_of, wait_until_signal_is_taken

MULTIPLEXERS = ("select", "poll", "epoll")
SECONDS = 30
GET = b"GET %s HTTP/1.1\r\nHost: h\r\n\r\n"
SITE = Path(__file__).parents[2] / "config" / "site.json"


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def receive_until(connection, end=None):
    """Everything until the server closes, or until `end` has come."""
    received = b""
    while end is None or not received.endswith(end):
        piece = connection.recv(1 << 16)
        if not piece:
            break
        received += piece
    return received


def read_response(stream):
    """One response with Content-Length from a binary file object: status, fields, body."""
    status = int(stream.readline().split()[1])
    fields = http.client.parse_headers(stream)
    return status, fields, stream.read(int(fields.get("Content-Length", 0)))


class Server:
    """A running `nbcrawl serve` and the port it says it has."""

    def __init__(self, command):
        self.command = command
        self.pid = command.pid
        self.line = command.process.stdout.readline().decode()
        match = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", self.line)
        if match is None:
            raise AssertionError(f"it said {self.line!r}, and {command.finish().stderr!r}")
        self.port = int(match[1])

    def connect(self, receive_buffer=None):
        connection = socket.socket()
        connection.settimeout(SECONDS)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", self.port))
        return connection

    def exchange(self, request):
        """Sends bytes on a connection of their own and returns all that comes until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return receive_until(connection)

    def get(self, path, method="GET", **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, headers=fields)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def stop(self, number=signal.SIGTERM):
        os.kill(self.pid, number)
        return self.command.finish()

    def await_descriptors(self, count):
        """Waits until the server has no more than so many descriptors open."""
        limit = time.monotonic() + SECONDS
        while descriptors(self.pid) > count:
            if time.monotonic() > limit:
                raise AssertionError(f"{descriptors(self.pid)} descriptors, not {count}")
            select.select([], [], [], 0.01)


class ServeCase(Case):
    def serve(self, routes, *arguments, **options):
        self.write("routes.json", json.dumps({"routes": routes}))
        return self.serve_file("routes.json", *arguments, **options)

    def serve_file(self, path, *arguments, **options):
        return Server(self.start("serve", path, "--port", 0, *arguments, read_stdout=False, **options))

    def each_multiplexer(self, routes, **options):
        for name in MULTIPLEXERS:
            with self.subTest(multiplexer=name):
                yield self.serve(routes, "--multiplexer", name, **options)

    def assert_idle(self, server, seconds=0.4):
        """What waits must not cost the processor anything."""
        before = cpu_seconds(server.pid)
        select.select([], [], [], seconds)
        self.assertLess(cpu_seconds(server.pid) - before, seconds / 4, "the loop spins")


class ProtocolTest(ServeCase):
    ROUTES = {
        "/a": {"text": "<a>", "type": "text/plain"},
        "/chunks": {"text": "0123456789", "chunks": 4},
        "/close": {"text": "bye", "close": True},
        "/post": {"text": "posted", "methods": ["POST"]},
        "/moved": {"redirect": "/a", "status": 308},
        "/gone": {"status": 410, "headers": {"X-Why": ["first", "second"]}},
    }

    def test_two_requests_share_a_connection(self):
        for server in self.each_multiplexer(self.ROUTES):
            with server.connect() as connection, connection.makefile("rb") as stream:
                for _ in range(2):
                    connection.sendall(GET % b"/a")
                    status, fields, body = read_response(stream)
                    self.assertEqual((status, body, fields["Content-Type"]), (200, b"<a>", "text/plain; charset=utf-8"))
                    self.assertIsNone(fields["Connection"])
                    self.assertRegex(fields["Date"], r"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")
            self.assertEqual(server.stop().status, 143)

    def test_pipelined_requests_are_answered_in_order(self):
        requests = GET % b"/a" + b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz" + GET % b"/none"
        for server in self.each_multiplexer(self.ROUTES):
            for split in (len(requests), 30, 100):
                with server.connect() as connection, connection.makefile("rb") as stream:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connection.sendall(requests[:split])
                    connection.sendall(requests[split:])
                    answers = [read_response(stream) for _ in range(3)]
                self.assertEqual([(status, body) for status, _, body in answers],
                                 [(200, b"<a>"), (200, b"posted"), (404, b"404 Not Found\n")])

    def test_a_request_may_come_byte_by_byte(self):
        server = self.serve(self.ROUTES)
        with server.connect() as connection, connection.makefile("rb") as stream:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in GET % b"/a":
                connection.sendall(bytes([byte]))
            self.assertEqual(read_response(stream)[2], b"<a>")

    def test_head_has_the_fields_of_get_and_no_body(self):
        server = self.serve(self.ROUTES)
        for path in ("/a", "/chunks", "/gone", "/none"):
            whole = server.get(path)
            head = server.get(path, "HEAD")
            self.assertEqual(head[0], whole[0])
            self.assertEqual(head[2], b"")
            for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
                self.assertEqual(head[1][name], whole[1][name], (path, name))

    def test_statuses(self):
        server = self.serve(self.ROUTES)
        self.assertEqual(server.get("/none")[0], 404)
        status, fields, _ = server.get("/a", "DELETE")
        self.assertEqual((status, fields["Allow"]), (405, "GET, HEAD"))
        status, fields, _ = server.get("/post")
        self.assertEqual((status, fields["Allow"]), (405, "POST"))
        status, fields, body = server.get("*", "OPTIONS")
        self.assertEqual((status, fields["Allow"], body), (204, "GET, HEAD, OPTIONS, POST", b""))
        status, fields, _ = server.get("/moved")
        self.assertEqual((status, fields["Location"]), (308, "/a"))
        status, fields, body = server.get("/gone")
        self.assertEqual((status, fields.get_all("X-Why"), body), (410, ["first", "second"], b"410 Gone\n"))
        self.assertEqual(server.get("http://elsewhere/a")[2], b"<a>")

    def test_chunks_are_as_many_as_asked_for(self):
        server = self.serve(self.ROUTES)
        head, _, body = server.exchange(b"GET /chunks HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").partition(b"\r\n\r\n")
        self.assertIn(b"\r\nTransfer-Encoding: chunked\r\n", head)
        self.assertNotIn(b"Content-Length", head)
        self.assertEqual(body, b"3\r\n012\r\n3\r\n345\r\n2\r\n67\r\n2\r\n89\r\n0\r\n\r\n")

    def test_http_1_0_knows_neither_chunks_nor_persistence_unless_it_asks(self):
        server = self.serve(self.ROUTES)
        head, _, body = server.exchange(b"GET /chunks HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
        self.assertIn(b"\r\nContent-Length: 10\r\nConnection: close", head)
        self.assertEqual(body, b"0123456789")
        with server.connect() as connection, connection.makefile("rb") as stream:
            for _ in range(2):
                connection.sendall(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                status, fields, _ = read_response(stream)
                self.assertEqual((status, fields["Connection"]), (200, "keep-alive"))

    def test_the_connection_is_closed_where_client_or_route_says_so(self):
        server = self.serve(self.ROUTES)
        for request in (b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", GET % b"/close"):
            self.assertIn(b"\r\nConnection: close\r\n", server.exchange(request))

    def test_a_client_that_has_finished_sending_still_gets_its_answer(self):
        for server in self.each_multiplexer(self.ROUTES | {"/slow": {"text": "slow", "delay_ms": 100}}):
            for path in (b"/a", b"/slow"):
                with server.connect() as connection:
                    connection.sendall(GET % path)
                    connection.shutdown(socket.SHUT_WR)
                    self.assertIn(b"HTTP/1.1 200 OK", receive_until(connection))

    def test_malformed_requests_are_refused_and_the_connection_closed(self):
        server = self.serve(self.ROUTES)
        for status, request in (
            (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
            (400, b"GET /a HTTP/1.1\r\n\r\n"),
            (400, b"GET /a HTTP/1.1\nHost: h\n\n"),
            (400, b"GET /a HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n"),
            (400, b"GET /a HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n"),
            (400, b"GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"),
            (400, b"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
            (400, b"GET  /a HTTP/1.1\r\nHost: h\r\n\r\n"),
            (400, b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (400, b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
            (400, b"POST /post HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
            (413, b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 200_000),
            (431, b"GET /a HTTP/1.1\r\nHost: h\r\nA: " + b"x" * 70_000),
            (414, b"GET /" + b"a" * 70_000),
            (501, b"BREW /a HTTP/1.1\r\nHost: h\r\n\r\n"),
            (501, b"POST /post HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
            (505, b"GET /a HTTP/2.0\r\nHost: h\r\n\r\n"),
        ):
            with self.subTest(request=request[:80]):
                # What follows must not be taken for a second request.
                received = server.exchange(request + GET % b"/a")
                self.assertTrue(received.startswith(b"HTTP/1.1 %d " % status), received[:200])
                self.assertIn(b"\r\nConnection: close\r\n", received)
                self.assertEqual(received.count(b"\r\nDate: "), 1)
        self.assertEqual(server.get("/a")[0], 200)

    def test_expect_100_continue_is_answered(self):
        server = self.serve(self.ROUTES)
        with server.connect() as connection, connection.makefile("rb") as stream:
            connection.sendall(b"POST /post HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            self.assertEqual(stream.readline() + stream.readline(), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b"body")
            self.assertEqual(read_response(stream)[2], b"posted")


class CharsetTest(ServeCase):
    TEXT = "<p>中文网页，国标编码。</p>"

    def test_text_is_encoded_and_labelled_as_the_route_says(self):
        self.write("page.html", self.TEXT)
        server = self.serve({
            "/gb": {"text_file": "page.html", "charset": "gb2312"},
            "/lie": {"text": self.TEXT, "charset": "gb2312", "label": "utf-8"},
            "/silent": {"text": "中文", "charset": "big5", "label": ""},
            "/utf8": {"text": self.TEXT},
        })
        for path, content_type, body in (
            ("/gb", "text/html; charset=gb2312", self.TEXT.encode("gb2312")),
            ("/lie", "text/html; charset=utf-8", self.TEXT.encode("gb2312")),
            ("/silent", "text/html", "中文".encode("big5")),
            ("/utf8", "text/html; charset=utf-8", self.TEXT.encode()),
        ):
            status, fields, received = server.get(path)
            self.assertEqual((status, fields["Content-Type"], received), (200, content_type, body))


class DirectoryTest(ServeCase):
    def setUp(self):
        super().setUp()
        self.secret = b"the secret of the house"
        self.write("secret", self.secret)
        root = self.folder / "root"
        (root / "sub").mkdir(parents=True)
        (root / "sub" / "index.html").write_text("<p>sub</p>")
        (root / "page.html").write_text("<p>page</p>")
        (root / "名.txt").write_text("named")
        (root / "a b%2F.css").write_text("css")
        (root / "unreadable").write_text("x")
        (root / "inside").symlink_to("sub/index.html")
        (root / "outside").symlink_to("../secret")
        (root / "absolute").symlink_to(self.folder / "secret")
        (root / "up").symlink_to("..")
        os.mkfifo(root / "fifo")

    def test_files_are_found_with_their_types(self):
        server = self.serve({"/docs/": {"directory": "root"}})
        for path, content_type, body in (
            ("/docs/page.html", "text/html", b"<p>page</p>"),
            ("/docs/page.html?query=1", "text/html", b"<p>page</p>"),
            ("/docs/sub/", "text/html", b"<p>sub</p>"),
            ("/docs/inside", "application/octet-stream", b"<p>sub</p>"),
            ("/docs/%E5%90%8D.txt", "text/plain", b"named"),
            ("/docs/a%20b%252F.css", "text/css", b"css"),
        ):
            status, fields, received = server.get(path)
            self.assertEqual((status, fields["Content-Type"], received), (200, content_type, body), path)

    def test_a_folder_without_its_slash_is_redirected(self):
        server = self.serve({"/docs/": {"directory": "root"}})
        for path, location in (("/docs", "/docs/"), ("/docs/sub", "/docs/sub/"), ("/docs/sub?a=b", "/docs/sub/?a=b"), ("/docs?x", "/docs/?x")):
            status, fields, _ = server.get(path)
            self.assertEqual((status, fields["Location"]), (301, location))

    def test_nothing_outside_of_the_folder_is_served(self):
        for routes, prefix in (({"/docs/": {"directory": "root"}}, b"/docs"), ({"/": {"directory": "root"}}, b"")):
            server = self.serve(routes)
            for path in (
                b"/../secret", b"/sub/../../secret", b"/./../secret", b"/%2e%2e/secret", b"/%2E%2E/secret", b"/.%2e/secret",
                b"/..%2fsecret", b"/%2e%2e%2fsecret", b"/sub%2f..%2f..%2fsecret", b"/..%5csecret", b"/..\\secret",
                b"//etc/passwd", b"/%2fetc%2fpasswd", b"//" + bytes(self.folder / "secret"), b"/outside", b"/absolute", b"/up/secret",
                b"/up/root/page.html", b"/page.html/../../secret", b"/page.html%00/secret", b"/%00", b"/%", b"/%zz", b"/fifo",
                b"/" + b"a" * 300, b"/" + b"a/" * 3000, b"/missing", b"/sub/missing/",
            ):
                with self.subTest(path=path[:60]):
                    received = server.exchange(b"GET " + prefix + path + b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    self.assertRegex(received[:13], rb"^HTTP/1.1 40[04] $")
                    self.assertNotIn(self.secret, received)
                    self.assertNotIn(b"root:", received)

    def test_a_redirect_stays_on_this_host(self):
        (self.folder / "root" / "host.example").mkdir()
        server = self.serve({"/": {"directory": "root"}})
        for path in (b"//host.example", b"//host.example/%2e%2e", b"/%2Fhost.example", b"/\\host.example"):
            received = server.exchange(b"GET " + path + b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            self.assertNotIn(b"\r\nLocation: //", received)
            self.assertNotIn(b"\r\nLocation: /\\", received)

    def test_the_demo_site_serves_real_documentation_unchanged(self):
        routes = json.loads(SITE.read_text())["routes"]
        root = Path(routes["/docs/"]["directory"])
        pages = sorted(root.rglob("*.html"))
        self.assertGreaterEqual(len(pages), 200)
        server = self.serve_file(SITE)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
        with contextlib.closing(connection):
            for page in pages:
                connection.request("GET", f"/docs/{page.relative_to(root)}")
                response = connection.getresponse()
                self.assertEqual((response.status, response.read()), (200, page.read_bytes()), page)
        for path in routes:
            if path != "/docs/":
                self.assertLess(server.get(path)[0], 600)


class LoadTest(ServeCase):
    BIG = 50_000_000

    def big_file(self):
        """Fifty million bytes that repeat nowhere soon, and their digest."""
        data = b"".join(hashlib.sha512(b"%d" % i).digest() * 64 for i in range(self.BIG // 4096))
        self.write("big", data)
        return len(data), hashlib.sha256(data).hexdigest()

    def test_stalling_clients_do_not_slow_the_others(self):
        need_descriptors(1000)
        for server in self.each_multiplexer({"/a": {"text": "<a>"}}):
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(server.connect()) for _ in range(500)]
                stalled, active = clients[::10], [client for i, client in enumerate(clients) if i % 10]
                for i, client in enumerate(stalled):
                    client.sendall(GET[: i % len(GET)])
                begin = time.monotonic()
                for _ in range(4):
                    for client in active:
                        client.sendall(GET % b"/a")
                    for client in active:
                        self.assertTrue(receive_until(client, b"<a>").startswith(b"HTTP/1.1 200 OK\r\n"))
                self.assertLess(time.monotonic() - begin, 8)
                self.assert_idle(server)

    def test_a_slow_reader_of_a_large_file_costs_no_memory_and_nobody_elses_time(self):
        size, digest = self.big_file()
        for server in self.each_multiplexer({"/big": {"file": "big"}, "/chunked": {"file": "big", "chunks": 100}, "/a": {"text": "<a>"}}):
            server.get("/a")
            before = status_of(server.pid, "VmHWM")
            with server.connect(receive_buffer=65_536) as slow, server.connect(receive_buffer=65_536) as chunked:
                slow.sendall(GET % b"/big")
                chunked.sendall(GET % b"/chunked")
                for _ in range(20):
                    self.assertEqual(server.get("/a")[2], b"<a>")
                self.assert_idle(server)
                with slow.makefile("rb") as stream:
                    status, fields, body = read_response(stream)
                self.assertEqual((status, int(fields["Content-Length"])), (200, size))
                self.assertEqual(hashlib.sha256(body).hexdigest(), digest)
                response = http.client.HTTPResponse(chunked)
                response.begin()
                self.assertEqual(hashlib.sha256(response.read()).hexdigest(), digest)
            self.assertLess(status_of(server.pid, "VmHWM") - before, 4096, "KiB")

    def test_delayed_answers_wait_side_by_side(self):
        for server in self.each_multiplexer({"/slow": {"text": "<slow>", "delay_ms": 500}}):
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(server.connect()) for _ in range(200)]
                begin = time.monotonic()
                for client in clients:
                    client.sendall(GET % b"/slow")
                for client in clients:
                    receive_until(client, b"<slow>")
                elapsed = time.monotonic() - begin
            self.assertGreaterEqual(elapsed, 0.5)
            self.assertLess(elapsed, 20)  # one after the other: 100 s

    def test_clients_that_leave_in_the_middle_of_a_response_are_forgotten(self):
        self.big_file()
        for server in self.each_multiplexer({"/big": {"file": "big"}, "/a": {"text": "<a>"}, "/slow": {"text": "x", "delay_ms": 300}}):
            server.get("/a")
            server.await_descriptors(descriptors(server.pid))
            idle = descriptors(server.pid)
            for i in range(60):
                client = server.connect(receive_buffer=4096)
                client.sendall(GET % (b"/slow" if i % 3 == 0 else b"/big"))
                if i % 3 == 1:
                    client.recv(1000)
                if i % 2 == 0:  # a reset, not an orderly end
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            server.await_descriptors(idle)
            self.assertEqual(server.get("/a")[2], b"<a>")
            self.assert_idle(server)


class DescriptorTest(ServeCase):
    def test_more_clients_than_descriptors_are_all_served(self):
        # Inline text: a file wants a descriptor of its own, and where none is left the answer is an honest 503.
        for server in self.each_multiplexer({"/page": {"text": "<page>"}}, descriptors=64):
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(server.connect()) for _ in range(200)]
                for client in clients:
                    client.sendall(GET % b"/page")
                for client in clients:
                    self.assertIn(b"HTTP/1.1 200 OK", receive_until(client, b"<page>"))
                    client.close()

    def test_clients_that_hold_every_descriptor_do_not_make_it_spin(self):
        self.write("big", b"x" * 20_000_000)
        for server in self.each_multiplexer({"/big": {"file": "big"}, "/a": {"text": "<a>"}}, descriptors=64):
            with contextlib.ExitStack() as stack:
                # Each holds two: its connection and its file.
                clients = [stack.enter_context(server.connect(receive_buffer=4096)) for _ in range(40)]
                for client in clients:
                    client.sendall(GET % b"/big")
                heads = [client.recv(12) for client in clients[:20]]
                self.assertIn(b"HTTP/1.1 200", heads)
                self.assert_idle(server, 1)
                waiting = stack.enter_context(server.connect())
                waiting.sendall(GET % b"/a")
                self.assert_idle(server)
                for client in clients:
                    client.close()
                self.assertIn(b"<a>", receive_until(waiting, b"<a>"))
            self.assertEqual(server.get("/big")[0], 200)

    def test_a_file_that_can_not_be_opened_for_want_of_descriptors_is_503(self):
        self.write("big", b"x" * 20_000_000)
        server = self.serve({"/big": {"file": "big"}}, descriptors=32)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(server.connect(receive_buffer=4096)) for _ in range(20)]
            for client in clients:
                client.sendall(GET % b"/big")
            heads = set()
            while len(heads) < 2:
                answered, _, _ = select.select(clients, [], [], SECONDS)
                self.assertTrue(answered, f"no more than {heads}")
                heads |= {client.recv(12) for client in answered}
                clients = [client for client in clients if client not in answered]
            self.assertEqual(heads, {b"HTTP/1.1 200", b"HTTP/1.1 503"})


class CommandTest(ServeCase):
    ROUTES = {"/a": {"text": "<a>"}, "/slow": {"text": "<slow>", "delay_ms": 400}}

    def test_a_signal_ends_it_with_the_signals_status(self):
        for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            server = self.serve(self.ROUTES)
            server.get("/a")
            begin = time.monotonic()
            outcome = server.stop(number)
            self.assertEqual(outcome.status, status)
            self.assertLess(time.monotonic() - begin, 1.5 + outcome.starved_seconds)
            self.assertEqual(outcome.stderr, "nbcrawl serve: 1 response, 3 bytes of body\n")
            self.assertEqual(server.command.process.stdout.read(), b"")

    def test_what_is_in_flight_is_finished_first(self):
        for server in self.each_multiplexer(self.ROUTES):
            with server.connect() as idle, server.connect() as busy:
                idle.sendall(GET % b"/a")
                receive_until(idle, b"<a>")
                busy.sendall(GET % b"/slow")
                server.get("/a")  # whoever asked before has been heard
                os.kill(server.pid, signal.SIGTERM)
                self.assertEqual(receive_until(idle), b"")
                received = receive_until(busy)
                self.assertTrue(received.endswith(b"<slow>"))
                self.assertIn(b"\r\nConnection: close\r\n", received)
            self.assertEqual(server.command.finish().status, 143)

    def test_a_second_signal_ends_it_at_once(self):
        server = self.serve(self.ROUTES | {"/slow": {"text": "<slow>", "delay_ms": 60_000}})
        with server.connect() as client:
            client.sendall(GET % b"/slow")
            server.get("/a")  # whoever asked before has been heard
            os.kill(server.pid, signal.SIGTERM)
            wait_until_signal_is_taken(server.pid, signal.SIGTERM)
            begin = time.monotonic()
            outcome = server.stop(signal.SIGINT)
            self.assertEqual(outcome.status, 130)
            self.assertLess(time.monotonic() - begin, 1.5 + outcome.starved_seconds)  # what is in flight would have 2 s

    def test_each_response_is_a_line_of_the_access_log(self):
        server = self.serve(self.ROUTES, "--access-log", "log", "--quiet")
        server.get("/a?b=%1b[31m")
        server.get("/none", "HEAD")
        server.exchange(b"GET /\x1b]0;x HTTP/1.1\r\nHost: h\r\n\r\n")
        self.assertEqual(server.stop().stderr, "")
        lines = (self.folder / "log").read_text().splitlines()
        self.assertEqual(len(lines), 3)
        for line, rest in zip(lines, (r"200 3 0\.\d{6} GET /a\?b=%1b\[31m HTTP/1\.1", r"404 0 0\.\d{6} HEAD /none HTTP/1\.1",
                                      r"400 \d+ 0\.\d{6} GET \S+ HTTP/1\.1")):
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z 127\.0\.0\.1:\d+ " + rest + "$")
            self.assertNotIn("\x1b", line)

    def test_the_access_log_may_be_standard_error(self):
        server = self.serve(self.ROUTES, "--access-log", "-", "-q")
        server.get("/a")
        self.assertRegex(server.stop().stderr, r"^\S+ 127\.0\.0\.1:\d+ 200 3 \S+ GET /a HTTP/1\.1\n$")

    def test_lines_missing_in_the_access_log_are_told(self):
        server = self.serve(self.ROUTES, "--access-log", "/dev/full", "-q")
        server.get("/a")
        server.get("/none")
        outcome = server.stop()
        self.assertEqual(outcome.stderr, "nbcrawl serve: 2 lines are missing in the access log /dev/full: No space left on device\n")
        self.assert_status(outcome, 3)

    def fill_access_log(self):
        """A server with more lines than the FIFO of its access log takes, and the FIFO's reading end."""
        os.mkfifo(self.folder / "log")
        reading = os.open(self.folder / "log", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(lambda: os.close(reading))
        fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, 4096)
        server = self.serve(self.ROUTES, "--access-log", "log", "-q")
        for _ in range(20):
            server.get("/none?" + "x" * 1_000)
        return server, reading

    def test_nobody_who_does_not_read_the_access_log_holds_the_server_up(self):
        server, _ = self.fill_access_log()
        outcome = server.stop()
        self.assertRegex(outcome.stderr, r"\d+ lines are missing in the access log log: ")
        self.assert_status(outcome, 3)

    def test_a_reader_of_the_access_log_who_comes_late_gets_all_lines(self):
        server, reading = self.fill_access_log()
        read = b""
        while read.count(b"\n") < 20 and select.select([reading], [], [], 5)[0]:
            read += os.read(reading, 65_536)
        self.assertEqual(read.count(b"GET /none?"), 20, "no request comes that would bring the rest along")
        self.assert_status(server.stop(), 143)

    def test_listen_of_the_file_gives_way_to_the_command_line(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.write("taken.json", json.dumps({"listen": f"127.0.0.1:{port}", "routes": self.ROUTES}))
            outcome = self.run_command("serve", "taken.json")
            self.assert_status(outcome, 4)
            self.assertEqual(outcome.stderr, f"nbcrawl serve: can't listen on 127.0.0.1:{port}: {os.strerror(errno.EADDRINUSE)}\n")
            self.assertEqual(self.serve_file("taken.json").get("/a")[0], 200)

    def test_the_routes_come_through_a_pipe_or_standard_input(self):
        """Paths in them start from the working folder."""
        routes = '{"routes": {"/": {"file": "missing"}}}'
        (self.folder / "sub").mkdir()
        self.write("sub/routes.json", routes)
        os.mkfifo(self.folder / "sub/pipe")
        through_pipe = {"under": ["sh", "-c", 'cat sub/routes.json > sub/pipe & exec "$@"', "sh"]}
        ways = [(name, way) for name in ("-", "/dev/stdin", "/dev/fd/0") for way in ({"input": routes}, {"redirect": "< sub/routes.json"})]
        for name, way in [*ways, ("sub/pipe", through_pipe)]:
            with self.subTest(name=name, way=way):
                outcome = self.run_command("serve", name, **way)
                self.assert_status(outcome, 2)
                place = ("standard input" if name == "-" else name) + ": routes[\"/\"].file"
                self.assertEqual(outcome.stderr, f"nbcrawl serve: {place}: can't read missing: No such file or directory\n")

    def test_a_text_file_called_dash_is_a_file(self):
        self.write("-", "dash")
        self.write("dash.json", '{"routes": {"/a": {"text_file": "-"}}}')
        self.assertEqual(self.serve_file("dash.json").get("/a")[2], b"dash")

    def test_what_is_wrong_is_said_and_nothing_is_served(self):
        self.write("bad.json", '{"routes": {"/a": {"file": "missing"}}}')
        self.write("broken.json", '{"routes":\n {"/a" 1}}')
        self.write("good.json", '{"routes": {}}')
        os.mkfifo(self.folder / "fifo")
        for status, words, message in (
            (2, ["none.json"], "can't read none.json: No such file or directory"),
            (2, ["/dev/zero"], "can't read /dev/zero: more than 67108864 bytes"),
            (2, ["bad.json"], "bad.json: routes[\"/a\"].file: can't read missing: No such file or directory"),
            (2, ["broken.json"], "broken.json:2:8: "),
            (2, ["good.json", "--bind", "localhost"], "--bind: not an IP address: localhost"),
            (2, ["good.json", "--multiplexer", "kqueue"], "kqueue"),
            (2, ["good.json", "--port", "65536"], "65536"),
            (2, [], "ROUTES.json"),
            (2, ["good.json", "--access-log", "./good.json"], "the routes file and --access-log are one file, ./good.json"),
            (3, ["good.json", "--access-log", "none/log"], "can't write the access log none/log: No such file or directory"),
            (3, ["good.json", "--access-log", "fifo"], "can't write the access log fifo: No such device or address"),
            (4, ["good.json", "--bind", "192.0.2.1"], "can't listen on 192.0.2.1:8080: "),
        ):
            with self.subTest(words=words):
                outcome = self.run_command("serve", *words)
                self.assert_status(outcome, status)
                self.assertIn(message, outcome.stderr)
                self.assertEqual(outcome.stdout, b"")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""https: certificates (promise A7), separation (A8), truncation (A13), stalls in the handshake (A14), nginx."""

import os
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from certificates import Authority, self_signed
from harness import Case
from nginx import Nginx
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context


def setUpModule():
    global folder, ca, good
    temporary = tempfile.TemporaryDirectory(prefix="nbcrawl-ca-")
    unittest.addModuleCleanup(temporary.cleanup)
    folder = Path(temporary.name)
    ca = Authority(folder)
    good = ca.issue("good", names="DNS:good.test,IP:127.0.0.1")


def hello(connection, request):
    connection.send(response(b"hello"))
    return True


class TlsCase(Case):
    def serve(self, certificate, pages=None, **attributes):
        return self.enterContext(TlsServer(server_context(certificate, **attributes), pages or {"/": hello}))

    def fetch_all(self, targets, *arguments, **options):
        """`targets`: a server and the host to call it by, in order. The records."""
        words = []
        for server, host in targets:
            words += server.resolve(host) if not host[0].isdigit() else []
        records, self.outcome = self.records_of(*arguments, *words, *(server.url("/", host) for server, host in targets), **options)
        return records


class CertificateTest(TlsCase):
    def certificates(self):
        """What is served, the host it is asked for as, and the code of the error."""
        other = Authority(folder, "other")
        middle = Authority(folder, "middle", issuer=ca)
        leaf_of_leaf = Authority(folder, "leafca", issuer=ca)
        ca.sign(leaf_of_leaf.key, "not a ca", leaf_of_leaf.certificate, section="leaf", extensions="subjectAltName = DNS:x.test")
        return [
            (good, "good.test", None),
            (good, "127.0.0.1", None),
            (ca.issue("expired", names="DNS:good.test", begin=-10, end=-1), "good.test", "tls_certificate_expired"),
            (ca.issue("future", names="DNS:good.test", begin=5), "good.test", "tls_certificate_not_yet_valid"),
            (self_signed(folder, "self", "DNS:good.test"), "good.test", "tls_self_signed"),
            (other.issue("foreign", names="DNS:good.test"), "good.test", "tls_unknown_ca"),
            (other.issue("foreign-chain", names="DNS:good.test", chain=[other.certificate]), "good.test", "tls_unknown_ca"),
            (middle.issue("chain", names="DNS:good.test", chain=[middle.certificate]), "good.test", None),
            (middle.issue("gap", names="DNS:good.test"), "good.test", "tls_unknown_ca"),
            (leaf_of_leaf.issue("no-ca", names="DNS:good.test", chain=[leaf_of_leaf.certificate]), "good.test", "tls_certificate_invalid"),
            (ca.issue("wrong", names="DNS:else.test"), "good.test", "tls_wrong_host"),
            (ca.issue("cn-only", common_name="good.test"), "good.test", "tls_wrong_host"),
            (ca.issue("cn-beside-san", common_name="good.test", names="DNS:else.test"), "good.test", "tls_wrong_host"),
            (ca.issue("ip-in-cn", common_name="127.0.0.1"), "127.0.0.1", "tls_wrong_host"),
            (ca.issue("ip-as-dns", names="DNS:127.0.0.1"), "127.0.0.1", "tls_wrong_host"),
            (ca.issue("other-ip", names="IP:127.0.0.2"), "127.0.0.1", "tls_wrong_host"),
            (ca.issue("wild-ip", names="DNS:*.0.0.1"), "127.0.0.1", "tls_wrong_host"),
            (ca.issue("wild", names="DNS:*.good.test"), "a.good.test", None),
            (ca.issue("wild-2", names="DNS:*.good.test"), "a.b.good.test", "tls_wrong_host"),
            (ca.issue("wild-3", names="DNS:*.good.test"), "good.test", "tls_wrong_host"),
            (ca.issue("partial", names="DNS:f*.good.test"), "foo.good.test", "tls_wrong_host"),
            (ca.issue("client", names="DNS:good.test", usage="clientAuth"), "good.test", "tls_certificate_invalid"),
        ]

    def test_each_bad_certificate_is_refused_with_its_own_code_and_taken_with_insecure(self):
        cases = self.certificates()
        targets = [(self.serve(certificate), host) for certificate, host, _ in cases]
        records = self.fetch_all(targets, "--cacert", ca.certificate)
        self.assertEqual([(host, record.get("error")) for (_, host), record in zip(targets, records)],
                         [(host, code) for _, host, code in cases])
        self.assert_status(self.outcome, 5)
        for (server, host), record in zip(targets, records):
            self.assertNotIn("insecure", record)
            if record["ok"]:
                self.assertEqual(record["body"], "hello")
                self.assertGreaterEqual(record["time_appconnect"], record["time_connect"])
                self.assertGreater(record["time_appconnect"], 0)
            else:
                self.assertIn(host, record["error_detail"])
                self.assertEqual(server.requests, [], "a request was sent to a server that is not who it says")
        records = self.fetch_all(targets, "--cacert", ca.certificate, "-k")
        self.assert_status(self.outcome, 0)
        self.assertTrue(all(record["body"] == "hello" and record["insecure"] is True for record in records))

    def test_a_chain_that_was_good_for_one_host_is_checked_for_every_other(self):
        # The same run, one connection after the other, so that what was verified is remembered.
        server = self.serve(good)
        renamed = self.serve(self_signed(folder, "again", "DNS:good.test"))
        targets = [(server, "good.test"), (server, "else.test"), (server, "good.test"), (renamed, "good.test"), (server, "127.0.0.1"),
                   (server, "good.test")]
        records = self.fetch_all(targets, "-P", "1", "--cacert", ca.certificate)
        self.assertEqual([record.get("error") for record in records],
                         [None, "tls_wrong_host", None, "tls_self_signed", None, None])

    def test_without_cacert_the_system_decides(self):
        server = self.serve(good)
        [record] = self.fetch_all([(server, "good.test")], environment={"SSL_CERT_FILE": "/nowhere"})
        self.assertEqual(record["error"], "tls_unknown_ca")
        [record] = self.fetch_all([(server, "good.test")], environment={"SSL_CERT_FILE": str(ca.certificate)})
        self.assertTrue(record["ok"], record)
        hashed = self.folder / "hashed"
        hashed.mkdir()
        (hashed / "ca.pem").symlink_to(ca.certificate)
        for expected in ("tls_unknown_ca", None):  # before the names that OpenSSL looks for are there, and after
            [record] = self.fetch_all([(server, "good.test")], environment={"SSL_CERT_DIR": str(hashed)})
            self.assertEqual(record.get("error"), expected)
            subprocess.run(["openssl", "rehash", hashed], check=True)

    def test_files_that_cannot_be_used_are_told_before_anything_is_fetched(self):
        server = self.serve(good)
        nonsense = self.write("nonsense.pem", "nonsense")
        for arguments in (["--cacert", "/nowhere.pem"], ["--cacert", nonsense], ["--cert", "/nowhere.pem"],
                          ["--cert", nonsense], ["--cert", good, "--key", ca.key]):
            with self.subTest(arguments):
                outcome = self.fetch(*arguments, server.url("/"))
                self.assert_status(outcome, 2)
                self.assertIn(str(arguments[-1]), outcome.stderr)
        self.assertEqual(server.connections, 0)

    def test_a_client_certificate_is_shown_to_a_server_that_asks(self):
        client = ca.issue("client-id", usage="clientAuth")
        context = server_context(good, verify_mode=ssl.CERT_REQUIRED)
        context.load_verify_locations(ca.certificate)
        server = self.enterContext(TlsServer(context, {"/": hello}))
        [record] = self.fetch_all([(server, "127.0.0.1")], "--cacert", ca.certificate, "--cert", client)
        self.assertTrue(record["ok"], record)
        [record] = self.fetch_all([(server, "127.0.0.1")], "--cacert", ca.certificate)
        self.assertEqual(record["error"], "tls_handshake_failed")
        self.assertIn("certificate", record["error_detail"])


class SeparationTest(TlsCase):
    def test_insecure_jobs_share_no_connection_and_no_session_with_others(self):
        server = self.serve(good)
        jobs = "".join('{"url": "%s", "insecure": %s}\n' % (server.url("/"), flag) for flag in ("true", "false") * 4)
        records, outcome = self.records_of("--cacert", ca.certificate, "-P", "1", self.write("jobs.ndjson", jobs))
        self.assert_status(outcome, 0)
        self.assertEqual([record.get("insecure", False) for record in records], [True, False] * 4)
        self.assertEqual(server.resumed, [False, False])
        self.assertEqual([request.connection for request in server.requests], [0, 1] * 4)

    def test_a_connection_opened_insecure_does_not_serve_a_job_that_would_refuse_it(self):
        server = self.serve(self_signed(folder, "self-2", "DNS:good.test,IP:127.0.0.1"))
        jobs = "".join('{"url": "%s", "insecure": %s}\n' % (server.url("/"), flag) for flag in ("true", "false", "true"))
        records, outcome = self.records_of("-P", "1", self.write("jobs.ndjson", jobs))
        self.assert_status(outcome, 5)
        self.assertEqual([record.get("error") for record in records], [None, "tls_self_signed", None])
        records, outcome = self.records_of("-P", "1", "-k", self.write("jobs.ndjson", jobs))
        self.assertEqual([record.get("error") for record in records], [None, "tls_self_signed", None])


class HandshakeTest(TlsCase):
    def test_tls_1_1_is_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(good)
        server = self.enterContext(TlsServer(context, {"/": hello}))
        [record] = self.fetch_all([(server, "127.0.0.1")], "--cacert", ca.certificate)
        self.assertEqual(record["error"], "tls_protocol_version")
        self.assert_status(self.outcome, 5)

    def test_each_version_from_tls_min_up_is_taken(self):
        for version, arguments, error in (
                (ssl.TLSVersion.TLSv1_2, [], None), (ssl.TLSVersion.TLSv1_3, [], None),
                (ssl.TLSVersion.TLSv1_3, ["--tls-min", "1.3"], None),
                (ssl.TLSVersion.TLSv1_2, ["--tls-min", "1.3"], "tls_protocol_version")):
            with self.subTest(version=version, arguments=arguments):
                server = self.serve(good, minimum_version=version, maximum_version=version)
                [record] = self.fetch_all([(server, "127.0.0.1")], "--cacert", ca.certificate, *arguments)
                self.assertEqual(record.get("error"), error)

    def test_peers_that_close_or_speak_no_tls_have_codes_of_their_own(self):
        def close(connection):
            connection.socket.recv(1000)

        def speak_http(connection):
            connection.socket.recv(1000)
            connection.send(response(b"hello"))

        for peer, error in ((close, "tls_truncated"), (speak_http, "tls_handshake_failed")):
            with self.subTest(error), ScriptedServer(on_connect=peer) as server:
                [record], outcome = self.records_of(server.origin.replace("http:", "https:"))
                self.assertEqual(record["error"], error)
                self.assertIn(str(server.port), record["error_detail"])
                self.assert_status(outcome, 5)

    def test_a_stall_and_endless_records_end_while_others_go_on(self):
        def stall(connection):
            connection.socket.recv(1000)
            connection.stall()

        def hello_requests(connection):
            # A record of handshake messages that a client skips before the ServerHello (RFC 5246 section 7.4.1.1).
            connection.send_for_ever((b"\x16\x03\x03\x10\x00" + b"\x00\x00\x00\x00" * 1024) * 16)

        fast = self.serve(good)
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer), ScriptedServer(on_connect=stall) as dead, ScriptedServer(on_connect=hello_requests) as chatty:
                bad = [server.origin.replace("http:", "https:") for server in (dead, chatty)]
                begin = time.monotonic()
                records, outcome = self.records_of("--multiplexer", multiplexer, "--connect-timeout", "2s", "--cacert", ca.certificate,
                                                   *bad, *(fast.url("/") for _ in range(50)))
                self.assertEqual([record.get("error") for record in records], ["connect_timeout", "tls_handshake_failed"] + [None] * 50)
                self.assertLess(records[1]["time_total"], 1)
                self.assertLess(time.monotonic() - begin, 8)
                self.assertLess(max(record["time_queue"] + record["time_total"] for record in records[2:]), 1.9)
                self.assertIn("TLS handshake", records[0]["error_detail"])


class TruncationTest(TlsCase):
    def test_only_close_notify_ends_a_body_that_nothing_else_ends(self):
        endless = response(b"the whole body", length=False)

        def cut(connection, request):
            connection.send(endless)

        def whole(connection, request):
            connection.send(endless)
            connection.socket.unwrap()

        def counted(connection, request):
            connection.send(response(b"counted"))

        def short(connection, request):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")

        pages = {"/cut": cut, "/whole": whole, "/counted": counted, "/short": short}
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version):
                server = self.serve(good, pages, maximum_version=version)
                records, outcome = self.records_of("--cacert", ca.certificate, *map(server.url, pages))
                self.assertEqual([record.get("error") for record in records], ["truncated_body", None, None, "truncated_body"])
                self.assertEqual([record.get("body") for record in records[1:3]], ["the whole body", "counted"])

    def test_a_kept_connection_closed_by_the_server_is_replaced(self):
        def once(connection, request):
            connection.send(response(b"once"))

        server = self.serve(good, {"/": once})
        records, outcome = self.records_of("--cacert", ca.certificate, "-P", "1", *[server.url("/")] * 5)
        self.assert_status(outcome, 0)
        self.assertEqual(server.connections, 5)

    def test_bytes_after_a_response_are_never_the_next_one(self):
        def two(connection, request):
            connection.send(response(b"first") + response(b"second"))
            return True

        server = self.serve(good, {"/two": two, "/": hello})
        records, outcome = self.records_of("--cacert", ca.certificate, "-P", "1", *map(server.url, ("/two", "/", "/two", "/")))
        self.assertEqual([record["body"] for record in records], ["first", "hello"] * 2)


class NginxTest(TlsCase):
    def pages(self):
        root = self.folder / "root"
        root.mkdir()
        for i in range(200):
            (root / f"{i}.html").write_bytes(b"%d:" % i + bytes((i * 7 + k) % 251 for k in range(997)) * (i * i // 200))
        return root

    def test_pages_arrive_as_they_are_under_each_multiplexer(self):
        root = self.pages()
        with Nginx(root, certificate=good) as nginx:
            urls = self.write("urls.txt", "".join(f"{nginx.origin}/{i}.html\n" for i in range(200)))
            for multiplexer in ("select", "poll", "epoll", "auto"):
                with self.subTest(multiplexer):
                    outcome = self.fetch("--multiplexer", multiplexer, "--cacert", ca.certificate, "--callback", "raw", "--ordered", urls)
                    self.assert_status(outcome, 0)
                    self.assertTrue(outcome.stdout == b"".join((root / f"{i}.html").read_bytes() for i in range(200)), "bodies differ")

    def test_connections_are_kept_and_sessions_resumed(self):
        root = self.folder / "root"
        root.mkdir()
        (root / "a.txt").write_text("a")
        for version in ("TLSv1.2", "TLSv1.3"):
            for keep_alive, connections, resumed in (("keepalive_timeout 10;", 1, 0), ("keepalive_timeout 0;", 20, 19)):
                with self.subTest(version=version, connections=connections):
                    with Nginx(root, server=f"ssl_protocols {version}; {keep_alive}", certificate=good) as nginx:
                        outcome = self.fetch("--cacert", ca.certificate, "-P", "1", *[f"{nginx.origin}/a.txt"] * 20)
                        self.assert_status(outcome, 0)
                        nginx.process.terminate()
                        nginx.process.wait()
                        log = nginx.requests()
                    self.assertEqual({words[3] for words in log}, {version})
                    self.assertEqual(len({words[0] for words in log}), connections)
                    self.assertEqual(sum(words[2] == "r" for words in log), resumed)

    def test_keys_are_logged_where_the_environment_says(self):
        log = self.folder / "keys.log"
        server = self.serve(good)
        self.fetch("--cacert", ca.certificate, server.url("/"), environment={"SSLKEYLOGFILE": str(log)})
        self.assertIn("CLIENT_TRAFFIC_SECRET_0", log.read_text())
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)

    def test_a_log_of_keys_that_nobody_reads_fails_the_job_at_once(self):
        fifo = self.folder / "keys.fifo"
        os.mkfifo(fifo)
        server = self.serve(good)
        [record], outcome = self.records_of(
            "--insecure", "--max-time", "5s", server.url("/"), environment={"SSLKEYLOGFILE": str(fifo)})
        self.assertIn(f"SSLKEYLOGFILE {fifo}: No such device or address", record["error_detail"])
        self.assertEqual(record["error"], "tls_setup_failed")


if __name__ == "__main__":
    unittest.main()

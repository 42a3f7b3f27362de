#!/usr/bin/env python3
"""Proxies: which one a request goes through, what it is told, and what neither it nor the host may learn (promise A8)."""

import json
import socket
import unittest

from certificates import Authority
from dns_server import Dnsmasq
from harness import Case
from proxies import Microsocks, Tinyproxy
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context

CREDENTIALS = ("user", "pass1")
GIVEN = "user:p%61ss1"
SECRETS = ("pass1", "p%61ss1", "dXNlcjpwYXNzMQ")  # as it is, as in the URL, as in the field


class ProxyTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def fetch_one(self, url, *options, **more):
        [record], outcome = self.records_of(*options, url, **more)
        for secret in SECRETS:
            self.assertNotIn(secret, outcome.stderr + outcome.text)
        return record, outcome

    def tls_server(self):
        authority = Authority(self.folder)
        server = self.enterContext(TlsServer(server_context(authority.issue("server", names="IP:127.0.0.1"))))
        return server, ["--cacert", authority.certificate]


class ThroughTest(ProxyTest):
    def test_an_http_proxy_is_asked_for_the_whole_url(self):
        proxy = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        proxy.pages[self.server.url("/page?x=1")] = response(b"through")
        record, outcome = self.fetch_one(self.server.url("/page?x=1#part"), "-x", f"http://{GIVEN}@127.0.0.2:{proxy.port}")
        self.assert_status(outcome, 0)
        self.assertEqual(record["body"], "through")
        self.assertEqual((record["remote_ip"], record["remote_port"]), ("127.0.0.2", proxy.port))
        [request] = proxy.requests
        self.assertEqual(request.path, self.server.url("/page?x=1"))
        self.assertEqual(request.fields["host"], f"127.0.0.1:{self.server.port}")
        self.assertEqual(request.fields["proxy-authorization"], "Basic dXNlcjpwYXNzMQ==")
        self.assertEqual(self.server.requests, [])

    def test_http_and_https_through_real_proxies(self):
        tls, trusted = self.tls_server()
        http = self.enterContext(Tinyproxy(CREDENTIALS))
        socks = self.enterContext(Microsocks(CREDENTIALS))
        for proxy in (http.url(GIVEN), socks.url(GIVEN), socks.url(GIVEN, "socks5h")):
            for server in (self.server, tls):
                with self.subTest(proxy=proxy, server=server.origin):
                    record, outcome = self.fetch_one(server.url("/page"), *trusted, "-x", proxy, "-v")
                    self.assert_status(outcome, 0)
                    self.assertEqual(record["body"], "/page")
                    last = server.requests[-1]
                    self.assertEqual(last.path, "/page")
                    self.assertNotIn("proxy-authorization", last.fields)
                    self.assertGreater(record["time_starttransfer"], record["time_connect"])
        self.assertIn("CONNECT 127.0.0.1:", http.log)
        self.assertIn(f"GET http://127.0.0.1:{self.server.port}/page", http.log)
        self.assertEqual(socks.log.count("connected to 127.0.0.1"), 4)

    def test_socks5h_leaves_the_name_to_the_proxy(self):
        socks = self.enterContext(Microsocks())
        address = socket.getaddrinfo("localhost", None)[0][4][0]  # the proxy tries the first only: ::1 on some machines
        port = self.enterContext(ScriptedServer(ip=address)).port
        for scheme, name in (("socks5h", "localhost"), ("socks5", address)):
            record, outcome = self.fetch_one(
                f"http://localhost:{port}/", "-x", socks.url(scheme=scheme), "--resolve", f"localhost:{port}:[{address}]")
            self.assert_status(outcome, 0)
            self.assertIn(f"connected to {name}:{port}", socks.log)

    def test_a_proxy_that_refuses_is_named(self):
        tls, trusted = self.tls_server()
        http = self.enterContext(Tinyproxy(CREDENTIALS))
        socks = self.enterContext(Microsocks(CREDENTIALS))
        dns = self.enterContext(Dnsmasq())
        for proxy, url, error, named in [
                (http.url(), self.server.url("/"), "proxy_denied", http.name), (http.url(), tls.url("/"), "proxy_denied", http.name),
                (http.url("user:wrong"), tls.url("/"), "proxy_failed", http.name), (socks.url(), self.server.url("/"), "proxy_denied", socks.name),
                (socks.url("user:wrong"), self.server.url("/"), "proxy_denied", socks.name),
                (socks.url(GIVEN), "http://127.0.0.1:1/", "proxy_failed", socks.name), (http.url(GIVEN), "https://127.0.0.1:1/", "proxy_failed", http.name),
                ("http://127.0.0.1:1", self.server.url("/"), "proxy_failed", "127.0.0.1:1"),
                ("http://none.test:1", self.server.url("/"), "proxy_failed", "none.test")]:
            with self.subTest(proxy=proxy, url=url):
                record, outcome = self.fetch_one(url, *trusted, "-x", proxy, "--dns-servers", dns.address)
                self.assert_status(outcome, 4)
                self.assertEqual(record["error"], error, record["error_detail"])
                self.assertIn(named, record["error_detail"])

    def test_a_proxy_that_says_nothing_is_given_up_in_time(self):
        tls, trusted = self.tls_server()
        silent = self.enterContext(ScriptedServer(on_connect=lambda connection: connection.stall()))
        for scheme in ("http", "socks5"):
            record, outcome = self.fetch_one(tls.url("/"), *trusted, "-x", f"{scheme}://127.0.0.1:{silent.port}", "--connect-timeout", "300ms")
            self.assert_status(outcome, 4)
            self.assertEqual(record["error"], "connect_timeout")
            self.assertIn(f"127.0.0.1:{silent.port}", record["error_detail"])

    def test_bytes_behind_the_answer_to_connect_are_refused(self):
        tls, trusted = self.tls_server()

        def smuggle(connection):
            connection.read_request()
            connection.send("HTTP/1.1 200 Connected\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.stall()

        proxy = self.enterContext(ScriptedServer(on_connect=smuggle))
        record, outcome = self.fetch_one(tls.url("/"), *trusted, "-x", f"http://127.0.0.1:{proxy.port}")
        self.assertFalse(record["ok"])
        self.assertEqual(record["error"], "proxy_failed")


class ChoiceTest(ProxyTest):
    def setUp(self):
        super().setUp()
        self.proxies = [self.enterContext(ScriptedServer(ip=f"127.0.0.{i}")) for i in (2, 3)]
        self.urls = [f"http://{proxy.ip}:{proxy.port}" for proxy in self.proxies]

    def used(self, *options, **more):
        """The number of the proxy that a request went through; None: none."""
        before = [len(proxy.requests) for proxy in self.proxies]
        _, outcome = self.fetch_one(*options, **more)
        self.assert_status(outcome, 0)
        changed = [i for i, proxy in enumerate(self.proxies) if len(proxy.requests) > before[i]]
        return changed[0] if changed else None

    def test_the_environment_is_asked_as_curl_asks_it(self):
        url = self.server.url("/")
        first, second = self.urls
        for environment, expected in [
                ({"http_proxy": first}, 0), ({"HTTP_PROXY": first}, None), ({"all_proxy": first}, 0), ({"ALL_PROXY": first}, 0),
                ({"https_proxy": first}, None), ({"http_proxy": second, "all_proxy": first}, 1), ({"http_proxy": ""}, None),
                ({"http_proxy": first, "no_proxy": "127.0.0.1"}, None), ({"http_proxy": first, "NO_PROXY": "*"}, None),
                ({"http_proxy": first, "no_proxy": "127.0.0.0/8"}, None), ({"http_proxy": first, "no_proxy": "10.0.0.0/8,example.org"}, 0)]:
            with self.subTest(environment):
                self.assertEqual(self.used(url, environment=environment), expected)

    def test_the_command_line_goes_before_the_environment(self):
        url = self.server.url("/")
        first, second = self.urls
        for options, expected in [(["-x", second], 1), (["-x", ""], None), (["-x", second, "--noproxy", "127.0.0.1"], None),
                                  (["--noproxy", "*"], None), (["--noproxy", "example.org"], 0)]:
            with self.subTest(options):
                self.assertEqual(self.used(url, *options, environment={"http_proxy": first}), expected)
        quiet = {"http_proxy": first, "no_proxy": "127.0.0.1"}
        self.assertEqual(self.used(url, "--noproxy", "", environment=quiet), 0)
        self.assertEqual(self.used(url, "-x", second, environment=quiet), None)

    def test_a_job_has_a_proxy_of_its_own(self):
        first, second = self.urls
        jobs = self.write("jobs.json", json.dumps([
            {"url": self.server.url("/a")}, {"url": self.server.url("/b"), "proxy": second}, {"url": self.server.url("/c"), "proxy": ""}]))
        records, outcome = self.records_of("-x", first, jobs)
        self.assert_status(outcome, 0)
        self.assertEqual([proxy.paths() for proxy in self.proxies], [[self.server.url("/a")], [self.server.url("/b")]])
        self.assertEqual(self.server.paths(), ["/c"])

    def test_a_redirect_is_chosen_for_anew(self):
        first, _ = self.urls
        self.proxies[0].pages[self.server.url("/")] = response(b"", f"Location: http://localhost:{self.server.port}/next", status="302 Found")
        self.assertEqual(self.used(self.server.url("/"), "-x", first, "--noproxy", "localhost"), 0)
        self.assertEqual(self.server.paths(), ["/next"])

    def test_a_bad_proxy_is_told_without_its_password(self):
        for options, environment in [(["-x", f"ftp://{GIVEN}@h"], {}), (["-x", f"http://{GIVEN}@:70000"], {}), ([], {"http_proxy": f"gopher://{GIVEN}@h"})]:
            with self.subTest(options, environment=environment):
                outcome = self.fetch(self.server.url("/"), *options, environment=environment)
                self.assert_status(outcome, 2)
                for secret in SECRETS:
                    self.assertNotIn(secret, outcome.stderr)
        job = self.write("job.json", json.dumps([{"url": self.server.url("/"), "proxy": f"ftp://{GIVEN}@h"}]))
        outcome = self.fetch(job)
        self.assert_status(outcome, 2)
        self.assertIn("job.json:1:", outcome.stderr)
        for secret in SECRETS:
            self.assertNotIn(secret, outcome.stderr)


class SharingTest(ProxyTest):
    def connections_of(self, *jobs):
        """How many connections the server saw for jobs that follow one another."""
        before = self.server.connections
        lines = "".join(json.dumps({"url": self.server.url("/"), **job}) + "\n" for job in jobs)
        _, outcome = self.records_of("-P", "1", self.write("jobs.ndjson", lines))
        self.assert_status(outcome, 0)
        return self.server.connections - before

    def test_connections_are_shared_on_equal_terms_only(self):
        socks = self.enterContext(Microsocks(CREDENTIALS))
        other = self.enterContext(Microsocks())
        through = socks.url(GIVEN)
        self.assertEqual(self.connections_of({}, {}), 1)
        self.assertEqual(self.connections_of({"proxy": through}, {"proxy": through}), 1)
        for one, two in [({}, {"proxy": through}), ({"proxy": through}, {"proxy": other.url()}),
                         ({"proxy": through}, {"proxy": socks.url(GIVEN, "socks5h")}), ({"proxy": other.url()}, {"proxy": other.url("a:b")})]:
            with self.subTest(one=one, two=two):
                self.assertEqual(self.connections_of(one, two, one, two), 2)

    def test_tls_sessions_are_resumed_on_equal_terms_only(self):
        tls, trusted = self.tls_server()
        tls.pages["/"] = response(b"bye", "Connection: close")
        http = self.enterContext(Tinyproxy())
        socks = self.enterContext(Microsocks(CREDENTIALS))
        other = self.enterContext(Microsocks())
        ways = ["", http.url(), socks.url(GIVEN), socks.url(GIVEN, "socks5h"), other.url(), other.url("a:b")]
        for rounds in (1, 2):
            jobs = "".join(json.dumps({"url": tls.url("/"), "proxy": way}) + "\n" for _ in range(rounds) for way in ways)
            tls.resumed.clear()
            _, outcome = self.records_of("-P", "1", *trusted, self.write("jobs.ndjson", jobs))
            self.assert_status(outcome, 0)
            self.assertEqual(tls.resumed, [False] * len(ways) + [True] * len(ways) * (rounds - 1))

    def test_what_a_user_tells_the_proxy_stays_with_it(self):
        proxy = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        self.fetch_one(self.server.url("/"), "-x", f"http://127.0.0.2:{proxy.port}", "-H", "Proxy-Authorization: Basic mine")
        self.assertEqual(proxy.requests[0].fields["proxy-authorization"], "Basic mine")
        self.fetch_one(self.server.url("/"), "-H", "Proxy-Authorization: Basic mine")
        socks = self.enterContext(Microsocks())
        self.fetch_one(self.server.url("/"), "-x", socks.url(), "-H", "Proxy-Authorization: Basic mine")
        self.assertEqual(len(self.server.requests), 2)
        for request in self.server.requests:
            self.assertNotIn("proxy-authorization", request.fields)

    def test_deny_private_refuses_literal_addresses_behind_a_proxy(self):
        proxy = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        record, outcome = self.fetch_one(self.server.url("/"), "-x", f"http://127.0.0.2:{proxy.port}", "--deny-private")
        self.assert_status(outcome, 4)
        self.assertEqual(record["error"], "address_denied")
        self.assertEqual(proxy.requests, [])
        proxy.pages["http://example.org/"] = response(b"public, as far as we know")
        record, outcome = self.fetch_one("http://example.org/", "-x", f"http://127.0.0.2:{proxy.port}", "--deny-private")
        self.assert_status(outcome, 0)


if __name__ == "__main__":
    unittest.main()

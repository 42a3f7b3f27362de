#!/usr/bin/env python3
"""Host names: what name servers answer or do not, the cache, pinned names, address families (promise A16)."""

import contextlib
import unittest

from dns_server import A, AAAA, CNAME, NOERROR, NXDOMAIN, SERVFAIL, Dnsmasq, ScriptedDns, SilentDns, record
from harness import Case
from scripted_server import FullBacklog, ScriptedServer, response


def closing(connection, request):
    connection.send(response(request.fields["host"].encode(), "Connection: close"))


def least_of(delay, bound):
    """The least of as many delays as it takes to have one below the bound, ten at most: what a busy machine adds is not ours."""
    least = delay()
    for _ in range(9):
        if least < bound:
            break
        least = min(least, delay())
    return least


class NamesTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({"/": closing}))

    def url(self, host, port=None):
        return f"http://{host}:{port or self.server.port}/"

    def test_names_are_resolved_and_sent_as_host(self):
        with Dnsmasq({"a.test": ["127.0.0.1"], "xn--bcher-kva.test": ["127.0.0.1"]}) as dns:
            records, outcome = self.records_of("--dns-servers", dns.address, self.url("A.Test"), self.url("bücher.test"))
        self.assert_status(outcome, 0)
        port = self.server.port
        self.assertEqual([record["body"] for record in records], [f"a.test:{port}", f"xn--bcher-kva.test:{port}"])
        self.assertEqual(records[0]["remote_ip"], "127.0.0.1")
        self.assertGreater(records[0]["time_namelookup"], 0)

    def test_each_way_to_fail_has_its_code(self):
        with Dnsmasq() as dns:
            records, outcome = self.records_of(
                "--dns-servers", dns.address, self.url("none.test"), self.url("refused.example"), self.url("127.0.0.1"))
        self.assert_status(outcome, 4)
        self.assertEqual([record.get("error") for record in records], ["dns_not_found", "dns_failed", None])
        self.assertIn("none.test", records[0]["error_detail"])
        self.assertEqual(len(outcome.complaints), 2)

        def answer(name, kind):
            name = name.removesuffix(".search.test")
            if name == "loop.test":
                return NOERROR, [record("loop.test", CNAME, "pool.test"), record("pool.test", CNAME, "loop.test")]
            return {"empty.test": (NOERROR, []), "none.test": (NXDOMAIN, [])}.get(name, (SERVFAIL, []))

        with ScriptedDns(answer) as dns:
            names = ["none.test", "empty.test", "loop.test", "fail.test"]
            records, outcome = self.records_of("--dns-servers", dns.address, *map(self.url, names))
        self.assert_status(outcome, 4)
        self.assertEqual([record["error"] for record in records], ["dns_not_found", "dns_not_found", "dns_not_found", "dns_failed"])

    def test_a_name_server_that_never_answers_is_given_up(self):
        with SilentDns() as dns:
            records, outcome = self.records_of(
                "--dns-servers", dns.address, "--connect-timeout", "400ms", self.url("a.test"), self.url("127.0.0.1"), self.url("b.test"))
        self.assert_status(outcome, 4)
        self.assertEqual([record.get("error") for record in records], ["dns_timeout", None, "dns_timeout"])
        self.assertLess(records[0]["time_total"], 2 + outcome.starved_seconds)

    def test_a_name_server_that_is_silent_about_one_family_costs_at_most_300_ms(self):
        def delay():
            with ScriptedDns(lambda name, kind: (NOERROR, [record(name, A, "127.0.0.1")]) if kind == A else None) as dns:
                [found], outcome = self.records_of("--dns-servers", dns.address, self.url("a.test"))
            self.assert_status(outcome, 0)
            return found["time_namelookup"]

        self.assertLess(least_of(delay, 0.3), 0.3)

    def test_one_family_alone_is_not_looked_for_in_the_search_list(self):
        """There another host may have that name, which would be taken for this one."""
        def answer(name, kind):
            if name.endswith(".search.test"):
                return NOERROR, [record(name, kind, "127.0.0.1" if kind == A else "::1")]
            if kind == A:
                return NOERROR, []
            return (NOERROR, [record(name, AAAA, "::1")]) if dns.asked.count((name, AAAA, "udp")) > 1 else None

        with ScriptedDns(answer) as dns, ScriptedServer({"/": closing}, ip="::1") as server:
            [found], outcome = self.records_of("--dns-servers", dns.address, self.url("a.test", server.port))
        self.assert_status(outcome, 0)
        self.assertEqual(found["remote_ip"], "::1")
        self.assertEqual({name for name, _, _ in dns.asked}, {"a.test"})

    def test_a_name_server_that_does_not_listen_is_a_failure(self):
        with SilentDns() as dns:
            pass
        records, outcome = self.records_of("-4", "--dns-servers", dns.address, self.url("a.test"))
        self.assert_status(outcome, 4)
        self.assertIn(records[0]["error"], ("dns_failed", "dns_timeout"))

    def test_the_second_name_server_is_asked_when_the_first_fails(self):
        with ScriptedDns(lambda name, kind: (SERVFAIL, [])) as first, Dnsmasq({"a.test": ["127.0.0.1"]}) as second:
            records, outcome = self.records_of("--dns-servers", f"{first.address},{second.address}", self.url("a.test"))
        self.assert_status(outcome, 0)

    def test_an_answer_too_long_for_udp_is_asked_for_over_tcp(self):
        def answer(name, kind):
            return NOERROR, [record(name, A, "127.0.0.1")] * 500 if kind == A else []

        with ScriptedDns(answer) as dns:
            outcome = self.fetch("--dns-servers", dns.address, self.url("many.test"))
        self.assert_status(outcome, 0)
        self.assertIn(("many.test", A, "tcp"), dns.asked)

    def test_names_with_very_many_addresses_cost_little(self):
        """Each of them had c-ares compute for 20 ms, and took 0.5 MiB in the cache."""
        many = [b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"] * 4000

        with ScriptedDns(lambda name, kind: (NOERROR, many if kind == A else [])) as dns:
            jobs = self.write("list.txt", "".join(self.url(f"h{i}.test") + "\n" for i in range(60)))
            outcome = self.fetch("--dns-servers", dns.address, "--callback", "discard", jobs)
        self.assert_status(outcome, 0)
        self.assertLess(outcome.cpu_seconds, 0.5)
        self.assertLess(outcome.max_rss_kib, 30 * 1024)

    def test_a_name_is_asked_for_once_in_its_ttl(self):
        with Dnsmasq({"a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"]}, ["--local-ttl=60"]) as dns:
            urls = [self.url(host) for host in ["a.test", "b.test"] * 50]
            outcome = self.fetch("-P", 10, "--dns-servers", dns.address, self.write("list.txt", "\n".join(urls)))
            self.assert_status(outcome, 0)
            self.assertEqual(sorted(dns.queries()), sorted(
                f"query[{kind}] {name}" for kind in ("A", "AAAA") for name in ("a.test", "b.test")))

    def test_a_name_that_does_not_exist_is_asked_for_once(self):
        with Dnsmasq() as dns:
            outcome = self.fetch("-P", 3, "--dns-servers", dns.address, *[self.url("none.test")] * 20)
            self.assertEqual(len(outcome.complaints), 20)
            self.assertEqual(sorted(dns.queries()), sorted(
                f"query[{kind}] {name}" for kind in ("A", "AAAA") for name in ("none.test", "none.test.search.test")))

    def test_an_answer_is_not_believed_beyond_its_ttl(self):
        def slow(connection, request):
            connection.wait_until_gone(1.2)
            connection.send(response(b"slow"))

        answers = []

        def answer(name, kind):
            answers.append((name, kind))
            return NOERROR, [record(name, A, "127.0.0.1", ttl=1)] if kind == A else []

        with ScriptedDns(answer) as dns, ScriptedServer({"/slow": slow}) as clock:
            # Ordered, so that the host's second job does not follow its first at once.
            outcome = self.fetch("-P", 1, "-4", "--ordered", "--dns-servers", dns.address, self.url("a.test"), clock.url("/slow"), self.url("a.test"))
        self.assert_status(outcome, 0)
        self.assertEqual(answers.count(("a.test", A)), 2)

    def test_resolve_pins_a_name_and_asks_nobody(self):
        with Dnsmasq({"a.test": ["127.0.0.9"]}) as dns:
            outcome = self.fetch(
                "--dns-servers", dns.address, "--resolve", f"a.test:{self.server.port}:127.0.0.1", self.url("a.test"),
                f"http://a.test:{self.server.port}/other")
            self.assert_status(outcome, 0)
            self.assertEqual(dns.queries(), [])

    def test_resolve_holds_for_its_port_only_and_star_for_every_host(self):
        with ScriptedServer(ip="127.0.0.9") as other, Dnsmasq({"a.test": ["127.0.0.9"]}) as dns:
            records, outcome = self.records_of(
                "--dns-servers", dns.address, "--resolve", f"*:{self.server.port}:127.0.0.1", self.url("a.test"), self.url("b.test"),
                self.url("a.test", other.port))
        self.assert_status(outcome, 0)
        self.assertEqual([record["remote_ip"] for record in records], ["127.0.0.1", "127.0.0.1", "127.0.0.9"])

    def test_the_hosts_file_is_read(self):
        with SilentDns() as dns:
            outcome = self.fetch("-4", "--dns-servers", dns.address, "--connect-timeout", "2s", self.url("localhost"))
        self.assert_status(outcome, 0)

    def test_bad_settings_are_told_before_anything_is_fetched(self):
        for options, said in (
            (["--resolve", "a.test:80"], "a.test:80"),
            (["--resolve", "a.test:0:127.0.0.1"], "a.test:0:127.0.0.1"),
            (["--resolve", "a.test:80:elsewhere"], "elsewhere"),
            (["--resolve", "[]:80:127.0.0.1"], "no host"),
            *((["--dns-servers", f"127.0.0.1,{bad}"], f"bad list of name servers: '{bad}' is not an IP address")
              for bad in ("not an address", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:", "1.2.3", "", "::1:", "[::1]:99999", "[::1",
                          "[::1]5", "[127.0.0.x]:53", "a.test:53")),
            (["--dns-servers", ""], "--dns-servers"),
            (["-4", "-6"], "--ipv4"),
        ):
            with self.subTest(options=options):
                outcome = self.fetch(*options, self.url("127.0.0.1"))
                self.assert_status(outcome, 2)
                self.assertIn(said, outcome.stderr)
        self.assertEqual(self.server.requests, [])


class FamiliesTest(Case):
    def both(self, make_v6):
        """A server on 127.0.0.1, and what `make_v6` makes on ::1 with the same port."""
        while True:
            v6 = self.enterContext(make_v6())
            with contextlib.suppress(OSError):
                return self.enterContext(ScriptedServer({"/": closing}, port=v6.port)), v6

    def fetch_dual(self, port, *options):
        with Dnsmasq({"dual.test": ["127.0.0.1", "::1"]}) as dns:
            return self.records_of("--dns-servers", dns.address, *options, f"http://dual.test:{port}/")

    def test_4_and_6_choose_the_family(self):
        v4, _ = self.both(lambda: ScriptedServer({"/": closing}, ip="::1"))
        for options, ip in (([], "::1"), (["-4"], "127.0.0.1"), (["-6"], "::1")):
            with self.subTest(options=options):
                [found], outcome = self.fetch_dual(v4.port, *options)
                self.assert_status(outcome, 0)
                self.assertEqual(found["remote_ip"], ip)

    def test_4_and_6_hold_for_literals_and_pins(self):
        v4, _ = self.both(lambda: ScriptedServer({"/": closing}, ip="::1"))
        for url, ip in ((f"http://127.0.0.1:{v4.port}/", "127.0.0.1"), (f"http://[::1]:{v4.port}/", "::1")):
            for option, works in (("-4", ip == "127.0.0.1"), ("-6", ip == "::1")):
                with self.subTest(url=url, option=option):
                    [found], outcome = self.records_of(option, url)
                    self.assertEqual(found.get("error"), None if works else "dns_not_found")
        [found], _ = self.records_of("-6", "--resolve", f"pin.test:{v4.port}:127.0.0.1,[::1]", f"http://pin.test:{v4.port}/")
        self.assertEqual(found["remote_ip"], "::1")

    def test_a_name_without_an_address_of_the_family_is_not_found(self):
        with Dnsmasq({"a.test": ["127.0.0.1"]}) as dns:
            [found], outcome = self.records_of("-6", "--dns-servers", dns.address, "http://a.test:1/")
        self.assert_status(outcome, 4)
        self.assertEqual(found["error"], "dns_not_found")

    def test_a_refused_ipv6_address_costs_nothing(self):
        def delay():
            with ScriptedServer({"/": closing}) as v4:
                [found], outcome = self.fetch_dual(v4.port)
            self.assert_status(outcome, 0)
            self.assertEqual(found["remote_ip"], "127.0.0.1")
            return found["time_connect"]

        self.assertLess(least_of(delay, 0.2), 0.2)

    def test_a_dead_ipv6_address_costs_at_most_300_ms(self):
        v4, _ = self.both(lambda: FullBacklog("::1"))

        def delay():
            [found], outcome = self.fetch_dual(v4.port)
            self.assert_status(outcome, 0)
            self.assertEqual(found["remote_ip"], "127.0.0.1")
            self.assertEqual(found["num_connects"], 1)
            return found["time_connect"] - found["time_namelookup"]

        least = least_of(delay, 0.3)
        self.assertLess(least, 0.3)
        self.assertGreater(least, 0.2)

    def test_every_address_is_tried_before_a_name_is_given_up(self):
        with ScriptedServer({"/": closing}, ip="127.0.0.200") as last:
            addresses = [f"127.0.0.{i}" for i in range(2, 200)]
            pin = f"many.test:{last.port}:" + ",".join(addresses)
            [found], outcome = self.records_of("--resolve", pin, f"http://many.test:{last.port}/")
            self.assert_status(outcome, 4)
            self.assertEqual(found["error"], "connect_refused")
            [found], outcome = self.records_of("--resolve", f"{pin},127.0.0.200", f"http://many.test:{last.port}/")
            self.assert_status(outcome, 0)
            self.assertEqual(found["remote_ip"], "127.0.0.200")


if __name__ == "__main__":
    unittest.main()

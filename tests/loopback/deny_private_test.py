#!/usr/bin/env python3
"""--deny-private: what counts is the address that would be connected to, whoever named it (promise A4). Everything here
is refused, since the tests reach loopback addresses only; which addresses pass is tested in tests/unit/net."""

import unittest

from dns_server import A, NOERROR, ScriptedDns, record
from harness import Case
from scripted_server import ScriptedServer


class DenyPrivateTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer(ip="0.0.0.0"))
        self.port = self.server.port

    def assert_denied(self, *arguments, host, address):
        [one], outcome = self.records_of("--deny-private", *arguments)
        self.assert_status(outcome, 4)
        self.assertEqual(one["error"], "address_denied")
        self.assertIn(f"{host}: {address} is ", one["error_detail"])
        self.assertIn("--deny-private", one["error_detail"])
        self.assertEqual(self.server.connections, 0)

    def test_literals_in_every_notation_are_refused(self):
        for host in ("127.0.0.1", "127.1", "0x7f.1", "0177.1", "2130706433", "0x7f000001", "127.0.0.1.", "%31%32%37.1", "１２７.１"):
            with self.subTest(host):
                self.assert_denied(f"http://{host}:{self.port}/", host="127.0.0.1", address="127.0.0.1")

    def test_ipv6_literals_are_refused(self):
        for host, address in (("[::1]", "::1"), ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"), ("[::]", "::"),
                              ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"), ("[2002:7f00:1::]", "2002:7f00:1::")):
            with self.subTest(host):
                shown = "[::ffff:7f00:1]" if "ffff" in host else host
                self.assert_denied(f"http://{host}:{self.port}/", host=shown, address=address)

    def test_a_pinned_name_is_refused(self):
        self.assert_denied("--resolve", f"site.test:{self.port}:127.0.0.1,127.0.0.2", f"http://site.test:{self.port}/",
                           host="site.test", address="127.0.0.1")

    def test_a_name_that_resolves_to_a_private_address_is_refused(self):
        with ScriptedDns(lambda name, kind: (NOERROR, [record(name, A, "127.0.0.1")] if kind == A else [])) as dns:
            self.assert_denied("--dns-servers", dns.address, f"http://site.test:{self.port}/", host="site.test", address="127.0.0.1")

    def test_each_answer_of_the_name_server_is_checked_anew(self):
        """A name that is rebound between two jobs: an answer without a lifetime is not believed twice."""
        answers = iter(["10.0.0.1", "127.0.0.1", "169.254.169.254"])

        def answer(name, kind):
            if kind != A:
                return NOERROR, []
            return NOERROR, [record(name, A, next(answers), ttl=0)]

        with ScriptedDns(answer) as dns:
            records, outcome = self.records_of(
                "--deny-private", "-P", "1", "--dns-servers", dns.address, *[f"http://site.test:{self.port}/{i}" for i in range(3)])
        self.assert_status(outcome, 4)
        self.assertEqual([one["error"] for one in records], ["address_denied"] * 3)
        for one, address in zip(records, ("10.0.0.1", "127.0.0.1", "169.254.169.254")):
            self.assertIn(f"site.test: {address} is ", one["error_detail"])
        self.assertEqual(self.server.connections, 0)

    def test_a_refusal_is_not_tried_again(self):
        [one], _ = self.records_of("--deny-private", f"http://127.0.0.1:{self.port}/", retry=3)
        self.assertEqual(one["num_retries"], 0)

    def test_without_the_option_private_addresses_are_reached(self):
        outcome = self.fetch(f"http://0x7f.1:{self.port}/page")
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, "/page")


if __name__ == "__main__":
    unittest.main()

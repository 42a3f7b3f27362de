#!/usr/bin/env python3
"""--config: options from a file, which the command line overrules; what is wrong in it is told."""

import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "loopback"))
from harness import Case  # noqa: E402
from scripted_server import ScriptedServer  # noqa: E402


class ConfigTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def run_with(self, content, *arguments):
        config = self.write("settings.toml", content)
        return self.run_command("fetch", "--config", config, *arguments, self.server.url("/page"))

    def test_options_come_from_the_file(self):
        outcome = self.run_with("[fetch]\njsonl=true\nfields=\"status\"\nuser-agent=\"tester\"\n")
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.records, [{"status": 200}])
        self.assertEqual(self.server.requests[0].fields["user-agent"], "tester")

    def test_the_command_line_wins(self):
        self.run_with("[fetch]\nuser-agent=\"file\"\n", "-A", "command line")
        self.assertEqual(self.server.requests[0].fields["user-agent"], "command line")

    def test_every_kind_of_value_is_read(self):
        self.run_with("""# settings
[ fetch ]   # of fetch
header = ["X-One: a, b # c", 'X-Two: \\d',   # two fields
          "X-Three: \\u00e9\\"",
]
"user-agent" = 'it "is"'
P = 5
retry=0
max-redirs = 1_0
limit-rate = '''
10M'''
rate = 12.5
http1.1 = true
silent = true
jsonl = false
""")
        fields = self.server.requests[0].fields
        self.assertEqual(fields["x-one"], "a, b # c")
        self.assertEqual(fields["x-two"], "\\d")
        self.assertEqual(fields["x-three"].encode("latin-1").decode(), "\u00e9\"")
        self.assertEqual(fields["user-agent"], 'it "is"')

    def test_both_names_of_an_option_add_up(self):
        self.run_with("[fetch]\ncookie = 'a=1'\nb = 'c=2'\n")
        self.assertEqual(self.server.requests[0].fields["cookie"], "a=1; c=2")

    def test_the_command_line_wins_over_an_option_that_excludes_its_own(self):
        outcome = self.run_with("[fetch]\nfail = true\n", "--accept", "100-599")
        self.assert_status(outcome, 0)

    def test_an_option_may_need_one_of_the_command_line(self):
        outcome = self.run_with("[fetch]\nfields = 'status'\n", "--jsonl")
        self.assertEqual(outcome.records, [{"status": 200}])

    def test_the_stricter_of_two_gaps_holds_wherever_they_stand(self):
        for in_file, *arguments in (["[fetch]\nhost-delay = '400ms'\n", "--host-rate", "100"],
                                    ["[fetch]\nhost-rate = 100\n", "--host-delay", "400ms"]):
            begin = time.monotonic()
            self.assert_status(self.run_with(in_file, *arguments, self.server.url("/second")), 0)
            self.assertGreaterEqual(time.monotonic() - begin, 0.4)

    def test_what_is_wrong_is_told_with_its_place(self):
        for content, said in [
                ("[fetch]\nuser-agnt = 'x'\n", "2:1: unknown option --user-agnt; did you mean --user-agent?"),
                ("[fetch]\n\n  zzzzzz = 1", "3:3: unknown option --zzzzzz"),
                ("[fetch]\nhelp = true", "2:1: --help: it belongs on the command line"),
                ("[fetch]\nconfig = 'x'", "2:1: --config: it belongs on the command line"),
                ("[fetch]\nrate = 'many'", "2:1: --rate: 'many' is not a rate such as 10, 0.5/s or 30/m"),
                ("[fetch]\nretry = 1001", "2:1: --retry: '1001' is not a whole number from 0 to 1000"),
                ("[fetch]\nmax-time = [1, 2]", "2:1: --max-time: expected one value, not a list"),
                ("[fetch]\njsonl = 'yes'", "2:1: --jsonl: expected true or false"),
                ("[fetch]\nheader = [1979-05-27]", "2:11: expected a string, a number, true, false, or a list of these"),
                ("[fetch]\nmax-time = 10s", "2:14: Error while parsing decimal integer: expected digit, saw 's'"),
                ("[fetch]\nmax-time = soon", "2:12: Error while parsing value: could not determine value type"),
                ("[fetch]\nuser-agent =", "2:13: Error while parsing key-value pair: encountered end-of-file"),
                ('[fetch]\nuser-agent = "a\nretry = 1', "2:16: Error while parsing string: "),
                ("[fetch]\nheader = ['a: b' 'c: d']", "2:18: Error while parsing array: expected comma or closing ']'"),
                ("[fetch]\nretry = 1\nretry = 2", "3:9: Error while parsing key-value pair: cannot redefine"),
                ("retry = 1", "1:1: options stand under [fetch], and nothing else may be there"),
                ("[serve]\nport = 1", "1:2: options stand under [fetch], and nothing else may be there"),
                ("[fetch]\n" + "a." * 200_000 + "a = 1", "2:1: a name has more than 10 dots"),
                ("[fetch" + ".a" * 200_000 + "]", "1:1: a name has more than 10 dots"),
                ("[fetch]\nx = { " + "a." * 300_000 + "a = 1 }", "2:1: a name has more than 10 dots"),
                ("[fetch]\n\n\"x=\"" + ".b" * 300_000 + " = 1", "3:1: a name has more than 10 dots"),
                ("[fetch]\n'x' .\"\\\"\" " + " . b" * 200_000 + " = 1", "2:1: a name has more than 10 dots"),
                ('[fetch]\n# it\'s\nx = ["""a\n\\"""b"""", { ' + "a." * 300_000 + "a = 1 }]", "4:1: a name has more than 10 dots"),
                ("[fetch]\nx = ['''a\n\\'''', { " + "a." * 300_000 + "a = 1 }]", "3:1: a name has more than 10 dots"),
                ("[fetch]\nx = " + "{ a.a.a.a.a.a.a.a.a.a = " * 250 + "1" + " }" * 250, "2:31: a name has more than 10 dots"),
                ("[nonsense]", "1:2: options stand under [fetch], and nothing else may be there"),
                ("[fetch]\n[fetch.nonsense]", "2:8: expected a string, a number, true, false, or a list of these"),
                ("[fetch]\nheader = {}", "2:1: expected a string, a number, true, false, or a list of these"),
                ("[fetch]\nhttp2 = true\n\n  http1.1 = true", "4:9: --http1.1: it can't go with --http2"),
                ("[fetch]\naccept = '200'\nfail = true", "3:1: --fail: it can't go with --accept"),
                ("[fetch]\njsonl = false\nbody = 'none'", "3:1: --body: it needs --jsonl"),
                ("[[fetch]]", "1:3: options stand under [fetch], and nothing else may be there"),
                (b"[fetch]\nuser-agent = '\xff'", "2:14: Encountered invalid utf-8 sequence")]:
            with self.subTest(content[:80]):
                outcome = self.run_with(content)
                self.assert_status(outcome, 2)
                self.assertIn(f"settings.toml:{said}", outcome.stderr.splitlines()[0])
        self.assertEqual(self.server.requests, [])

    def test_a_file_that_cannot_be_read_or_has_no_end_is_told(self):
        os.mkfifo(self.folder / "nobody")
        for path, said in [("missing.toml", "can't read missing.toml: No such file or directory"),
                           (".", "can't read .: Is a directory"),
                           ("/dev/zero", "can't read /dev/zero: more than 1048576 bytes"),
                           ("nobody", "can't read nobody: it is a pipe that nobody writes to"),
                           ("-", "it can't be standard input")]:
            with self.subTest(path):
                outcome = self.run_command("fetch", "--config", path, self.server.url("/"), limit=10)
                self.assert_status(outcome, 2)
                self.assertEqual(outcome.stderr.splitlines()[0], f"nbcrawl: --config: {said}")
                self.assertLess(outcome.max_rss_kib, 64 * 1024)
        self.assertEqual(self.server.requests, [])

    def test_a_pipe_is_read_to_its_end_and_waited_for_while_somebody_writes_it(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        command = self.start("fetch", "--config", pipe, self.server.url("/"))
        with pipe.open("w") as writer:
            for part in ("[fetch]\n", "user-agent = ", "'piped'"):
                writer.write(part)
                writer.flush()
        self.assert_status(command.finish(), 0)
        self.assertEqual(self.server.requests[0].fields["user-agent"], "piped")


if __name__ == "__main__":
    unittest.main()

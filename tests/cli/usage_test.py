#!/usr/bin/env python3
"""Command lines that can't be used: exit status 2, and a line that says what is wrong."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import NBCRAWL, Case


class UsageTest(Case):
    def assert_usage_error(self, arguments, message):
        with self.subTest(arguments=arguments):
            outcome = self.run_command(*arguments)
            self.assert_status(outcome, 2)
            self.assertEqual(outcome.stdout, b"")
            self.assertEqual(outcome.stderr.splitlines()[0], "nbcrawl: " + message)

    def test_an_unknown_option_is_named_and_the_one_that_was_meant(self):
        for arguments, message in [
                (["fetch", "--per-hots", "3", "x"], "unknown option --per-hots; did you mean --per-host?"),
                (["--per-hots=3", "x"], "unknown option --per-hots; did you mean --per-host?"),
                (["serve", "--prot", "0", "x"], "unknown option --prot; did you mean --port?"),
                (["fetch", "--zzzzzzz", "x"], "unknown option --zzzzzzz"),
                (["fetch", "-Y", "x"], "unknown option -Y"),
                (["fetch", "--a\x1b[31m", "x"], "unknown option --a\\x1b[31m")]:
            self.assert_usage_error(arguments, message)

    def test_a_bad_value_is_named_and_what_is_good(self):
        for arguments, message in [
                (["--multiplexer", "kqueue", "x"], "--multiplexer: 'kqueue' is not one of auto|select|poll|epoll"),
                (["--tls-min", "1.1", "x"], "--tls-min: '1.1' is not one of 1.2|1.3"),
                (["--rate", "many", "x"], "--rate: 'many' is not a rate such as 10, 0.5/s or 30/m"),
                (["-m", "soon", "x"], "-m,--max-time: 'soon' is not a duration such as 500ms, 10s or 2m"),
                *((["--threads", number, "x"], f"--threads: '{number}' is not a number from 1 to 256, nor auto")
                  for number in ("0", "257", "-1", "many", "2x")),
                (["--callback", "decod", "http://127.0.0.1:1/"], "callback: 'decod': no such callback; did you mean 'decode'?"),
                (["--retry-on-http-error", "500,x", "x"],
                 "--retry-on-http-error: '500,x' is not a list of statuses from 300 to 599 such as 429,503"),
                (["--accept", "200,", "x"], "--accept: '200,' is not a list of statuses such as 200,300-399"),
                (["-b", "token", "x"], "--cookie: can't read token: No such file or directory (a cookie is NAME=VALUE)"),
                (["-b", "a=\x01", "x"], "--cookie: control character in the value of field 'Cookie'"),
                (["-d", "@none", "x"], "--data: can't read none: No such file or directory"),
                (["-x", "ftp://x", "x"], "--proxy: a proxy has the scheme http, socks5 or socks5h, and no other"),
                (["-H", "Content-Length: 3", "x"], "--header: a job may not set the field 'Content-Length'"),
                (["--resolve", "a:1:x", "x"],
                 "--resolve: 'a:1:x' is not HOST:PORT:ADDRESS[,ADDRESS]: 'x' is not an IP address"),
                ([""], "JOBS: it is empty")]:
            self.assert_usage_error(arguments, message)

    def test_a_number_is_whole_decimal_and_within_its_range(self):
        for option, least, most in [
                ("-P,--concurrency", 1, 1_000_000), ("--per-host", 1, 1_000_000), ("--retry", 0, 1000),
                ("--max-redirs", 0, 1000), ("--exec-jobs", 1, 10_000)]:
            for number in (str(least - 1), str(most + 1), "0x1", "1.0", "+1", "", "many", "99999999999999999999"):
                self.assert_usage_error([option.split(",")[-1], number, "x"],
                                        f"{option}: '{number}' is not a whole number from {least} to {most}")
        self.assert_usage_error(["serve", "--port", "65536", "x"],
                                "--port: '65536' is not a whole number from 0 to 65535")

    def test_of_an_option_that_has_one_value_the_last_holds(self):
        outcome = self.run_command("--jsonl", "--fields", "id", "--output", "first", "--output", "last", "--fields", "url",
                                   "--retry", "5", "--retry", "0", "--max-time", "1s", "-m", "9s", "-P", "4", "-P", "5",
                                   "--progress", "bar", "--progress", "none", "-s", "-s", "http://127.0.0.1:1/")
        self.assert_status(outcome, 4)
        self.assertEqual((self.folder / "last").read_bytes(), b'{"url":"http://127.0.0.1:1/"}\n')
        self.assertFalse((self.folder / "first").exists())

    def test_a_value_that_is_empty_is_refused(self):
        for option in ("--output", "--output-dir", "--state", "--log-file", "--cookie-jar", "--cacert", "--cert"):
            self.assert_usage_error([option, "", "x"], f"{option}: it is empty")
        self.assert_usage_error(["--jsonl", "--fields", "", "x"], "--fields: it is empty")
        self.assert_usage_error(["serve", "--access-log", "", "x"], "--access-log: it is empty")

    def test_a_limit_under_which_nothing_can_be_fetched_is_refused(self):
        for option in ("--max-filesize", "--max-header-size"):
            self.assert_usage_error([option, "0k", "x"], f"{option}: it is zero")

    def test_a_limit_on_heads_that_none_can_reach_is_refused(self):
        for size in ("18446744073709551615", "1073741825", "4G"):
            self.assert_usage_error(["--max-header-size", size, "x"], "--max-header-size: it is above 1G")

    def test_options_that_exclude_each_other_are_told(self):
        for arguments, message in [
                (["--http1.1", "--http2", "x"], "--http1.1 excludes --http2"),
                (["--http2-prior-knowledge", "--http1.1", "x"], "--http1.1 excludes --http2-prior-knowledge"),
                (["--http2-prior-knowledge", "--limit-rate", "1k", "http://127.0.0.1:1/"],
                 "limit-rate needs HTTP/1.1 and can't go with http2-prior-knowledge")]:
            self.assert_usage_error(arguments, message)

    def test_help_may_be_a_word(self):
        for words, same in (["help"], ["--help"]), (["help", "fetch"], ["fetch", "--help"]), (["help", "serve"], ["serve", "--help"]):
            outcome = self.run_command(*words)
            self.assert_status(outcome, 0)
            self.assertEqual(outcome.stdout, self.run_command(*same).stdout)
            self.assertIn(b"Usage: nbcrawl", outcome.stdout)
        self.assert_usage_error(["help", "nope"], "The following argument was not expected: nope")

    def test_help_tells_what_an_option_needs(self):
        told = self.run_command("fetch", "--help").text
        for option, needed in {"body": "jsonl", "fields": "jsonl", "log-level": "log-file", "retry-failed": "state"}.items():
            self.assertRegex(told, rf"\n  --{option} .*Needs: --{needed}\n")

    def test_help_that_cannot_be_written_is_told(self):
        for words in ["--help"], ["--version"], ["help", "serve"], ["fetch", "--help"]:
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                done = subprocess.run([NBCRAWL, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
                self.assertEqual(done.stderr, "nbcrawl: can't write standard output: No space left on device\n")
                self.assertEqual(done.returncode, 3)

    def test_a_log_on_standard_error_makes_no_file(self):
        for options in ["--log-file", "-"], ["--log-file", "-", "-v", "--log-level", "warning"], ["-v"]:
            outcome = self.run_command(*options, "--retry", "0", "http://127.0.0.1:1/")
            self.assert_status(outcome, 4)
            self.assertEqual(len([line for line in outcome.stderr.splitlines() if line.endswith(" -> done")]), 1)
        outcome = self.run_command("--log-file", "-", "--log-level", "warning", "--retry", "0", "http://127.0.0.1:1/")
        self.assertNotIn(" -> done", outcome.stderr)
        self.assertFalse((self.folder / "-").exists())

    def test_a_missing_list_is_told(self):
        self.assert_usage_error(["fetch"], "JOBS is required")


if __name__ == "__main__":
    unittest.main()

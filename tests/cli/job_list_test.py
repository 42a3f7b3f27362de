#!/usr/bin/env python3
"""Job lists: every form from file, standard input and command line; lists that are still being written; bad ones."""

import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import PIPE, Case
from scripted_server import ScriptedServer, response


class JobListCase(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({"/echo": echo}))

    def url(self, path):
        return self.server.url(path)


def echo(connection, request):
    shown = {"method": request.method, "body": request.body.decode(), "fields": request.fields}
    connection.send(response(json.dumps(shown).encode()))
    return True


class FormsTest(JobListCase):
    def lists(self):
        """The same three jobs in every form."""
        urls = [self.url(f"/{i}") for i in range(3)]
        jobs = [{"url": url} for url in urls]
        host, port = "127.0.0.1", self.server.port
        return {
            "array": json.dumps(jobs),
            "array over many lines": json.dumps(jobs, indent=2),
            "ndjson": "\n".join(map(json.dumps, jobs)),
            "ndjson with crlf and blank lines": "\r\n\r\n".join(map(json.dumps, jobs)) + "\r\n",
            "lines": "\n".join(urls),
            "lines with comments": f"# a list\n\n{urls[0]}\n  {urls[1]}  # the second\r\n{urls[2]}\n",
            "wrapper": json.dumps({"defaults": {"port": port}, "jobs": [{"host": host, "path": f"/{i}"} for i in range(3)]}),
            "byte order mark": "\ufeff" + json.dumps(jobs),
            "host and path": json.dumps([{"host": f"{host}:{port}", "path": f"/{i}"} for i in range(3)]),
            "host and url": json.dumps([{"host": host, "port": port, "url": f"/{i}"} for i in range(3)]),
        }

    def test_every_form_is_read_from_a_file_and_from_standard_input(self):
        for name, text in self.lists().items():
            for source in ("file", "stdin"):
                with self.subTest(name, source=source):
                    if source == "file":
                        records, outcome = self.records_of(self.write("list", text))
                    else:
                        records, outcome = self.records_of("-", input=text)
                    self.assert_status(outcome, 0)
                    self.assertEqual([record["body"] for record in records], ["/0", "/1", "/2"])
                    self.assertEqual([record["id"] for record in records], ["0", "1", "2"])

    def test_urls_stand_on_the_command_line_beside_lists(self):
        first = self.write("first.txt", self.url("/a"))
        records, outcome = self.records_of(first, self.url("/b"), "-", self.url("/d"), input=self.url("/c"))
        self.assert_status(outcome, 0)
        self.assertEqual([record["body"] for record in records], ["/a", "/b", "/c", "/d"])

    def test_fetch_may_be_left_out(self):
        outcome = self.run_command(self.write("list.txt", self.url("/short")))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, "/short")

    def test_an_option_that_may_be_repeated_takes_one_word(self):
        for option in (["-H", "X-A: b"], ["--callback", "raw"], ["--resolve", f"a.test:{self.server.port}:127.0.0.1"]):
            with self.subTest(option=option):
                records, outcome = self.records_of(*option, self.url("/1"), self.url("/2"))
                self.assert_status(outcome, 0)
                self.assertEqual(len(records), 2)

    def test_an_empty_list_is_no_failure(self):
        for text in ("", "\n\n", "[]", "# nothing\n", '{"jobs": []}'):
            with self.subTest(text=text):
                outcome = self.fetch(self.write("list", text))
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.stdout, b"")

    def test_the_fields_of_a_job_shape_its_request(self):
        self.write("body.txt", "from a file")
        jobs = [
            {"url": self.url("/echo")},
            {"url": self.url("/echo"), "method": "PUT", "body": "typed", "headers": {"X-List": ["1", "2"], "X-One": "1"}},
            {"url": self.url("/echo"), "body": "implied post"},
            {"url": self.url("/echo"), "body_file": str(self.folder / "body.txt")},
            {"url": self.url("/echo"), "method": "DELETE", "headers": {"User-Agent": "", "Accept": ""}},
        ]
        records, outcome = self.records_of("-P", 1, self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 0)
        echoes = [json.loads(record["body"]) for record in records]
        self.assertEqual([e["method"] for e in echoes], ["GET", "PUT", "POST", "POST", "DELETE"])
        self.assertEqual([e["body"] for e in echoes], ["", "typed", "implied post", "from a file", ""])
        self.assertEqual(echoes[1]["fields"]["x-one"], "1")
        self.assertNotIn("content-length", echoes[0]["fields"])
        self.assertNotIn("user-agent", echoes[4]["fields"])
        self.assertNotIn("accept", echoes[4]["fields"])

    def test_id_and_meta_are_echoed(self):
        jobs = [{"url": self.url("/1"), "id": "first", "meta": {"team": 7, "tags": ["a", None]}}, {"url": self.url("/2"), "id": 17}]
        outcome = self.fetch("--jsonl", "--ordered", self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 0)
        self.assertEqual([record["id"] for record in outcome.records], ["first", "17"])
        self.assertEqual(outcome.records[0]["meta"], {"team": 7, "tags": ["a", None]})

    def test_a_body_file_that_cannot_be_read_fails_its_job_alone(self):
        os.mkfifo(self.folder / "fifo")
        jobs = [{"url": self.url("/echo"), "body_file": str(self.folder / name)} for name in ("none", ".", "fifo")]
        records, outcome = self.records_of(self.write("jobs.json", json.dumps([*jobs, {"url": self.url("/good")}])))
        self.assert_status(outcome, 2)
        self.assertEqual([record.get("error") for record in records], ["body_file_failed"] * 3 + [None])
        self.assertEqual(self.server.paths(), ["/good"])


class GrowingListTest(JobListCase):
    def test_a_producer_gets_each_page_before_it_writes_the_next_job(self):
        for options in ([], ["--ordered"], ["--jsonl"], ["--jsonl", "--ordered"]):
            with self.subTest(options=options):
                command = self.start_fetch(*options, "-", stdin=PIPE, read_stdout=False)
                for i in range(20):
                    command.process.stdin.write(f"{self.url(f'/{i:02}')}\n".encode())
                    command.process.stdin.flush()
                    if "--jsonl" in options:
                        got = json.loads(command.process.stdout.readline())["body"]
                    else:
                        got = command.process.stdout.read(3).decode()
                    self.assertEqual(got, f"/{i:02}")
                command.process.stdin.close()
                self.assert_status(command.finish(), 0)

    def test_an_array_is_read_as_it_is_written(self):
        command = self.start_fetch("--jsonl", "-", stdin=PIPE, read_stdout=False)
        for i in range(5):
            text = ("[" if i == 0 else ",") + json.dumps({"url": self.url(f"/{i}")})
            command.process.stdin.write(text.encode())
            command.process.stdin.flush()
            self.assertEqual(json.loads(command.process.stdout.readline())["body"], f"/{i}")
        command.process.stdin.write(b"]")
        command.process.stdin.close()
        self.assert_status(command.finish(), 0)

    def test_a_list_may_come_byte_by_byte(self):
        command = self.start_fetch("-", stdin=PIPE)
        for byte in json.dumps([{"url": self.url(f"/{i}")} for i in range(3)]).encode():
            os.write(command.process.stdin.fileno(), bytes([byte]))
        command.process.stdin.close()
        outcome = command.finish()
        self.assert_status(outcome, 0)
        self.assertEqual(sorted(outcome.text[i:i + 2] for i in (0, 2, 4)), ["/0", "/1", "/2"])

    def test_a_fifo_is_read_as_it_is_written(self):
        fifo = self.folder / "jobs"
        os.mkfifo(fifo)
        command = self.start_fetch("--jsonl", fifo, read_stdout=False)
        with fifo.open("w") as writer:
            for i in range(3):
                writer.write(self.url(f"/{i}") + "\n")
                writer.flush()
                self.assertEqual(json.loads(command.process.stdout.readline())["body"], f"/{i}")
        self.assert_status(command.finish(), 0)

    def test_waiting_for_a_producer_costs_no_time(self):
        command = self.start_fetch("-", stdin=PIPE, read_stdout=False)
        command.process.stdin.write(f"{self.url('/1')}\n".encode())
        command.process.stdin.flush()
        self.assertEqual(command.process.stdout.read(2), b"/1")
        self.server.wait_until_quiet(1.0)
        command.process.stdin.close()
        outcome = command.finish()
        self.assert_status(outcome, 0)
        self.assertLess(outcome.cpu_seconds, 0.3)


def with_place(text):
    """Takes the "^" out of a list and returns the list and where it stood, as line and column."""
    before = text[:text.index("^")]
    return text.replace("^", ""), (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


class BadListTest(JobListCase):
    # The list, with "^" at the place that is named, and what is said of it. GOOD is a URL of the server.
    BAD = {
        "missing comma": ('[{"url": "GOOD"},\n {"url": "GOOD" ^"id": 3}]', """expected ',' or '}', got '"'"""),
        "cut off": ('[{"url": "GOOD"},\n^', "expected a job object, got end of input"),
        "trailing comma": ('[{"url": "GOOD"},^]', "expected a value, got ']'"),
        "single quotes": ("[{^'url': 'GOOD'}]", """expected a field name in double quotes or '}', got '\''"""),
        "unknown field": ('{^"ulr": "GOOD"}', 'unknown field "ulr"; did you mean "url"?'),
        "field twice": ('{"url": "GOOD", ^"url": "GOOD"}', 'field "url" stands twice'),
        "no url": ('^{"id": 1}', 'a job needs "url" or "host"'),
        "other scheme": ("GOOD\n^ftp://127.0.0.1/\n", 'URL "ftp://127.0.0.1/" begins with a scheme other than http and https'),
        "no url on a line": ("GOOD\n^not a url\n", 'URL "not a url" does not begin with http:// or https://'),
        "bad duration": ('{"url": "GOOD", "timeout": ^"soon"}',
                         'timeout: expected a duration above zero such as 10, "1.5s" or "500ms", got "soon"'),
        "bad port": ('{"host": "127.0.0.1", "port": ^65536}', "port: expected a whole number from 1 to 65535, got 65536"),
        "unknown callback": ('{"url": "GOOD", "callback": ^"decod"}',
                             "callback: 'decod': no such callback; did you mean 'decode'?"),
        "callback like no other": ('{"url": "GOOD", "callback": ^"frobnicate:x"}',
                                   "callback: 'frobnicate:x': no such callback; there are decode, raw, headers, "),
        "unknown charset of decode": ('{"url": "GOOD", "callback": ^"decode:gb2313"}',
                                      """callback: 'decode:gb2313': unknown charset "gb2313\""""),
        "unknown charset": ('{"url": "GOOD", "charset": ^"klingon"}', 'charset: unknown charset "klingon"'),
        "bad json pointer": ('{"url": "GOOD", "callback": ^"json:a"}', "callback: 'json:a': not a JSON pointer"),
        "argument where none is": ('{"url": "GOOD", "callback": ^"headers:x"}', "callback: 'headers:x': it takes no argument"),
        "too deep": ('{"url": "GOOD", "meta": ' + "[" * 63 + "^[" + "]" * 64 + "}", "nested deeper than 64 levels, the limit"),
        "line break in a field": ('{"url": "GOOD", "headers": {"X": ^"a\\r\\nEvil: b"}}', "headers: "),
        "length of the body": ('{"url": "GOOD", "headers": {^"Content-Length": "5"}}', """headers: "Content-Length" can't be set"""),
        "file without a folder": ('{"url": "GOOD", "output": ^"a.html"}', "output: it has nothing to do without --output-dir"),
        "binary": ("^\0\0\0\0", "expected a job list ('[', '{' or a URL), got byte 0x00"),
    }

    def test_nothing_is_fetched_and_the_place_is_named(self):
        for name, (text, said) in self.BAD.items():
            with self.subTest(name):
                text, (line, column) = with_place(text.replace("GOOD", self.url("/never")))
                outcome = self.fetch(self.write("good.txt", self.url("/never")), self.write("list.json", text))
                self.assert_status(outcome, 2)
                self.assertEqual(outcome.stdout, b"")
                self.assertEqual(len(outcome.complaints), 1, outcome.stderr)
                self.assertIn(f"list.json:{line}:{column}: {said}", outcome.complaints[0])
        self.assertEqual(self.server.requests, [])

    def test_the_last_line_of_a_long_list_is_checked_before_the_first_is_fetched(self):
        lines = f"{self.url('/never')}?" + "x" * 1000 + "\n"
        text = lines * (20_000_000 // len(lines))
        outcome = self.fetch(self.write("long.txt", text + "gopher://127.0.0.1/\n"))
        self.assert_status(outcome, 2)
        self.assertIn(f"long.txt:{text.count(chr(10)) + 1}:1: ", outcome.stderr)
        self.assertEqual(self.server.requests, [])

    def test_on_standard_input_the_jobs_before_the_fault_are_finished_and_none_behind_it_begun(self):
        for name in ("missing comma", "unknown field", "bad duration"):
            text, (line, column) = with_place(self.BAD[name][0].replace("GOOD", self.url("/never")))
            with self.subTest(name):
                outcome = self.fetch("-", input=text)
                self.assert_status(outcome, 2)
                self.assertIn(f"standard input:{line}:{column}: ", outcome.stderr)

    def test_a_url_on_the_command_line_that_cannot_be_fetched_is_told_before_the_others_are(self):
        for url, said in (("ftp://127.0.0.1/", 'URL "ftp://127.0.0.1/" begins with a scheme other than http and https'),
                          ("http://[::1/", "URL "), ("HTTP://127.0.0.1:port/", "URL ")):
            outcome = self.fetch(self.url("/never"), url)
            self.assert_status(outcome, 2)
            self.assertTrue(outcome.complaints[0].startswith(f"nbcrawl: command line:1:1: {said}"), outcome.stderr)
        self.assertEqual(self.server.requests, [])

    def test_a_scheme_may_be_in_upper_case(self):
        self.assertEqual(self.fetch(self.url("/").replace("http", "HTTP")).stdout, b"/")

    def test_a_list_that_cannot_be_read_is_named(self):
        for name, said in (("none.json", "can't read none.json: No such file or directory (a URL begins with http:// or https://)"), (".", "can't read .: Is a directory")):
            before = self.write("out", "of an earlier run")
            outcome = self.fetch("-o", "out", self.url("/never"), name)
            self.assert_status(outcome, 2)
            self.assertEqual(before.read_text(), "of an earlier run")
            self.assertEqual(outcome.complaints, [f"nbcrawl: {said}"])
        self.assertEqual(self.server.requests, [])

    def test_skip_invalid_gives_bad_jobs_a_record_and_fetches_the_rest(self):
        lists = {
            "array": [json.dumps({"url": self.url("/0")}), '{"ulr": 1}', json.dumps({"url": self.url("/2")}), "7", json.dumps({"url": self.url("/4")})],
        }
        lists["ndjson"] = lists["array"]
        lists["lines"] = [self.url("/0"), "not a url", self.url("/2"), "ftp://x/", self.url("/4")]
        for name, parts in lists.items():
            text = "[" + ",\n".join(parts) + "]" if name == "array" else "\n".join(parts) + "\n"
            for source in ("file", "stdin"):
                with self.subTest(name, source=source):
                    arguments, options = ([self.write("list", text)], {}) if source == "file" else (["-"], {"input": text})
                    records, outcome = self.records_of("--skip-invalid", *arguments, **options)
                    self.assert_status(outcome, 2)
                    self.assertEqual([record["id"] for record in records], ["0", "1", "2", "3", "4"])
                    self.assertEqual([record.get("error") for record in records], [None, "invalid_job", None, "invalid_job", None])
                    self.assertEqual([record.get("body") for record in records if record["ok"]], ["/0", "/2", "/4"])
                    self.assertEqual(len(outcome.complaints), 2, outcome.stderr)
                    self.assertRegex(records[1]["error_detail"], r"^.*(list|standard input):2:\d+: ")

    def test_skip_invalid_keeps_the_order_of_the_jobs(self):
        text = "\n".join([self.url("/0"), "bad", self.url("/2")])
        outcome = self.fetch("--jsonl", "--ordered", "--skip-invalid", self.write("list", text))
        self.assert_status(outcome, 2)
        self.assertEqual([record["id"] for record in outcome.records], ["0", "1", "2"])

    def test_an_array_that_breaks_off_ends_behind_its_last_job_even_with_skip_invalid(self):
        text = '[{"url": "%s"}, {"url": "%s"' % (self.url("/0"), self.url("/1"))
        records, outcome = self.records_of("--skip-invalid", self.write("list", text))
        self.assert_status(outcome, 2)
        self.assertEqual([(record["id"], record["ok"]) for record in records], [("0", True), ("1", False)])

    def test_a_fault_behind_which_nothing_can_be_read_ends_the_run_and_is_told(self):
        text = '[{"url": "%s"}, {"url": "%s"},, {"url": "%s"}]' % (self.url("/0"), self.url("/1"), self.url("/never"))
        jobs = [self.write("list", text), self.write("second", self.url("/never"))]
        told = f"nbcrawl: {jobs[0]}:1:{text.index(',,') + 2}: expected a value, got ','; nothing behind it was read"
        records, outcome = self.records_of("--skip-invalid", *jobs)
        self.assert_status(outcome, 2)
        self.assertEqual([(record["id"], record["ok"]) for record in records], [("0", True), ("1", True), ("2", False)])
        self.assertIn(told, outcome.complaints)
        for done_before in (0, 3):
            with self.subTest(done_before=done_before):
                outcome = self.fetch("--skip-invalid", "--jsonl", "-o", "out", "--state", "state", *jobs)
                self.assert_status(outcome, 2)
                self.assertIn(told, outcome.complaints)
                self.assertEqual("3 done before (1 failed)" in outcome.stderr, done_before == 3, outcome.stderr)
        self.assertEqual((self.folder / "out").read_bytes().count(b"\n"), 3)
        self.assertNotIn("/never", self.server.paths())

    def test_jobs_before_a_fault_in_a_pipe_are_finished(self):
        text = "\n".join([self.url("/0"), self.url("/1"), "bad", self.url("/never")])
        records, outcome = self.records_of("--per-host", 1, "-", input=text)
        self.assert_status(outcome, 2)
        self.assertEqual([record["body"] for record in records], ["/0", "/1"])
        self.assertTrue(outcome.complaints[-1].startswith("nbcrawl: standard input:3:1: "), outcome.complaints)
        self.assertNotIn("/never", self.server.paths())

    def test_an_endless_line_is_refused_in_bounded_memory(self):
        outcome = self.fetch("/dev/zero")
        self.assert_status(outcome, 2)
        self.assertIn("/dev/zero:1:1: ", outcome.stderr)
        endless = self.folder / "endless"
        with endless.open("wb") as file:
            file.write(self.url("/").encode())
            for _ in range(100):
                file.write(b"x" * 1_000_000)
        with endless.open("rb") as file:
            outcome = self.start_fetch("-", stdin=file).finish()
        self.assert_status(outcome, 2)
        self.assertIn("standard input:1:1: line of more than 8388608 bytes, the limit for one job", outcome.stderr)
        self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_secrets_in_a_bad_list_are_not_told(self):
        for text in ("http://user:hunter2@[::1/", '{"url": "GOOD", "headers": {"Authorization": "hunter2\\n"}}', "ftp://user:hunter2@host/"):
            outcome = self.fetch(self.write("list", text.replace("GOOD", self.url("/never"))))
            self.assert_status(outcome, 2)
            self.assertNotIn("hunter2", outcome.stderr)


if __name__ == "__main__":
    unittest.main()

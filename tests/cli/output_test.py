#!/usr/bin/env python3
"""Where results go: whole bodies, their order and separators, files, records and their fields."""

import base64
import json
import os
import shlex
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import Case
from scripted_server import ScriptedServer, response


def page(i):
    """Bodies of many sizes, each of a letter of its own, so that a mix of two shows."""
    return bytes([65 + i % 26]) * (1 + (i * 7919) % 70_000) + b"\n"


def slow_start(connection, request):
    """The first one comes last."""
    connection.server.wait_for(lambda: "/19" in connection.server.paths())
    connection.send(response(page(0)))
    return True


class PagesCase(Case):
    COUNT = 20

    def setUp(self):
        super().setUp()
        pages = {f"/{i}": response(page(i)) for i in range(self.COUNT)}
        pages["/slow"] = slow_start
        pages["/gbk"] = response("你好".encode("gbk"), "Content-Type: text/plain; charset=gbk")
        pages["/binary"] = response(b"\xff\xfe\0\x01")
        pages["/json"] = response(b'{"a": [1, {"b": "x"}], "c~/": 2}')
        pages["/empty"] = response(b"")
        pages["/404"] = response(b"gone", status="404 Not Found")
        self.server = self.enterContext(ScriptedServer(pages))

    def list_of(self, *paths):
        return self.write("list.txt", "".join(self.server.url(path) + "\n" for path in paths))

    def numbers(self):
        return [f"/{i}" for i in range(self.COUNT)]


class OutputTest(PagesCase):
    def test_bodies_are_whole_and_never_interleaved(self):
        outcome = self.fetch("-P", 16, "--per-host", 16, self.list_of(*self.numbers()))
        self.assert_status(outcome, 0)
        self.assertEqual(sorted(outcome.stdout.splitlines(True)), sorted(page(i) for i in range(self.COUNT)))

    def test_ordered_gives_the_order_of_the_list(self):
        numbers = self.numbers()[1:]
        for options in ([], ["--jsonl"]):
            with self.subTest(options=options):
                self.server.requests.clear()
                outcome = self.fetch("--ordered", "-P", 32, "--per-host", 32, *options, self.list_of("/slow", *numbers))
                self.assert_status(outcome, 0)
                if options:
                    self.assertEqual([record["id"] for record in outcome.records], [str(i) for i in range(self.COUNT)])
                else:
                    self.assertEqual(outcome.stdout, b"".join(page(i) for i in range(self.COUNT)))

    def test_without_ordered_nobody_waits_for_a_slow_one(self):
        outcome = self.fetch("--jsonl", "-P", 2, self.list_of("/slow", *self.numbers()[1:]))
        self.assert_status(outcome, 0)
        records = outcome.records
        self.assertGreaterEqual([record["id"] for record in records].index("0"), self.COUNT - 2)

    def test_a_nul_follows_each_body(self):
        outcome = self.fetch("-0", "--ordered", self.list_of("/1", "/empty", "/2"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, page(1) + b"\0" + b"\0" + page(2) + b"\0")

    def test_a_failed_job_writes_no_body(self):
        outcome = self.fetch("--fail", "--ordered", self.list_of("/1", "/404", "/2"))
        self.assert_status(outcome, 8)
        self.assertEqual(outcome.stdout, page(1) + page(2))
        self.assertEqual(outcome.complaints, [
            f"nbcrawl: {self.server.url('/404')}: 127.0.0.1:{self.server.port} answered 404 (http_status)"])

    def test_output_file_is_written_in_place_of_standard_output(self):
        self.write("out", "x" * 1_000_000)
        outcome = self.fetch("--ordered", "-o", "out", self.list_of("/1", "/2"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, b"")
        self.assertEqual((self.folder / "out").read_bytes(), page(1) + page(2))

    def test_a_usage_error_leaves_the_output_file_as_it_is(self):
        self.write("out", "old")
        for options in (["--callback", "decdoe"], ["--jsonl", "--fields", "idd"], ["-b", "nojar"], ["--cacert", "nofile"],
                        ["-x", "ftp://x"], ["nolist"], ["--resolve", "x"]):
            with self.subTest(options=options):
                self.assert_status(self.fetch("-o", "out", *options, self.server.url("/never")), 2)
                self.assertEqual((self.folder / "out").read_text(), "old")
        self.assertEqual(self.server.requests, [])

    def test_a_dash_is_standard_output(self):
        self.server.pages["/set"] = response(b"set\n", "Set-Cookie: a=1")
        outcome = self.fetch("-o", "-", "-c", "-", self.server.url("/set"))
        self.assert_status(outcome, 0)
        self.assertTrue(outcome.stdout.startswith(b"set\n#") and outcome.stdout.endswith(b"\ta\t1\n"), outcome.stdout)
        with open(self.folder / "both", "ab") as both:
            self.assert_status(self.start_fetch("-o", "-", "-c", "-", self.server.url("/set"), stdout=both).finish(), 0)
        self.assertEqual((self.folder / "both").read_bytes(), outcome.stdout)
        for options in (["-o", "-"], []):  # as a state has it they are one
            self.assert_status(self.fetch("--state", "state", "-c", "-", *options, self.server.url("/set"), input="no jar"), 0)
        self.assertEqual(len(self.server.requests), 3)
        self.assertFalse((self.folder / "-").exists())

    def test_output_dir_names_files_after_the_urls_and_stays_below(self):
        outcome = self.fetch("--output-dir", "new/dir", self.list_of("/1", "/2", "/../../../3", "/%2e%2e/%2f4?a=b"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, b"")
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "list.txt"]
        self.assertEqual(len(files), 4, files)
        for path in files:
            self.assertTrue(path.is_relative_to(self.folder / "new" / "dir"))
        self.assertIn(page(1), [path.read_bytes() for path in files])

    def test_a_job_names_its_file_below_output_dir(self):
        jobs = [{"url": self.server.url("/1"), "output": "a/one.txt"}, {"url": self.server.url("/2"), "output": "two.txt"}]
        outcome = self.fetch("--output-dir", "dir", self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 0)
        self.assertEqual((self.folder / "dir/a/one.txt").read_bytes(), page(1))
        self.assertEqual((self.folder / "dir/two.txt").read_bytes(), page(2))

    def test_a_jobs_file_name_never_leads_out_of_output_dir_and_fails_its_job_alone(self):
        self.write("victim", "old")
        for name in ("../victim", "/etc/nbcrawl-victim", "a/../../victim", "..", "folder", "file/below", "x" * 300):
            with self.subTest(name=name):
                (self.folder / "dir/folder").mkdir(parents=True, exist_ok=True)
                self.write("dir/file", "")
                jobs = [{"url": self.server.url("/1"), "output": name}, {"url": self.server.url("/2"), "output": "good.txt"}]
                records, outcome = self.records_of("-P", 1, "--output-dir", "dir", self.write("jobs.json", json.dumps(jobs)))
                self.assert_status(outcome, 3)
                self.assertEqual([record.get("error") for record in records], ["output_failed", None])
                self.assertIn("1 of 2 jobs succeeded, 1 failed", outcome.stderr)
                self.assertEqual((self.folder / "victim").read_text(), "old")
                self.assertEqual((self.folder / "dir/good.txt").read_bytes(), page(2))

    def test_two_jobs_never_write_one_file(self):
        jobs = [{"url": self.server.url(f"/{i}"), "output": "one.txt"} for i in (1, 2, 3)]
        for _ in ("first", "again, over the file of the first run"):
            records, outcome = self.records_of("-P", 1, "--output-dir", "dir", self.write("jobs.json", json.dumps(jobs)))
            self.assert_status(outcome, 3)
            self.assertEqual([record["ok"] for record in records], [True, False, False])
            self.assertIn("can't write one.txt below the output folder: it is another job's file", records[1]["error_detail"])
            self.assertEqual((self.folder / "dir/one.txt").read_bytes(), page(1))

    def test_two_urls_never_share_a_file_however_it_is_named(self):
        one, two = self.server.url("/1"), self.server.url("/2")
        named_after_two = f"127.0.0.1:{self.server.port}/2#"
        for jobs in (
            [{"url": one, "output": named_after_two}, {"url": two}],
            [{"url": two}, {"url": one, "output": named_after_two}],
            [{"url": one, "callback": "save:f"}, {"url": two, "output": "f"}],
            [{"url": one, "output": "f"}, {"url": two, "callback": "save:f"}],
            [{"url": one, "callback": "save:{host}"}, {"url": two, "callback": "save:{host}"}],
            [{"url": two, "callback": "save"}, {"url": one, "callback": f"save:{named_after_two}"}],
        ):
            lines = "".join(json.dumps(job) + "\n" for job in jobs)
            for form in (["jobs.ndjson"], ["-"], ["--skip-invalid", "jobs.ndjson"], ["--threads", 2, "jobs.ndjson"]):
                for _ in ("first", "again, over the file of the first run"):
                    with self.subTest(jobs=jobs, form=form):
                        self.write("jobs.ndjson", lines)
                        records, outcome = self.records_of("--output-dir", "dir", "--ordered", *form, input=lines)
                        self.assert_status(outcome, 3)
                        self.assertEqual([record.get("error") for record in records], [None, "output_failed"])
                        [file] = [path for path in (self.folder / "dir").rglob("*") if path.is_file()]
                        self.assertEqual(file.read_bytes(), page(int(jobs[0]["url"][-1])))
                shutil.rmtree(self.folder / "dir")

    def test_jobs_of_one_url_share_the_file_that_is_named_after_it(self):
        for callback in ("decode", "save", "save:pages/{host}{path}"):
            outcome = self.fetch("--output-dir", "dir", "--callback", callback, self.list_of("/1", "/1#part", "/2"))
            self.assert_status(outcome, 0)

    def test_a_file_that_a_run_uses_already_is_not_written(self):
        jobs = self.list_of("/1")
        content = jobs.read_bytes()
        (self.folder / "link.txt").symlink_to(jobs)
        (self.folder / "to-new").symlink_to(self.folder / "new")
        self.write("old", "old")
        self.write("old2", "old")
        self.write("c.toml", "[fetch]\n")
        for options, said in [
                ([jobs, "-o", "link.txt"], "the job list and --output are one file, link.txt"),
                ([jobs, "-o", "new", "--log-file", jobs], f"the job list and --log-file are one file, {jobs}"),
                ([jobs, "-c", jobs], f"the job list and --cookie-jar are one file, {jobs}"),
                ([jobs, "-o", "new", "--log-file", "new"], "--output and --log-file are one file, new"),
                ([jobs, "-o", "old", "--state", "./old"], "--output and --state are one file, ./old"),
                ([jobs, "-o", "new", "-c", "./new"], "--output and --cookie-jar are one file, ./new"),
                ([jobs, "-o", "none/../new", "--log-file", self.folder / "new"], "--output and --log-file are one file"),
                ([jobs, "-o", "new", "-c", "to-new"], "--output and --cookie-jar are one file, to-new"),
                ([jobs, "-b", "old", "-o", "old"], "--cookie and --output are one file, old"),
                ([jobs, "-b", "old", "-c", "old", "-o", "old"], "--cookie and --output are one file, old"),
                ([jobs, "--cacert", "old", "-o", "old"], "--cacert and --output are one file, old"),
                ([jobs, "--cert", "old", "--log-file", "old"], "--cert and --log-file are one file, old"),
                ([jobs, "--cert", "old", "--key", "old2", "-c", "old2"], "--key and --cookie-jar are one file, old2"),
                ([jobs, "--config", "c.toml", "-o", "c.toml"], "--config and --output are one file, c.toml"),
                ([jobs, "-d", "@old", "-o", "old"], "the data of -d and --output are one file, old")]:
            with self.subTest(said):
                outcome = self.fetch(*options)
                self.assert_status(outcome, 2)
                self.assertIn(said, outcome.stderr)
        outcome = self.fetch("-", "-o", jobs, stdin=self.enterContext(jobs.open()))
        self.assert_status(outcome, 2)
        self.assertIn(f"the job list and --output are one file, {jobs}", outcome.stderr)
        outcome = self.fetch(jobs, redirect=f">>{shlex.quote(str(jobs))}")
        self.assert_status(outcome, 2)
        self.assertIn(f"the job list and standard output are one file, {jobs}", outcome.stderr)
        self.assertEqual((jobs.read_bytes(), (self.folder / "old").read_text()), (content, "old"))
        self.assertEqual([(self.folder / name).read_text() for name in ("old2", "c.toml")], ["old", "[fetch]\n"])
        self.assertEqual(self.server.requests, [])
        self.assertFalse((self.folder / "new").exists())
        outcome = self.fetch(jobs, jobs, "-o", "/dev/null", "--log-file", "/dev/null", "-b", "jar", "-c", "jar")
        self.assert_status(outcome, 0)

    def test_no_page_takes_the_place_of_a_file_that_the_run_uses(self):
        names = ["records.jsonl", "list.txt", "link.txt", "c.toml", "run.state", "run.state-wal", "run.log", "jar.txt", "real.txt",
                 "real.state", "real.state-wal", "keys.txt"]
        self.server.pages |= {f"/{name}": response(b"evil") for name in names}
        for name in ("c.toml", "real.txt"):
            self.write(name, "")
        (self.folder / "link.txt").symlink_to("real.txt")
        (self.folder / "run.state").symlink_to("real.state")
        jobs = self.write("list.txt", "".join(self.server.url(f"/{name}") + "\n" for name in [*names, "1"]))
        content = jobs.read_bytes()
        options = ["--callback", "save:{path}", "--config", "c.toml", "--log-file", "run.log", "-c", "jar.txt", "-P", 1]
        for output, state in (["-o", "records.jsonl"], ["--state", "run.state"]), ([], []):
            outcome = self.fetch(jobs, "link.txt", *options, "--jsonl", *output, *state,
                                 redirect="" if output else ">records.jsonl", environment={"SSLKEYLOGFILE": "keys.txt"})
            self.assert_status(outcome, 3)
            records = list(map(json.loads, (self.folder / "records.jsonl").read_text().splitlines()))
            free = {"1"} if state else {"1", *(name for name in names if "state" in name)}
            self.assertEqual({record["path"][1:] for record in records if record["ok"]}, free)
            self.assertEqual(len(records), len(names) + 1)
            for record in records:
                if record["path"][1:] not in free:
                    self.assertIn(f"can't write .{record['path']}: this run reads or writes it itself", record["error_detail"])
            self.assertEqual(jobs.read_bytes(), content)
            self.assertEqual((self.folder / "real.txt").read_bytes(), b"")

    def test_what_is_emitted_beside_a_saved_page_has_a_file_of_its_own(self):
        self.server.pages["/a.html"] = response(b"<a href=/b>", "Content-Type: text/html")
        outcome = self.fetch("--output-dir", "dir", "--callback", "save", "--callback", "links", self.server.url("/a.html"))
        self.assert_status(outcome, 0)
        files = {path.name: path.read_bytes() for path in (self.folder / "dir").rglob("a*")}
        self.assertEqual(files, {"a.html": b"<a href=/b>", "a.html#result": self.server.url("/b\n").encode()})
        long = "/" + "n" * 300
        self.server.pages[long] = self.server.pages["/a.html"]
        outcome = self.fetch("--output-dir", "dir2", "--callback", "save", "--callback", "links", self.server.url(long))
        self.assert_status(outcome, 0)
        files = {path.read_bytes() for path in (self.folder / "dir2").rglob("n*")}
        self.assertEqual(files, {b"<a href=/b>", self.server.url("/b\n").encode()})

    def test_a_long_list_of_refused_jobs_holds_up_none_that_is_fetched(self):
        jobs = self.write("list.txt", self.server.url("/1") + "\n" + f"{self.server.url('/2')}\n{self.server.url('/3')}\n" * 100_000)
        for options in (["--callback", "save:page"], ["--skip-invalid"]):
            with self.subTest(options):
                if "--skip-invalid" in options:
                    jobs = self.write("list.txt", self.server.url("/1\n") + "no url\n" * 200_000)
                self.fetch("--jsonl", "-o", "records", *options, jobs)  # a pipe's reader would slow it down
                records = list(map(json.loads, (self.folder / "records").read_text().splitlines()))
                self.assertEqual(len(records), 200_001)
                [place] = (i for i, record in enumerate(records) if record["id"] == "0")
                self.assertTrue(records[place]["ok"], records[place])
                self.assertLess(place, 150_000, "it was done when all the others had been refused")
                self.assertNotIn("started_at", records[place - 1])

    def test_a_body_file_is_not_emptied_before_it_is_sent(self):
        self.write("body", "old")
        jobs = self.write("jobs.json", json.dumps({"url": self.server.url("/1"), "body_file": "body"}))
        outcome = self.fetch(jobs, "-o", "./body")
        self.assert_status(outcome, 2)
        self.assertIn("body_file: it and --output are one file, ./body", outcome.stderr)
        self.assertEqual((self.folder / "body").read_text(), "old")

    def test_a_list_does_not_grow_by_the_messages_of_its_run(self):
        jobs = self.write("jobs.txt", self.server.url("/1") + "\nno url\n")
        with jobs.open("ab") as end:
            outcome = self.fetch("--skip-invalid", jobs, redirect=f"2>>{shlex.quote(str(jobs))}")
        self.assert_status(outcome, 2)
        self.assertIn("the job list and standard error are one file", jobs.read_text())
        self.assertEqual(self.server.requests, [])

    def test_standard_input_is_read_for_one_purpose_only(self):
        for options, said in ((["-", "-b", "-"], "the job list and --cookie"), (["-", "-"], "the job list and the same again"),
                              (["-d", "@-", "-"], "the job list and the data of -d"),
                              (["-d", "@-", "-b", "-", self.server.url("/1")], "the data of -d and --cookie")):
            with self.subTest(options=options):
                outcome = self.fetch(*options, input=self.server.url("/1"))
                self.assert_status(outcome, 2)
                self.assertIn(f"standard input can be read once only, and is here {said}\n", outcome.stderr)
        self.assertEqual(self.server.requests, [])

    def test_an_option_that_would_do_nothing_is_refused(self):
        for options in (["--output-dir", "dir", "-o", "out"], ["--output-dir", "dir", "-0"], ["--output-dir", "dir", "--ordered"],
                        ["--fields", "id"], ["--body", "none"], ["--jsonl", "--null"], ["--speed-time", "5s"], ["--log-level", "debug"]):
            with self.subTest(options=options):
                outcome = self.fetch(*options, self.server.url("/1"))
                self.assert_status(outcome, 2)
                self.assertIn(options[-1] if options[-1].startswith("-") else options[-2], outcome.stderr)
        self.assertEqual(self.server.requests, [])
        self.assertFalse((self.folder / "dir").exists())
        outcome = self.fetch("--output-dir", "dir", "-o", "out", "--jsonl", "--ordered", self.server.url("/1"))
        self.assert_status(outcome, 0)
        self.assertIn(b'"ok":true', (self.folder / "out").read_bytes())

    def test_save_writes_each_page_to_a_file_and_a_failed_one_leaves_the_old_file(self):
        self.server.pages["/cut"] = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
        self.write("cut.html", "old")
        jobs = [
            {"url": self.server.url("/1"), "callback": "save:one.html"},
            {"url": self.server.url("/cut"), "callback": "save:cut.html"},
            {"url": self.server.url("/gbk"), "callback": ["save:gbk.html", "decode"]},
        ]
        records, outcome = self.records_of(self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 7)
        self.assertEqual((self.folder / "one.html").read_bytes(), page(1))
        self.assertEqual((self.folder / "cut.html").read_text(), "old")
        self.assertEqual((self.folder / "gbk.html").read_bytes(), "你好".encode("gbk"))
        self.assertEqual(records[2]["body"], "你好")
        self.assertTrue(records[0]["body_file"].endswith("one.html"))
        self.assertEqual(sorted(os.listdir(self.folder)), ["cut.html", "gbk.html", "jobs.json", "one.html"])


class RecordTest(PagesCase):
    def test_a_record_says_what_was_fetched_and_how(self):
        [record], outcome = self.records_of(self.server.url("/gbk"))
        self.assert_status(outcome, 0)
        expected = {
            "id": "0", "url": self.server.url("/gbk"), "method": "GET", "scheme": "http", "host": "127.0.0.1",
            "port": self.server.port, "path": "/gbk", "remote_ip": "127.0.0.1", "remote_port": self.server.port,
            "num_connects": 1, "status": 200, "ok": True, "content_type": "text/plain; charset=gbk",
            "charset_source": "content-type", "size_download": 4, "size_body": 6, "body": "你好", "callback": "decode",
        }
        self.assertEqual({key: record.get(key) for key in expected}, expected)
        self.assertEqual(record["charset"].lower(), "gbk")
        self.assertEqual(record["headers"]["content-length"], ["4"])
        self.assertLessEqual(record["time_connect"], record["time_starttransfer"])
        self.assertLessEqual(record["time_starttransfer"], record["time_total"])
        self.assertRegex(record["started_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_fields_chooses_and_orders(self):
        outcome = self.fetch("--jsonl", "--fields", "status,id,url", self.server.url("/1"))
        self.assertEqual(outcome.text, '{"status":200,"id":"0","url":"%s"}\n' % self.server.url("/1"))

    def test_an_unknown_field_is_told_with_the_nearest_one(self):
        outcome = self.fetch("--jsonl", "--fields", "id,statsu", self.server.url("/1"))
        self.assert_status(outcome, 2)
        self.assertIn("statsu", outcome.stderr)
        self.assertIn("status", outcome.stderr.replace("statsu", ""))
        self.assertEqual(self.server.requests, [])

    def test_body_takes_each_form(self):
        for form, expected in (
            ("auto", {"body_base64": base64.b64encode(b"\xff\xfe\0\x01").decode()}), ("none", {}),
            ("text", {"body": "\ufffd\ufffd\0\x01"}), ("base64", {"body_base64": base64.b64encode(b"\xff\xfe\0\x01").decode()}),
        ):
            with self.subTest(form):
                [record], outcome = self.records_of("--callback", "raw", "--body", form, self.server.url("/binary"))
                self.assert_status(outcome, 0)
                self.assertEqual({key: record[key] for key in ("body", "body_base64") if key in record}, expected)

    def test_each_line_is_one_json_object_whatever_the_network_says(self):
        evil = b"HTTP/1.1 200 \"\\\x80\xff\r\nX-\x7e: \"\\\xff\xe2\x80\xa8\t\r\nContent-Length: 9\r\n\r\n\"\\\x01\n\r\xe2\x80\xa8\xff"
        self.server.pages["/evil"] = evil
        outcome = self.fetch("--jsonl", "--callback", "raw", self.server.url("/evil"), self.server.url("/1"))
        self.assert_status(outcome, 0)
        self.assertEqual(len(outcome.stdout.split(b"\n")), 3)
        self.assertEqual(len(outcome.text.splitlines()), 2)
        self.assertEqual(len(outcome.records), 2)

    def test_callbacks_run_in_order(self):
        for callbacks, expected in (
            (["raw"], "你好".encode("gbk")), (["decode"], "你好".encode()), (["decode:utf-8"], "���".encode()),
            (["discard"], b""), (["decode", "decode"], "你好你好".encode()),
        ):
            with self.subTest(callbacks=callbacks):
                outcome = self.fetch(*(word for name in callbacks for word in ("--callback", name)), self.server.url("/gbk"))
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.stdout.decode(errors="replace"), expected.decode(errors="replace"))

    def test_headers_shows_the_head(self):
        outcome = self.fetch("--callback", "headers", self.server.url("/404"))
        self.assertEqual(outcome.text, "HTTP/1.1 404 Not Found\nContent-Length: 4\n\n")

    def test_json_gives_the_value_at_a_pointer(self):
        for pointer, expected in (("/a/1/b", "x\n"), ("/a", '[1,{"b":"x"}]\n'), ("/c~0~1", "2\n"), ("", '{"a":[1,{"b":"x"}],"c~/":2}\n')):
            with self.subTest(pointer):
                outcome = self.fetch("--callback", f"json:{pointer}", self.server.url("/json"))
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.text, expected)

    def test_json_is_printed_as_the_page_wrote_it(self):
        for page, said in [('{"z": 1, "a": [1.10, -0, 1E400, 12345678901234567890123]}', '{"z":1,"a":[1.10,-0,1E400,12345678901234567890123]}'),
                           ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"), (' " a\\u00e9 " ', " a\u00e9 "),
                           ('{"s": "\\u0000 \\ud83d\\ude00  x"}', '{"s":"\\u0000 \\ud83d\\ude00  x"}')]:
            self.server.pages["/page"] = response(page.encode())
            outcome = self.fetch("--callback", "json", self.server.url("/page"))
            self.assert_status(outcome, 0)
            self.assertEqual(outcome.text, said + "\n")

    def test_json_fails_its_job_where_there_is_none(self):
        self.server.pages["/deep"] = response(b"[" * 100_000)
        records, outcome = self.records_of("--callback", "json:/a/5", *map(self.server.url, ("/json", "/1", "/deep", "/empty")))
        self.assert_status(outcome, 9)
        self.assertEqual([record["error"] for record in records], ["callback_failed"] * 4)
        self.assertIn("/a/5", records[0]["error_detail"])


if __name__ == "__main__":
    unittest.main()

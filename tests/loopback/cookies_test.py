#!/usr/bin/env python3
"""The cookie jar of a run: fed by each response, asked before each request, read from and written to files (promise A6)."""

import json
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from certificates import Authority
from harness import Case
from readable import wait_readable
from scripted_server import ScriptedServer, response
from tls_server import TlsServer, server_context

HOSTS = ("home.example.co.uk", "example.co.uk", "other.co.uk")


def setting(*cookies, status="200 OK", location=None, body=b"set"):
    fields = [f"Set-Cookie: {cookie}" for cookie in cookies] + ([f"Location: {location}"] if location else [])

    def serve(connection, request):
        connection.send(response(body, *fields, status=status))
        return True

    return serve


class CookieCase(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())
        self.resolve = [word for host in HOSTS for word in ("--resolve", f"{host}:{self.server.port}:127.0.0.1")]

    def url(self, path, host=HOSTS[0]):
        return f"http://{host}:{self.server.port}{path}"

    def run_jobs(self, *jobs, options=(), **more):
        """One after the other. What each request said of cookies."""
        self.server.requests.clear()
        listed = self.write("jobs.json", json.dumps([job if isinstance(job, dict) else {"url": job} for job in jobs]))
        self.records, self.outcome = self.records_of("-P", 1, *self.resolve, *options, listed, **more)
        return [(request.path, request.fields.get("cookie")) for request in self.server.requests]


class JarTest(CookieCase):
    def test_without_b_or_c_no_cookie_is_kept(self):
        self.server.pages["/set"] = setting("a=1")
        self.assertEqual(self.run_jobs(self.url("/set"), self.url("/end")), [("/set", None), ("/end", None)])

    def test_what_one_job_is_given_the_next_sends(self):
        self.server.pages["/set"] = setting("a=1", "b=2; Path=/x", "c=3; Domain=example.co.uk", "d=4; Domain=co.uk", "e=5; Secure")
        told = self.run_jobs(self.url("/set"), self.url("/end"), self.url("/x/end"), self.url("/end", HOSTS[1]),
                             self.url("/end", HOSTS[2]), options=["-b", ""])
        self.assertEqual(told, [("/set", None), ("/end", "a=1; c=3"), ("/x/end", "b=2; a=1; c=3"), ("/end", "c=3"), ("/end", None)])

    def test_redirects_and_retries_feed_it_and_ask_it(self):
        self.server.pages["/login"] = setting("hop=1", status="302 Found", location="/retried")

        def retried(connection, request):
            again = "try=1" in request.fields.get("cookie", "")
            connection.send(response(b"", "Set-Cookie: try=1", status="200 OK" if again else "503 Busy"))
            return True

        self.server.pages["/retried"] = retried
        told = self.run_jobs(self.url("/login"), options=["-b", "", "--retry", "1"][:2], retry=1)
        self.assertEqual(told, [("/login", None), ("/retried", "hop=1"), ("/retried", "hop=1; try=1")])

    def test_a_head_that_is_cut_or_none_feeds_nothing(self):
        def cut(head):
            def script(connection, _request):
                connection.send(head)
                return False
            return script

        for head in (b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: x\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: y",
                     b"HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=1\r\nX: y",
                     b"HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=1\r\n\r\n"):
            with self.subTest(head=head):
                self.server.pages["/cut"] = cut(head)
                told = self.run_jobs(self.url("/cut"), self.url("/end"), options=["-b", ""])
                self.assertEqual([path for path, _ in told].count("/end"), 1)
                self.assertEqual(told[-1], ("/end", None))

    def test_abroad_a_cookie_goes_by_its_own_rules(self):
        self.server.pages["/set"] = setting("host=1", "shared=2; Domain=example.co.uk")
        self.server.pages["/away"] = setting(status="307 Moved", location=self.url("/end", HOSTS[1]))
        told = self.run_jobs(self.url("/set"), {"url": self.url("/away"), "headers": {"Cookie": "own=3"}}, options=["-b", ""])
        self.assertEqual(told[1:], [("/away", "own=3; host=1; shared=2"), ("/end", "shared=2")])

    def test_what_the_user_gives_wins_over_the_jar(self):
        self.server.pages["/set"] = setting("a=jar", "b=jar")
        for options, headers, sent in [(["-b", "a=run"], {}, "a=run; b=jar"), (["-b", "a=run; c=3", "-b", "d=4"], {}, "a=run; c=3; d=4; b=jar"),
                                       (["-H", "Cookie: a=run"], {"Cookie": "c=own"}, "c=own; a=jar; b=jar"),
                                       ([], {"Cookie": "b=own"}, "b=own; a=jar"), ([], {"Cookie": ""}, None)]:
            with self.subTest(options=options, headers=headers):
                told = self.run_jobs(self.url("/set"), {"url": self.url("/end"), "headers": headers}, options=["-b", "", *options])
                self.assertEqual(told[1], ("/end", sent))

    def test_literal_cookies_are_sent_to_the_jobs_own_origin_and_keep_nothing(self):
        self.server.pages["/set"] = setting("a=1", status="302 Found", location=self.url("/end", HOSTS[1]))
        told = self.run_jobs(self.url("/set"), self.url("/end"), options=["-b", "x=1"])
        self.assertCountEqual(told, [("/set", "x=1"), ("/end", None), ("/end", "x=1")])

    def test_a_server_cannot_make_it_grow(self):
        self.server.pages["/many"] = setting(*(f"c{i}={'x' * 20}" for i in range(500)))
        self.server.pages["/long"] = setting(*(f"{path}long{i}={'x' * 4000}" for i, path in enumerate("abcdefgh")), "big=" + "x" * 4096)
        told = self.run_jobs(self.url("/many"), self.url("/end"), self.url("/long"), self.url("/end"), options=["-c", "jar"])
        self.assertEqual(told[1][1].count("="), 50)
        self.assertLessEqual(len(told[3][1]), 8190)
        self.assertNotIn("big=", (self.folder / "jar").read_text())

    def test_no_log_record_or_message_tells_them(self):
        self.server.pages["/set"] = setting("sid=S3cret")
        self.run_jobs(self.url("/set"), self.url("/end"), {"url": "http://127.0.0.1:1/", "headers": {"Cookie": "S3cret=1"}},
                      options=["-c", "jar", "-b", "own=S3cret", "-v", "--log-file", "log"])
        self.assertNotIn("S3cret", self.outcome.text + self.outcome.stderr + (self.folder / "log").read_text())
        self.assertIn("S3cret", (self.folder / "jar").read_text())


class SecureTest(Case):
    def test_secure_cookies_go_to_https_only(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="nbcrawl-ca-")))
        ca = Authority(folder)
        pages = {"/set": setting("s=1; Secure", "__Host-h=2; Secure; Path=/", "plain=3", "__Secure-bad=4")}
        https = self.enterContext(TlsServer(server_context(ca.issue("good", names="IP:127.0.0.1")), pages))
        http = self.enterContext(ScriptedServer({"/hide": setting("s=evil")}))
        jobs = [https.url("/set"), http.url("/hide"), http.url("/end"), https.url("/end")]
        self.assert_status(self.fetch("-P", 1, "-b", "", "--cacert", ca.certificate, *jobs), 0)
        self.assertEqual(http.requests[-1].fields.get("cookie"), "plain=3")
        self.assertEqual(https.requests[-1].fields.get("cookie"), "s=1; __Host-h=2; plain=3")


class FileTest(CookieCase):
    def test_a_jar_lives_from_run_to_run_and_is_its_owners_alone(self):
        self.server.pages["/set"] = setting("a=1; Max-Age=1000", "session=2", "old=3; Max-Age=0")
        self.write("jar", "").chmod(0o644)
        self.run_jobs(self.url("/set"), options=["-b", "jar", "-c", "jar"])
        self.assertEqual((self.folder / "jar").stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.run_jobs(self.url("/end"), options=["-b", "jar"]), [("/end", "a=1; session=2")])
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["jar", "jobs.json"])

    def test_curl_reads_what_we_write_and_we_read_what_curl_writes(self):
        self.server.pages["/set"] = setting("a=1; Max-Age=1000", "b=2; Domain=example.co.uk; HttpOnly", "c=3; Path=/x")
        curl = ["curl", "-s", "--max-time", "20", *self.resolve]
        self.run_jobs(self.url("/set"), options=["-c", "ours"])
        subprocess.run([*curl, "-b", "ours", self.url("/x/end")], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(set(self.server.requests[-1].fields["cookie"].split("; ")), {"a=1", "b=2", "c=3"})
        subprocess.run([*curl, "-c", "curls", self.url("/set")], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        [(_, sent)] = self.run_jobs(self.url("/x/end"), options=["-b", "curls"])
        self.assertEqual(set(sent.split("; ")), {"a=1", "b=2", "c=3"})

    def test_the_first_run_of_a_series_has_no_file_yet(self):
        self.assertEqual(self.run_jobs(self.url("/end"), options=["-b", "jar", "-c", "jar"]), [("/end", None)])
        self.assertTrue((self.folder / "jar").exists())

    def test_files_that_cannot_be_used_are_told_before_anything_is_sent(self):
        self.write("bad", "# ok\nnonsense S3cret\n")
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "fifo")
        (self.folder / "loop").symlink_to("loop")
        for options, status, said in [(["-b", "none"], 2, "can't read none: No such file or directory"),
                                      (["-b", "none", "-c", "jar"], 2, "none: No such file"), (["-b", "folder"], 2, "folder: Is a directory"),
                                      (["-b", "bad"], 2, "bad:2: not a cookie in Netscape's format"),
                                      (["-c", "none/jar"], 3, "none/jar: No such file or directory"), (["-c", "folder"], 3, "folder: Is a directory"),
                                      (["-c", "fifo"], 3, "can't write cookies to fifo: it is a pipe that nobody reads"),
                                      (["-c", "loop"], 3, "loop: Too many levels of symbolic links"),
                                      (["-b", "a=b\x01"], 2, "control character in the value of field 'Cookie'")]:
            with self.subTest(options=options):
                outcome = self.fetch(*options, self.server.url("/never"))
                self.assert_status(outcome, status)
                self.assertIn(said, outcome.stderr)
                self.assertNotIn("S3cret", outcome.stderr)
        self.assertEqual(self.server.requests, [])
        self.assertFalse((self.folder / "none").exists())

    def test_a_jar_that_cannot_be_written_leaves_the_old_one_and_is_told(self):
        self.write("jar", "# old\n")

        def vanish(connection, request):
            (self.folder / "sub" / "jar").write_text("# old\n")
            (self.folder / "sub" / "jar").rename(self.folder / "kept")
            (self.folder / "sub").rmdir()
            (self.folder / "sub").write_text("in the way")
            connection.send(response(b"", "Set-Cookie: a=1"))
            return True

        (self.folder / "sub").mkdir()
        self.server.pages["/set"] = vanish
        self.run_jobs(self.url("/set"), options=["-c", "sub/jar"])
        self.assert_status(self.outcome, 3)
        self.assertIn("sub", self.outcome.stderr)

    def test_a_link_stays_and_the_file_behind_it_is_replaced(self):
        self.server.pages["/set"] = setting("a=1")
        (self.folder / "sub").mkdir()
        self.write("sub/jar", "").chmod(0o644)
        for name, target in ("there", "sub/jar"), ("of-link", "there"), ("not-yet", self.folder / "sub/new"):
            (self.folder / name).symlink_to(target)
        for link, file in ("there", "jar"), ("of-link", "jar"), ("not-yet", "new"):
            with self.subTest(link):
                self.run_jobs(self.url("/set"), options=["-c", link])
                self.assertTrue((self.folder / link).is_symlink())
                written = self.folder / "sub" / file
                self.assertEqual((written.stat().st_mode, written.read_text().count("a\t1")), (0o100600, 1))
                written.write_text("")

    def test_what_is_no_file_is_written_and_not_replaced(self):
        self.server.pages["/set"] = setting(*[f"c{i}={'x' * 4000}" for i in range(40)])  # more than a pipe holds
        os.mkfifo(self.folder / "fifo")
        reader = self.enterContext(open(os.open(self.folder / "fifo", os.O_RDONLY | os.O_NONBLOCK), encoding="ascii"))
        written = []

        def read():
            if wait_readable(reader, seconds=20):
                os.set_blocking(reader.fileno(), True)
                written.append(reader.read())

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        self.run_jobs(self.url("/set"), options=["-c", "fifo"])
        thread.join()
        self.assertEqual(written[0].count("x" * 4000), 40)
        self.assertTrue((self.folder / "fifo").is_fifo())
        terminal, other_end = os.openpty()
        self.addCleanup(os.close, terminal)
        self.server.pages["/set"] = setting("a=1")
        self.run_jobs(self.url("/set"), options=["-c", os.ttyname(other_end)])
        os.close(other_end)
        self.assertIn(b"a\t1", os.read(terminal, 4096).replace(b"    ", b"\t"))

    def test_a_run_that_is_stopped_keeps_its_cookies(self):
        self.server.pages["/set"] = setting("a=1")
        self.server.pages["/bad"] = response(b"", "Connection: close", status="500 Bad")
        self.run_jobs(self.url("/set"), self.url("/bad"), self.url("/never"), options=["-c", "jar", "--fail", "--max-errors", "0"])
        self.assert_status(self.outcome, 10)
        self.assertIn("\ta\t1\n", (self.folder / "jar").read_text())


if __name__ == "__main__":
    unittest.main()

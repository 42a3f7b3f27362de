#!/usr/bin/env python3
"""Against nginx: kept connections, chunked bodies, HEAD, statuses, large bodies."""

import hashlib
import json
import random
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import Case
from nginx import Nginx

SERVER = """
    location /status/ { return 418 "short and stout"; }
    location /no-content { return 204; }
    location /kept/ { alias "%(root)s/"; }
    location /close/ { keepalive_timeout 0; alias "%(root)s/"; }
    location /chunked/ { ssi on; ssi_types *; alias "%(root)s/"; }
    location /echo { return 200 "$request_method $http_host $http_user_agent $http_x_team\n"; }
"""


class NginxTest(Case):
    @classmethod
    def setUpClass(cls):
        cls.root = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="nbcrawl-pages-")))
        cls.page = random.Random(1).randbytes(40_000).replace(b"<!--#", b"")
        (cls.root / "page.bin").write_bytes(cls.page)
        (cls.root / "empty.txt").write_bytes(b"")
        for i in range(100):
            (cls.root / f"{i}.txt").write_text(f"page {i}\n")
        cls.nginx = cls.enterClassContext(Nginx(cls.root, SERVER % {"root": cls.root}))

    def url(self, path):
        return self.nginx.origin + path

    def list_of(self, paths):
        return self.write("list.txt", "".join(self.url(path) + "\n" for path in paths))

    def test_connections_are_kept_and_used_again(self):
        outcome = self.fetch("-P", 4, self.list_of(f"/kept/{i}.txt" for i in range(100)))
        self.assert_status(outcome, 0)
        self.assertEqual(sorted(outcome.text.splitlines()), sorted(f"page {i}" for i in range(100)))
        kept = [words for words in self.nginx.requests() if words[3].startswith("/kept/")]
        self.assertEqual(len({words[0] for words in kept}), 4)
        self.assertIn(" 4 connections", outcome.stderr)

    def test_one_connection_carries_all_requests_of_one_transfer_at_a_time(self):
        records, outcome = self.records_of("-P", 1, self.list_of(f"/{i}.txt" for i in range(20)))
        self.assert_status(outcome, 0)
        self.assertEqual([record["num_connects"] for record in records], [1] + [0] * 19)

    def test_a_connection_that_the_server_closes_is_not_used_again(self):
        records, outcome = self.records_of("-P", 1, self.list_of(f"/close/{i}.txt" for i in range(10)))
        self.assert_status(outcome, 0)
        self.assertEqual([record["body"] for record in records], [f"page {i}\n" for i in range(10)])
        self.assertEqual([record["num_connects"] for record in records], [1] * 10)

    def test_a_chunked_body_is_whole(self):
        [record], outcome = self.records_of("--callback", "raw", "--body", "base64", self.url("/chunked/page.bin"))
        self.assert_status(outcome, 0)
        self.assertEqual(record["headers"]["transfer-encoding"], ["chunked"])
        self.assertEqual(record["size_body"], len(self.page))
        raw = self.fetch("--callback", "raw", self.url("/chunked/page.bin"))
        self.assertEqual(raw.stdout, self.page)

    def test_head_has_no_body_and_keeps_the_connection(self):
        jobs = [{"url": self.url("/page.bin"), "method": "HEAD"}, {"url": self.url("/1.txt")}]
        records, outcome = self.records_of("-P", 1, self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 0)
        self.assertEqual(records[0]["headers"]["content-length"], [str(len(self.page))])
        self.assertEqual(records[0]["size_body"], 0)
        self.assertEqual(records[1]["body"], "page 1\n")
        self.assertEqual(records[1]["num_connects"], 0)

    def test_a_204_ends_with_its_head(self):
        records, outcome = self.records_of("-P", 1, self.list_of(["/no-content", "/2.txt"]))
        self.assert_status(outcome, 0)
        self.assertEqual([record["status"] for record in records], [204, 200])
        self.assertEqual(records[1]["body"], "page 2\n")

    def test_an_empty_body_is_a_success(self):
        [record], outcome = self.records_of(self.url("/empty.txt"))
        self.assert_status(outcome, 0)
        self.assertEqual((record["status"], record["size_body"]), (200, 0))

    def test_a_404_is_a_result_unless_fail_is_given(self):
        [record], outcome = self.records_of(self.url("/none.html"))
        self.assert_status(outcome, 0)
        self.assertEqual((record["status"], record["ok"]), (404, True))
        self.assertIn("404 Not Found", record["body"])

        records, outcome = self.records_of("--fail", self.list_of(["/none.html", "/status/", "/3.txt"]))
        self.assert_status(outcome, 8)
        self.assertEqual([(record["status"], record["ok"]) for record in records], [(404, False), (418, False), (200, True)])
        self.assertEqual(records[0]["error"], "http_status")

    def test_the_request_carries_host_user_agent_and_the_fields_of_job_and_command_line(self):
        job = {"url": self.url("/echo"), "headers": {"X-Team": "seven"}}
        outcome = self.fetch("-A", "tester/1", self.write("job.json", json.dumps([job])))
        self.assertEqual(outcome.text, f"GET 127.0.0.1:{self.nginx.port} tester/1 seven\n")
        outcome = self.fetch("-H", "X-Team: eight", "-H", "Host: other.test", "-H", "User-Agent:", self.url("/echo"))
        self.assertEqual(outcome.text, "GET other.test  eight\n")

    def large_file(self):
        """100 MB of bytes that differ from block to block."""
        path = self.root / "large.bin"
        if not path.exists():
            generator = random.Random(2)
            with path.open("wb") as file:
                for _ in range(100):
                    file.write(generator.randbytes(1_000_000))
        return path

    def test_a_body_of_100_megabytes_arrives_unchanged(self):
        large = self.large_file()
        outcome = self.fetch("--max-filesize", "200M", "--callback", "raw", "-o", "got.bin", self.url("/large.bin"))
        self.assert_status(outcome, 0)
        self.assertEqual(sha256(self.folder / "got.bin"), sha256(large))

    def test_save_streams_a_body_of_100_megabytes_in_little_memory(self):
        large = self.large_file()
        [record], outcome = self.records_of("--max-filesize", "200M", "--callback", "save:copy.bin", self.url("/large.bin"))
        self.assert_status(outcome, 0)
        self.assertEqual(sha256(self.folder / "copy.bin"), sha256(large))
        self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_a_body_above_the_limit_is_refused_and_the_rest_goes_on(self):
        self.large_file()
        records, outcome = self.records_of("-P", 1, self.list_of(["/large.bin", "/4.txt"]))
        self.assert_status(outcome, 7)
        self.assertEqual(records[0]["error"], "body_too_large")
        self.assertEqual(records[1]["body"], "page 4\n")
        self.assertEqual(len(outcome.complaints), 1, outcome.stderr)
        self.assertIn(self.url("/large.bin"), outcome.complaints[0])
        self.assertIn("67108864 bytes", outcome.complaints[0])

    def test_output_dir_holds_a_file_for_each_page(self):
        outcome = self.fetch("--callback", "raw", "--output-dir", "pages", self.list_of(f"/{i}.txt" for i in range(50)))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, b"")
        texts = sorted(path.read_text() for path in (self.folder / "pages").rglob("*") if path.is_file())
        self.assertEqual(texts, sorted(f"page {i}\n" for i in range(50)))


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    unittest.main()

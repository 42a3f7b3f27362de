#!/usr/bin/env python3
"""The demo site and its job list, as tools/demo runs them."""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "loopback"))
from harness import NBCRAWL, PIPE, Case  # noqa: E402

CONFIG = Path(__file__).parent.parent.parent / "config"
TITLE = "一个线程，许多连接"


class DemoTest(Case):
    def test_every_page_of_the_demo_arrives_decoded_under_each_multiplexer(self):
        site = self.enterContext(subprocess.Popen([NBCRAWL, "serve", CONFIG / "site.json", "--port", "0", "--quiet"], stdout=PIPE, text=True))
        self.addCleanup(site.kill)
        port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", site.stdout.readline())[1]
        jobs = self.write("demo.json", (CONFIG / "demo.json").read_text().replace("8888", port))
        for multiplexer in ("auto", "select", "poll", "epoll"):
            with self.subTest(multiplexer=multiplexer):
                outcome = self.run_command("fetch", "--jsonl", "--multiplexer", multiplexer, jobs)
                self.assert_status(outcome, 0)
                records = {record["id"]: record for record in outcome.records}
                self.assertEqual(len(records), len(json.loads(jobs.read_text())["jobs"]))
                self.assertGreaterEqual(len(records), 200)
                self.assertIn(TITLE, records["gb2312"]["body"])
                self.assertEqual((records["wrong-label"]["charset"], records["wrong-label"]["charset_source"]), ("gbk", "detected"))
                self.assertIn(TITLE, records["wrong-label"]["body"])
                self.assertIn("一页多文", records["utf8"]["body"])
                self.assertEqual(records["chunked"]["body"], records["utf8"]["body"])
                self.assertEqual(records["not-found"]["status"], 404)
                self.assertGreaterEqual(records["slow"]["time_starttransfer"], 0.5)
                self.assertEqual(records["moved"]["num_redirects"], 1)


if __name__ == "__main__":
    unittest.main()

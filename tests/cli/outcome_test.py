#!/usr/bin/env python3
"""What counts as a success, and when a run with too many failures ends: --accept, --fail, --max-errors."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import Case
from scripted_server import ScriptedServer, response


def answer(status):
    def serve(connection, request):
        connection.send(response(f"{status}".encode(), status=f"{status} Whatever"))
        return True

    return serve


class AcceptTest(Case):
    STATUSES = (200, 204, 299, 300, 304, 399, 400, 404, 500, 599)

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({f"/{status}": answer(status) for status in self.STATUSES}))

    def accepted(self, *options):
        records, outcome = self.records_of(*options, *(self.server.url(f"/{status}") for status in self.STATUSES))
        for record in records:
            self.assertEqual(record.get("error"), None if record["ok"] else "http_status")
            self.assertEqual("body" in record, record["ok"])
        self.assert_status(outcome, 0 if all(record["ok"] for record in records) else 8)
        return [record["status"] for record in records if record["ok"]]

    def test_which_statuses_are_a_success(self):
        for options, good in [([], self.STATUSES), (["--fail"], (200, 204, 299, 300, 304, 399)), (["--accept", "200"], (200,)),
                              (["--accept", "200,300-399"], (200, 300, 304, 399)), (["--accept", "200-299, 404"], (200, 204, 299, 404)),
                              (["--accept", "400-599"], (400, 404, 500, 599)), (["--accept", "100-999"], self.STATUSES)]:
            with self.subTest(options=options):
                self.assertEqual(self.accepted(*options), list(good))

    def test_only_the_last_status_of_a_redirected_job_counts(self):
        self.server.pages["/from"] = lambda connection, request: connection.send(
            response(b"", "Location: /200", status="302 Found")) or True
        records, outcome = self.records_of("--accept", "200", self.server.url("/from"))
        self.assert_status(outcome, 0)
        self.assertEqual(records[0]["status"], 200)

    def test_a_line_on_standard_error_shows_the_beginning_of_a_long_url(self):
        path = "/" + "l" * 10_000
        self.server.pages[path] = answer(404)
        url = self.server.url(path)
        outcome = self.fetch("--fail", self.write("list.txt", url))
        self.assert_status(outcome, 8)
        [line, _] = outcome.stderr.splitlines()
        self.assertTrue(line.startswith(f"nbcrawl: {url[:2000]}...: "), line)
        self.assertLess(len(line), 2100)

    def test_what_is_no_list_of_statuses_is_refused(self):
        for value in ("", "2xx", "99", "1000", "200-", "-200", "300-200", "200,,300", "200-300-400", "200 300"):
            with self.subTest(value=value):
                outcome = self.fetch("--accept=" + value, self.server.url("/200"))
                self.assert_status(outcome, 2)
                self.assertIn("--accept", outcome.stderr)
        self.assert_status(self.fetch("--fail", "--accept", "200", self.server.url("/200")), 2)
        self.assertEqual(self.server.requests, [])


class MaxErrorsTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({f"/bad/{i}": answer(500) for i in range(100)}))

    def run_list(self, paths, *options):
        jobs = self.write("list.txt", "".join(self.server.url(path) + "\n" for path in paths))
        return self.records_of("-P", 1, "--fail", *options, jobs)

    def test_the_run_ends_once_more_jobs_failed_than_may(self):
        paths = [f"/{'bad' if i % 2 else 'good'}/{i}" for i in range(40)]
        for most, done in (("0", 2), ("1", 4), ("5", 12)):
            with self.subTest(most=most):
                records, outcome = self.run_list(paths, "--max-errors", most)
                self.assert_status(outcome, 10)
                self.assertIn("stopped early: too many errors", outcome.stderr)
                self.assertEqual(len(records), done)
                self.assertEqual(sum(not record["ok"] for record in records), int(most) + 1)
                self.assertEqual(self.server.paths(), paths[:done])
                self.server.requests.clear()

    def test_no_further_job_is_started_whatever_the_failure_is(self):
        bad = self.server.url("/bad/1")
        for failure in ([bad], [bad, "--threads", 2], ["http://127.0.0.1:1/"], [self.server.url("/1"), "--callback", "json:/none"]):
            with self.subTest(failure=failure):
                self.server.requests.clear()
                _, outcome = self.records_of("-P", 1, "--fail", "--max-errors", 0, *failure, self.server.url("/never"))
                self.assert_status(outcome, 10)
                self.assertEqual(len(outcome.records), 1)
                self.assertNotIn("/never", self.server.paths())

    def test_within_the_budget_the_run_goes_on(self):
        paths = [f"/{'bad' if i % 2 else 'good'}/{i}" for i in range(40)]
        for most in ("20", "50%", "100%"):
            records, outcome = self.run_list(paths, "--max-errors", most)
            self.assert_status(outcome, 8)
            self.assertEqual(len(records), 40)

    def test_a_share_is_judged_from_the_20th_job_on(self):
        records, outcome = self.run_list([f"/bad/{i}" for i in range(19)], "--max-errors", "10%")
        self.assert_status(outcome, 8)
        records, outcome = self.run_list([f"/bad/{i}" for i in range(60)], "--max-errors", "10%")
        self.assert_status(outcome, 10)
        self.assertEqual(len(records), 20)

    def test_what_is_in_flight_is_finished(self):
        def slow(connection, request):
            connection.server.wait_for(lambda: any(path.startswith("/bad") for path in connection.server.paths()))
            connection.send(response(b"slow"))
            return True

        self.server.pages["/slow"] = slow
        jobs = self.write("list.txt", "".join(self.server.url(path) + "\n" for path in ("/slow", "/bad/1", "/bad/2", "/never")))
        records, outcome = self.records_of("-P", 2, "--fail", "--max-errors", "0", jobs)
        self.assert_status(outcome, 10)
        self.assertEqual(records[0]["body"], "slow")

    def test_bad_records_of_the_list_count_too(self):
        jobs = self.write("list.txt", "ftp://x/\n" * 3 + self.server.url("/good") + "\n")
        self.assert_status(self.fetch("--skip-invalid", "--max-errors", "2", jobs), 10)
        self.assert_status(self.fetch("--skip-invalid", "--max-errors", "3", jobs), 2)

    def test_what_is_no_budget_is_refused(self):
        for value in ("", "x", "-1", "101%", "%", "1.5", "5 %"):
            with self.subTest(value=value):
                outcome = self.fetch("--max-errors=" + value, self.server.url("/good"))
                self.assert_status(outcome, 2)
                self.assertIn("--max-errors", outcome.stderr)


if __name__ == "__main__":
    unittest.main()

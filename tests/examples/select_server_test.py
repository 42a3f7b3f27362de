#!/usr/bin/env python3
"""select_server_test.py SERVER: two functions behind one select loop, and 404 for the rest."""

import http.client
import re
import socket
import subprocess
import sys
import unittest

SERVER = sys.argv[1]
SECONDS = 20


class SelectServer(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(subprocess.Popen([SERVER], stdout=subprocess.PIPE, text=True))
        self.addCleanup(self.server.kill)
        line = self.server.stdout.readline()
        self.port = int(re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)[1])

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def test_each_path_calls_its_function(self):
        self.assertEqual(self.get("/f1?name=you"), (200, "Hello you, this is f1.\n"))
        status, text = self.get("/f2")
        self.assertEqual(status, 200)
        self.assertIn("Host\n", text)
        self.assertEqual(self.get("/f3"), (404, "404 Not Found\n"))

    def test_a_client_that_says_nothing_holds_nobody_up(self):
        silent = [socket.create_connection(("127.0.0.1", self.port), SECONDS) for _ in range(10)]
        try:
            self.assertEqual(self.get("/f1")[0], 200)
        finally:
            for connection in silent:
                connection.close()

    def test_it_stops_when_it_is_asked_to(self):
        self.assertEqual(self.get("/stop"), (200, "bye\n"))
        self.assertEqual(self.server.wait(SECONDS), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

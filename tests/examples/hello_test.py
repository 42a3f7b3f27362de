#!/usr/bin/env python3
"""hello_test.py SERVER CLIENT: the blocking pair of examples/, with each other and with peers that misbehave."""

import contextlib
import socket
import struct
import subprocess
import sys
import unittest

SERVER, CLIENT = sys.argv[1:3]
SECONDS = 20


@contextlib.contextmanager
def running_server():
    """hello_server on a port of its own choice, and that port. It is over when the block is."""
    with subprocess.Popen([SERVER, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            first_line = server.stdout.readline()
            prefix = "listening on port "
            assert first_line.startswith(prefix), first_line
            yield server, int(first_line[len(prefix):])
        finally:
            server.kill()


def run_client(port):
    return subprocess.run([CLIENT, str(port)], capture_output=True, text=True, timeout=SECONDS)


@contextlib.contextmanager
def listening():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener, listener.getsockname()[1]


class Conversation(unittest.TestCase):
    def test_hello_is_answered_with_ok(self):
        with running_server() as (server, port):
            client = run_client(port)
            self.assertEqual((client.returncode, client.stdout, client.stderr), (0, "ok\n", ""))
            output, errors = server.communicate(timeout=SECONDS)
            self.assertEqual((server.returncode, output, errors), (0, "received: hello\n", ""))


class Server(unittest.TestCase):
    def end_of(self, server):
        _, errors = server.communicate(timeout=SECONDS)
        return server.returncode, errors

    def test_hello_may_come_byte_by_byte(self):
        with running_server() as (server, port), socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"hello":
                client.sendall(bytes([byte]))
            self.assertEqual(client.recv(16), b"ok")
            self.assertEqual(client.recv(16), b"")
            self.assertEqual(self.end_of(server), (0, ""))

    def test_another_greeting_is_an_error(self):
        with running_server() as (server, port), socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.sendall(b"HELLO")
            code, errors = self.end_of(server)
            self.assertEqual(code, 1)
            self.assertIn('expected "hello"', errors)

    def test_half_a_greeting_is_an_error(self):
        with running_server() as (server, port), socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.sendall(b"hel")
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(self.end_of(server)[0], 1)

    def test_a_reset_is_told_with_the_systems_words(self):
        with running_server() as (server, port), socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            code, errors = self.end_of(server)
            self.assertEqual(code, 1)
            self.assertIn("Connection reset by peer", errors)

    def test_a_port_in_use_is_told_with_the_systems_words(self):
        with listening() as (_, port):
            server = subprocess.run([SERVER, str(port)], capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual((server.returncode, server.stdout), (1, ""))
            self.assertIn("bind: Address already in use", server.stderr)

    def test_wrong_arguments_are_answered_with_the_usage(self):
        for arguments in ([], [""], ["x"], ["1x"], ["-1"], ["65536"], ["1", "2"]):
            server = subprocess.run([SERVER, *arguments], capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual(server.returncode, 2, arguments)
            self.assertIn("usage: hello_server PORT", server.stderr)


class Client(unittest.TestCase):
    def test_a_refused_connection_is_told_with_the_systems_words(self):
        with socket.socket() as holder:  # bound, but not listening: nobody else gets this port
            holder.bind(("127.0.0.1", 0))
            client = run_client(holder.getsockname()[1])
            self.assertEqual((client.returncode, client.stdout), (1, ""))
            self.assertIn("connect: Connection refused", client.stderr)

    def answered(self, *pieces):
        """What the client makes of a server that answers with these pieces."""
        with listening() as (listener, port):
            with subprocess.Popen([CLIENT, str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
                try:
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(SECONDS)
                        self.assertEqual(connection.recv(5, socket.MSG_WAITALL), b"hello")
                        for piece in pieces:
                            connection.sendall(piece)
                    output, errors = client.communicate(timeout=SECONDS)
                    return client.returncode, output, errors
                finally:
                    client.kill()

    def test_the_answer_may_come_in_pieces(self):
        self.assertEqual(self.answered(b"o", b"k"), (0, "ok\n", ""))

    def test_no_answer_is_an_error(self):
        code, output, errors = self.answered()
        self.assertEqual((code, output), (1, ""))
        self.assertIn("without an answer", errors)

    def test_an_endless_answer_is_cut_off(self):
        code, output, errors = self.answered(b"x" * 2000)
        self.assertEqual((code, output), (1, ""))
        self.assertIn("longer than", errors)

    def test_wrong_arguments_are_answered_with_the_usage(self):
        for arguments in ([], [""], ["x"], ["0"], ["65536"], ["1", "2"]):
            client = subprocess.run([CLIENT, *arguments], capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual(client.returncode, 2, arguments)
            self.assertIn("usage: hello_client PORT", client.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

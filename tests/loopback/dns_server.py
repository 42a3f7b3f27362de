"""Name servers on random ports of the loopback interface: dnsmasq, one that says what a test wants, and a silent one."""

import ipaddress
import os
import socket
import struct
import subprocess
import threading

A, CNAME, AAAA = 1, 5, 28
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def bind_udp_and_tcp():
    """A UDP and a TCP socket of the same port."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket()
        try:
            tcp.bind(udp.getsockname())
            return udp, tcp
        except OSError:
            udp.close()
            tcp.close()


class Dnsmasq:
    """dnsmasq which knows `hosts` ({name: [address, ...]}) and nothing else: other names below .test do not exist, all
    the rest is refused. `options` are further words of its command line."""

    def __init__(self, hosts=None, options=()):
        self.hosts = hosts or {}
        self.options = options

    def __enter__(self):
        for _ in range(10):
            if self._start():
                return self
        raise AssertionError("dnsmasq did not start: " + "".join(self._lines))

    def _start(self):
        udp, tcp = bind_udp_and_tcp()
        self.port = udp.getsockname()[1]
        udp.close()
        tcp.close()
        self.address = f"127.0.0.1:{self.port}"
        records = [f"--host-record={name},{address}" for name, addresses in self.hosts.items() for address in addresses]
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "dnsmasq", "--no-daemon", "--conf-file=/dev/null", f"--port={self.port}",
             "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--local=/test/",
             "--log-queries", "--log-facility=-", "--log-async=100", "--pid-file", "--cache-size=0",
             *(["--user=root"] if os.geteuid() == 0 else []), *records, *self.options],
            env={"PATH": os.environ["PATH"] + ":/usr/sbin"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self._lines = []
        for line in self.process.stderr:
            self._lines.append(line)
            if ": started, version" in line:
                self._reader = threading.Thread(target=lambda: self._lines.extend(self.process.stderr))
                self._reader.start()
                return True
        self.process.wait()
        self.process.stderr.close()
        return False  # most likely somebody took the port in between

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.returncode is None:
            self.process.terminate()
            self.process.wait()
            self._reader.join()
            self.process.stderr.close()

    def queries(self):
        """What was asked, as "query[A] name". Stops the server, so that its log is complete."""
        self.stop()
        return [" ".join(line.split("query[")[1].split()[:2]).join(["query[", ""]) for line in self._lines if "query[" in line]


class SilentDns:
    """Takes questions and never answers."""

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self._socket.close()


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(name, kind, value, ttl=60):
    """A resource record: an address, or the name a CNAME leads to."""
    data = encode_name(value) if kind == CNAME else ipaddress.ip_address(value).packed
    return encode_name(name) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


class ScriptedDns:
    """`answer(name, kind)` gives (response code, list of record()) for each question, or None: it is not answered. What
    does not fit in 512 bytes is cut off and asked for again over TCP (RFC 1035 section 4.2.1)."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []  # (name, kind, "udp" or "tcp")

    def __enter__(self):
        self._udp, self._tcp = bind_udp_and_tcp()
        self._tcp.listen(64)
        self.address = "127.0.0.1:%d" % self._udp.getsockname()[1]
        self._threads = [threading.Thread(target=run) for run in (self._serve_udp, self._serve_tcp)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for server in (self._udp, self._tcp):
            server.shutdown(socket.SHUT_RDWR) if server is self._tcp else self._wake_udp()
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def _wake_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._udp.getsockname())

    def _serve_udp(self):
        while True:
            question, peer = self._udp.recvfrom(4096)
            if not question:
                return
            if reply := self._reply(question, "udp"):
                self._udp.sendto(reply, peer)

    def _serve_tcp(self):
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                stream = connection.makefile("rb")
                while size := stream.read(2):
                    reply = self._reply(stream.read(struct.unpack("!H", size)[0]), "tcp")
                    connection.sendall(struct.pack("!H", len(reply)) + reply)

    def _reply(self, question, transport):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack("!H", question[at + 1:at + 3])[0]
        name = ".".join(labels).lower()
        self.asked.append((name, kind, transport))
        if (said := self.answer(name, kind)) is None:
            return b""
        code, records = said
        flags, body = 0x8180 | code, b"".join(records)
        if transport == "udp" and len(body) + at + 5 > 512:
            flags, records, body = flags | 0x0200, [], b""
        head = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
        return head + question[12:at + 5] + body

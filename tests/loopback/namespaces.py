"""Mounts and a network of the test's own, which nothing else on the machine sees and which end with it. They need the rights of
root, or of one in a user namespace; where neither is to be had the tests that call this are skipped, and ctest says so."""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import unittest
from pathlib import Path

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE, MS_REMOUNT, MS_RDONLY = 0x4000, 0x40000, 0x20, 0x1
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) == 0:
        return
    cause = ctypes.get_errno()
    if cause in (errno.EPERM, errno.EACCES):
        raise unittest.SkipTest(f"{name} is not permitted here")
    raise OSError(cause, f"{name}: {os.strerror(cause)}")


def own_mounts():
    """Call it before any thread begins."""
    call("unshare", CLONE_NEWNS)
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)


def mount_small_disk(folder, kib, again=False):
    """A disk of so many KiB; `again`: the one that is there gets that size."""
    call("mount", b"none", os.fsencode(folder), b"tmpfs", MS_REMOUNT if again else 0, f"size={kib}k".encode())


def make_read_only(folder):
    """The disk that mount_small_disk() has put there."""
    call("mount", b"none", os.fsencode(folder), b"tmpfs", MS_REMOUNT | MS_RDONLY, None)


def unmount(folder):
    call("umount2", os.fsencode(folder), 0)


def own_network():
    """A network with nothing but the loopback interface. Call it before any thread begins."""
    call("unshare", CLONE_NEWNET)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def allow_ports(first, last):
    """The local ports that connections are made from, in this network."""
    Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(f"{first} {last}")


def allow_ipv6(is_allowed):
    """Whether this network has an IPv6 address at all."""
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("0" if is_allowed else "1")

"""Tests of https servers that one certificate serves."""

import tempfile

from certificates import Authority
from harness import Case


class CertifiedCase(Case):
    """`ca` is an authority, and `certificate` one that it has issued for `names`: made once for all tests of a class."""

    names = "IP:127.0.0.1"

    @classmethod
    def setUpClass(cls):
        cls.ca = Authority(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="nbcrawl-ca-")))
        cls.certificate = cls.ca.issue("server", names=cls.names)

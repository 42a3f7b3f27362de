"""A certificate authority of the test's own, made with the openssl command."""

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

CONFIGURATION = """
[ca]
default_ca = this
[this]
database = {folder}/{name}.index
new_certs_dir = {folder}
certificate = {folder}/{name}.pem
private_key = {folder}/{name}.key
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
[req]
distinguished_name = nobody
[nobody]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = CA:false
{extensions}
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL, capture_output=True)


def days_from_now(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Authority:
    """Self-signed, or signed by `issuer`. Its certificate is NAME.pem in `folder`."""

    def __init__(self, folder, name="ca", issuer=None):
        self.folder = Path(folder)
        self.name = name
        self.certificate = self.folder / f"{name}.pem"
        self.key = self.folder / f"{name}.key"
        (self.folder / f"{name}.index").touch()
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key)
        if issuer is None:
            openssl("req", "-x509", "-new", "-key", self.key, "-subj", f"/CN=Test {name}", "-days", "30", "-config",
                    self._configuration(), "-extensions", "authority", "-out", self.certificate)
        else:
            issuer.sign(self.key, f"Test {name}", self.certificate, section="authority")

    def _configuration(self, extensions=""):
        path = self.folder / f"{self.name}.cnf"
        path.write_text(CONFIGURATION.format(folder=self.folder, name=self.name, extensions=extensions))
        return path

    def sign(self, key, common_name, certificate, *, section="leaf", extensions="", begin=-1, end=30):
        configuration = self._configuration(extensions)
        request = self.folder / "request.pem"
        openssl("req", "-new", "-key", key, "-subj", f"/CN={common_name}", "-config", configuration, "-out", request)
        openssl("ca", "-batch", "-notext", "-config", configuration, "-extensions", section, "-in", request, "-out",
                certificate, "-startdate", days_from_now(begin), "-enddate", days_from_now(end))

    def issue(self, name, common_name="test", names="", usage="serverAuth", begin=-1, end=30, chain=()):
        """A PEM file that holds the certificate, `chain` and the key. `names`: subjectAltName. `begin`, `end`: days."""
        key = self.folder / "leaf.key"
        if not key.exists():
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        extensions = f"extendedKeyUsage = {usage}\n" + (f"subjectAltName = {names}\n" if names else "")
        path = self.folder / f"{name}.pem"
        self.sign(key, common_name, path, extensions=extensions, begin=begin, end=end)
        path.write_text("".join(file.read_text() for file in (path, *(Path(part) for part in chain), key)))
        return path


def self_signed(folder, name, names):
    path = Path(folder) / f"{name}.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=test", "-days", "30",
            "-addext", f"subjectAltName = {names}", "-keyout", f"{path}.key", "-out", path)
    path.write_text(path.read_text() + Path(f"{path}.key").read_text())
    return path

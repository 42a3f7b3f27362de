"""ScriptedServer that speaks TLS."""

import ssl

from scripted_server import ScriptedServer


def server_context(certificate, **attributes):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    for name, value in attributes.items():
        setattr(context, name, value)
    return context


class TlsServer(ScriptedServer):
    """Closes without close_notify, as Python does, unless a script calls connection.socket.unwrap()."""

    def __init__(self, context, pages=None, ip="127.0.0.1"):
        super().__init__(pages, on_connect=self._serve_tls, ip=ip)
        self.context = context
        self.resumed = []  # of each connection: whether its session was an old one

    def __enter__(self):
        super().__enter__()
        self.origin = self.origin.replace("http://", "https://")
        return self

    def url(self, path, host=None):
        return f"https://{host}:{self.port}{path}" if host else super().url(path)

    def resolve(self, host):
        """Arguments that have the command find `host` here."""
        return ["--resolve", f"{host}:{self.port}:{self.ip}"]

    def _serve_tls(self, connection):
        connection.socket = self.context.wrap_socket(connection.socket, server_side=True)
        self.resumed.append(connection.socket.session_reused)
        while self._answer(connection, connection.read_request()):
            pass

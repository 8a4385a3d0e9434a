"""A pod behind an API server, as far as exec and port-forward show it: channels over a websocket, played by a test."""

import socket
import threading
from urllib.parse import parse_qs, urlsplit

import wsproto
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Request

IN, OUT, ERR, STATUS, SIZE, END = 0, 1, 2, 3, 4, 255
SUCCESS = b'{"kind": "Status", "status": "Success"}'


class Line:
    """One connection. query: what was asked for. say and hear: bytes on channels; hear gives None at the end."""

    def __init__(self, sock):
        sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else a close may throw away what was said before it
        self.sock, self.frames = sock, wsproto.WSConnection(wsproto.ConnectionType.SERVER)
        self.heard, self.part = [], bytearray()
        while not hasattr(self, "query"):
            data = sock.recv(65536)
            if not data:
                raise OSError("closed")
            self.frames.receive_data(data)
            for event in self.frames.events():
                if isinstance(event, Request):
                    self.query = parse_qs(urlsplit(event.target).query)
                    self.protocols = event.subprotocols

    def accept(self, protocol, *early):
        """early: a channel and a piece each; they come in the same packet as the answer."""
        answer = self.frames.send(AcceptConnection(subprotocol=protocol))
        self.sock.sendall(answer + b"".join(self._message(*one) for one in early))

    def say(self, channel, piece=b""):
        self.sock.sendall(self._message(channel, piece))

    def _message(self, channel, piece):
        return self.frames.send(BytesMessage(bytes([channel]) + piece))

    def ping(self):
        self.sock.sendall(self.frames.send(Ping(b"")))

    def hear(self):
        while not self.heard:
            try:
                data = self.sock.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self.frames.receive_data(data)
            for event in self.frames.events():
                if isinstance(event, BytesMessage):
                    self.part += event.data
                    if event.message_finished:
                        self.heard.append((self.part[0], bytes(self.part[1:])))
                        self.part.clear()
                elif isinstance(event, CloseConnection):
                    return None
        return self.heard.pop(0)

    def close(self):
        self.sock.sendall(self.frames.send(CloseConnection(1000)))


def echo(line):
    """A program that says what it reads, and ends with its input."""
    line.accept("v5.channel.k8s.io")
    while (heard := line.hear()) is not None:
        channel, piece = heard
        if channel == END:
            assert piece == bytes([IN])
            line.say(STATUS, SUCCESS)
            return
        line.say(OUT, piece)


class Pod:
    """Each connection is handled by `play(line)` in a thread of its own; `lines` has all that came."""

    def __init__(self, play, protocol="v5.channel.k8s.io"):
        self.play, self.protocol, self.lines, self.refuse = play, protocol, [], 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            if self.refuse:
                self.refuse -= 1
                sock.close()
                continue
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock:
            try:
                line = Line(sock)
                self.lines.append(line)
                self.play(line)
            except OSError:
                return

"""The inherited socket."""

import os
import socket
from types import SimpleNamespace

from classhub.server import listen


def test_the_server_answers_on_the_descriptor_it_was_given(tmp_path, monkeypatch):
    own = socket.socket(socket.AF_UNIX)
    own.bind(str(tmp_path / "s"))
    own.listen()
    monkeypatch.setenv(listen.LISTEN_FD, str(os.dup(own.fileno())))
    added = []
    app = SimpleNamespace(http_server=SimpleNamespace(add_socket=added.append))
    listen.adopt_socket(app)
    assert app._find_http_port() is None
    app._bind_http_server()
    assert added[0].getsockname() == str(tmp_path / "s")
    assert not os.get_inheritable(added[0].fileno()), "kernels must not inherit it"
    assert listen.LISTEN_FD not in os.environ
    added[0].close()
    own.close()


def test_without_one_it_listens_as_configured(monkeypatch):
    monkeypatch.delenv(listen.LISTEN_FD, raising=False)
    app = SimpleNamespace()
    listen.adopt_socket(app)
    assert not vars(app)

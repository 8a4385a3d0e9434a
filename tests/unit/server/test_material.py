"""The extension's load: it ends at once, whatever is wrong, and the server goes on."""

import logging
import threading
from types import SimpleNamespace

import pytest

from classhub.server import _load_jupyter_server_extension, lab_extension, material, settings


@pytest.fixture
def server(tmp_path):
    """As much of a ServerApp as is used; what it was told to do later is kept."""
    later, handlers = [], []
    extension = SimpleNamespace(extra_labextensions_path=["/own"])
    return SimpleNamespace(
        later=later,
        handlers=handlers,
        lab=extension,
        log=logging.getLogger("server"),
        log_level=logging.INFO,
        root_dir=str(tmp_path),
        base_url="/user/a+b/",
        default_url="/lab",
        web_app=SimpleNamespace(add_handlers=lambda host, rows: handlers.extend(rows)),
        io_loop=SimpleNamespace(call_later=lambda seconds, act: later.append(act)),
        extension_manager=SimpleNamespace(extension_apps={"lab": [extension], "other": [object()]}, extensions={}),
    )


@pytest.mark.parametrize("where", ["http://127.0.0.1:9/x", "/nowhere", "http://[broken", "\udcff"])
def test_a_load_starts_nothing_and_asks_nobody(server, monkeypatch, tmp_path, where):
    monkeypatch.setattr("os.environ", {settings.WHERE: where, "HOME": str(tmp_path)})
    here, real, started = threading.current_thread(), threading.Thread.start, []

    def start(thread):
        if threading.current_thread() is here:
            started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    assert material.start(server) is True
    assert started == []
    assert list(tmp_path.iterdir()) == []
    assert len(server.later) == 1, "the work begins when the server answers"
    assert server.lab.extra_labextensions_path == ["/own", str(lab_extension.FOLDER)]


def test_a_name_in_the_address_is_no_pattern(server, monkeypatch, tmp_path):
    monkeypatch.setattr("os.environ", {settings.WHERE: "/x", "HOME": str(tmp_path)})
    material.start(server)
    assert all(row[0].startswith(r"/user/a\+b/") for row in server.handlers)


def test_without_material_nothing_is_added(server, monkeypatch):
    monkeypatch.delenv(settings.WHERE, raising=False)
    assert material.start(server) is False
    assert not server.later and not server.handlers and server.lab.extra_labextensions_path == ["/own"]


def test_a_server_of_another_make_starts_without_material(server, monkeypatch, caplog):
    monkeypatch.setenv(settings.WHERE, "/x")
    del server.io_loop, server.extension_manager
    assert material.start(server) is False
    assert "is not shown" in caplog.text


def test_the_extension_loads_with_a_broken_part(server, monkeypatch):
    monkeypatch.setenv(settings.WHERE, "/x")
    server.web_app = None
    _load_jupyter_server_extension(server)


def test_our_folder_is_named_once(server):
    assert lab_extension.show(server) and lab_extension.show(server)
    assert server.lab.extra_labextensions_path.count(str(lab_extension.FOLDER)) == 1

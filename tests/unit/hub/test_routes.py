"""routes.json, whole, damaged and absent."""

import pytest

from classhub.hub.routes import read_routes


def test_routes_are_read_and_nothing_is_made_of_nothing(tmp_path):
    path = tmp_path / "routes.json"
    assert read_routes(path) == {}
    path.write_text('{"/x/": {"prefix": "/x/"}}')
    assert read_routes(path) == {"/x/": {"prefix": "/x/"}}


@pytest.mark.parametrize("content", [b'{"a": ', b"\xff", b"[]", b'{"a": 1}'])
def test_a_damaged_file_is_set_aside(tmp_path, content):
    path = tmp_path / "routes.json"
    path.write_bytes(content)
    assert read_routes(path) == {}
    assert not path.exists()
    assert (tmp_path / "routes.json.damaged").read_bytes() == content

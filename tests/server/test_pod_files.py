"""The files that a pod gets are enough: a Jupyter Server that finds no other ClassHub brings material and shows it."""

from pathlib import Path

import pytest

from classhub.materials.student_side import files
from server.conftest import PACKAGE

FORGET = "import sys\nsys.path[:] = [place for place in sys.path if place != {src!r}]\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """As the chart mounts them."""
    folder = tmp_path_factory.mktemp("usr") / "classhub"
    for place, content in files().items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """A place of the image's own on PYTHONPATH, by which Python also loses the ClassHub that runs these tests."""
    image = tmp_path_factory.mktemp("image")
    (image / "sitecustomize.py").write_text(FORGET.format(src=str(PACKAGE.parent)))
    return image


@pytest.fixture(scope="module")
def alice(serve, store, folder, image):
    store.publish({"readme.md": "Week 1\n"})
    return serve(store.folder, lab=True, PYTHONPATH=str(image), JUPYTER_CONFIG_PATH=f"{folder}/etc")


def test_material_comes_into_the_home(alice):
    alice.synced()
    assert (alice.home / "comp141" / "readme.md").read_text() == "Week 1\n"


def test_jupyterlab_gets_the_extension(alice, folder):
    assert "@classhub/material" in alice.get("lab").text
    static = "share/labextensions/@classhub/material/static/container.js"
    assert alice.get(f"lab/extensions/{static.partition('labextensions/')[2]}").content == files()[static]


def test_nothing_is_written_beside_them(alice, folder):
    alice.synced()
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(files())

"""In what a file is opened."""

import pytest

from classhub.server.views import address

LAB, BOTH, CLASSIC, NEITHER = {"jupyterlab"}, {"jupyterlab", "notebook"}, {"nbclassic"}, set()


@pytest.mark.parametrize(
    "path, is_folder, view, extensions, default_url, expected",
    [
        ("c/a.ipynb", False, "", LAB, "/lab", "lab/tree/c/a.ipynb"),
        ("c", True, "", LAB, "/lab", "lab/tree/c"),
        ("c/a.ipynb", False, "notebook", LAB, "/lab", "lab/tree/c/a.ipynb"),
        ("c/a.ipynb", False, "notebook", BOTH, "/lab", "notebooks/c/a.ipynb"),
        ("c/a.ipynb", False, "", BOTH, "/tree", "notebooks/c/a.ipynb"),
        ("c/a.ipynb", False, "", BOTH, "/lab", "lab/tree/c/a.ipynb"),
        ("c/a.ipynb", False, "lab", BOTH, "/tree", "lab/tree/c/a.ipynb"),
        ("c/a.py", False, "notebook", BOTH, "/lab", "edit/c/a.py"),
        ("c", True, "notebook", BOTH, "/lab", "tree/c"),
        ("c/a.ipynb", False, "lab", CLASSIC, "/tree", "notebooks/c/a.ipynb"),
        ("c/a.ipynb", False, "retro", LAB, "/lab", "lab/tree/c/a.ipynb"),
        ("c/a.ipynb", False, "retro", BOTH, "/lab", "notebooks/c/a.ipynb"),
        ("c/a.ipynb", False, "retro", {"retrolab"}, "/lab", "retro/notebooks/c/a.ipynb"),
        ("c/app", True, "shiny", LAB, "/lab", "shiny/c/app/"),
        ("c/a.ipynb", False, "voila", LAB, "/lab", "voila/render/c/a.ipynb"),
        ("c/a b#?.ipynb", False, "", LAB, "/lab", "lab/tree/c/a%20b%23%3F.ipynb"),
        ("c/\udcff.txt", False, "", LAB, "/lab", "lab/tree/c/%FF.txt"),
        ("c/a.ipynb", False, "", NEITHER, "/", "files/c/a.ipynb"),
    ],
)
def test_a_link_opens_in_what_it_asks_for_if_the_server_has_it(
    path, is_folder, view, extensions, default_url, expected
):
    assert address(path, is_folder, view, extensions, default_url) == expected

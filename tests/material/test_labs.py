"""The labs in a real kernel; what needs none is in tests/unit/deployment/test_material.py."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

COURSE = Path(__file__).parents[2] / "material" / "comp141"
LABS = sorted((COURSE / "labs").glob("*.ipynb"))


@pytest.mark.parametrize("lab", LABS, ids=lambda path: path.stem)
def test_a_lab_runs_from_top_to_bottom_as_handed_out(lab, tmp_path, monkeypatch):
    # The kernel must leave no history in the home of whoever runs the tests.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    handed_out = shutil.copytree(COURSE, tmp_path / "comp141", ignore=shutil.ignore_patterns("__pycache__"))
    notebook = nbformat.read(lab, as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": f"{handed_out}/labs"}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []

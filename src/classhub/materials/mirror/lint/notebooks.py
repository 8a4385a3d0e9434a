"""What is wrong with a notebook as one that is handed out."""

from collections.abc import Iterator

from classhub.materials.mirror.lint.given import Given, Remark


def notebook_json(given: Given) -> Iterator[Remark]:
    for path, notebook in given.notebooks.items():
        if notebook is None:
            reason = "It is no notebook that can be read; nobody could open it."
            yield Remark(
                "error",
                "notebook-json",
                path,
                reason,
                "Open and save it in JupyterLab, or bring an older version back.",
            )


def notebook_outputs(given: Given) -> Iterator[Remark]:
    for path, notebook in given.notebooks.items():
        cells = [cell for cell in notebook.cells if cell.get("cell_type") == "code"] if notebook else []
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            reason = "It holds outputs of the instructor's own run."
            yield Remark("warning", "notebook-outputs", path, reason, "Run > Clear Outputs of All Cells, then save.")


def notebook_old(given: Given) -> Iterator[Remark]:
    for path, notebook in given.notebooks.items():
        if notebook and (notebook.major, notebook.minor) < (4, 5):
            reason = (
                "Its cells have no ids, so a later fix cannot be merged into a student's copy and will lie beside it."
            )
            fix = "Open and save it in JupyterLab 4, or set nbformat_minor to 5 with an id for each cell."
            yield Remark("warning", "notebook-old", path, reason, fix)

"""Which file of the deployment folder a key of the outermost level belongs in."""

OWN = ("target", "chart", "cluster", "release", "namespace", "values", "homes", "local", "material")
"""Of classhub.yaml."""
OF_A_COURSE = (
    "title",
    "material",
    "folder",
    "libraries",
    "people",
    "sections",
    "meetings",
    "assignments",
    "timezone",
)
"""Of courses/NAME.yaml."""


def belongs(name: str, here: str) -> str:
    """As "classhub.yaml"; "" for a key of no other file than `here`."""
    from classhub.config.chart.table import VERSIONS, table  # late: only mistakes need it

    keys = {"classhub.yaml": OWN, "config.yaml": table(VERSIONS[0]).keys, "courses/NAME.yaml": OF_A_COURSE}
    return next((file for file, known in keys.items() if file != here and name in known), "")

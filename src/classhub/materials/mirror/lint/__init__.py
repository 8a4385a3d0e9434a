"""What is probably not meant to reach students: rules over a candidate, each a small function, none of them a network's."""

from collections.abc import Sequence

from classhub.materials.mirror.lint import changes, contents, imports, names, notebooks, secrets, what_is_left
from classhub.materials.mirror.lint.given import Given, Remark

RULES = (
    changes.empty_release,
    changes.drops_half,
    changes.hidden_path,
    changes.linked_file,
    what_is_left.left,
    names.solution_name,
    contents.solution_inside,
    secrets.secret,
    names.name_clash,
    contents.conflict_markers,
    notebooks.notebook_json,
    notebooks.notebook_outputs,
    notebooks.notebook_old,
    names.big_file,
    imports.missing_import,
    imports.shadowing,
    contents.absolute_path,
    names.non_ascii_name,
)
MOST_OF_A_RULE = 50
"""Remarks that are kept; of more the number is said."""


def lint(given: Given) -> list[Remark]:
    """Errors first, then by rule and path."""
    found = [remark for rule in RULES for remark in _few(list(rule(given)))]
    return sorted(found, key=lambda one: one.severity != "error")


def _few(remarks: list[Remark]) -> Sequence[Remark]:
    more = len(remarks) - MOST_OF_A_RULE
    if more <= 0:
        return remarks
    last = remarks[MOST_OF_A_RULE]
    rest = Remark(last.severity, last.rule, "", f"{more} more of the same.", last.fix)
    return [*remarks[:MOST_OF_A_RULE], rest]

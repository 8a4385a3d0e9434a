"""What the values mean: settings that the chart takes and that do something else than their author wanted.

One module for each group of rules; all are pure. What must be asked outside comes in as an argument.
"""

from collections.abc import Callable, Iterator

from classhub.config.meaning import people
from classhub.config.meaning.found import Values
from classhub.config.problem import Problem

Tracked = Callable[[str], bool]
"""Does git keep this file of the folder ("config.yaml", "secrets.yaml")?"""


def problems(
    values: Values,
    own: Values,
    kept: Values | None = None,
    secret: Values | None = None,
    tracked: Tracked | None = None,
) -> Iterator[Problem]:
    """Warnings and notes for the most part; errors where something is certainly wrong.

    values: merged over the defaults. own: what the college wrote; of an empty file nothing is said. kept, secret: what
    stands in config.yaml and in secrets.yaml. tracked: None if nobody has asked git.
    """
    if not own:
        return
    yield from people.problems(values)

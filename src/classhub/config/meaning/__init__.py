"""What the values mean: settings that the chart takes and that do something else than their author wanted.

One module for each group of rules; all are pure. What must be asked outside comes in as an argument.
"""

from collections.abc import Iterator

from classhub.config.meaning import (
    address,
    cancel,
    culling,
    homes,
    images,
    limits,
    people,
    placeholders,
    profiles,
    provider,
    secret,
)
from classhub.config.meaning.found import Values
from classhub.config.meaning.secret import Tracked
from classhub.config.problem import Problem


def problems(
    values: Values,
    own: Values,
    kept: Values | None = None,
    hidden: Values | None = None,
    tracked: Tracked | None = None,
) -> Iterator[Problem]:
    """Warnings and notes for the most part; errors where something is certainly wrong.

    values: merged over the defaults. own: what the college wrote; of an empty file nothing is said. kept, hidden: what
    stands in config.yaml and in secrets.yaml. tracked: of each, whether git keeps it so that others can
    read it there (what git-crypt encrypts they cannot); None if nobody has asked.
    """
    if not own:
        return
    for group in (people, provider, address, culling, images, limits, placeholders, profiles):
        yield from group.problems(values)
    yield from homes.problems(values, own)
    yield from cancel.problems(values, own)
    yield from secret.problems(values, kept, hidden, tracked)

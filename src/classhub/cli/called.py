"""Commands in our sentences, under the name that works here: after `make up` the program is .venv/bin/classhub."""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path

COMMANDS = (
    "up|down|init|check|plan|config|values|status|open|history|remove"
    "|users|homes|token|logs|events|top|exec|shell|restart|scale|doctor|parity|-C"
)
COMMAND = re.compile(rf"(?<![\w/.'-])classhub (?=(?:{COMMANDS})\b)")


def as_typed(text: str, program: str) -> str:
    """The text with `classhub up` as it must be typed. program: sys.argv[0]."""
    if "classhub " not in text or Path(program).name != "classhub":
        return text
    return COMMAND.sub(lambda found: f"{_our_name(program)} ", text)


@cache
def _our_name(program: str) -> str:
    import shlex
    import shutil

    if shutil.which("classhub"):
        return "classhub"
    path = Path(program).absolute()
    with suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return shlex.quote(str(path))

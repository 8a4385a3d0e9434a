"""Commands in our sentences, under the name that works here: after `make up` the program is .venv/bin/classhub."""

import re
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path

COMMANDS = (
    "up|down|init|check|plan|config|values|status|open|history|remove|deploy|rollback"
    "|users|servers|homes|token|logs|events|top|exec|shell|restart|scale|doctor|parity|course|sync|-C|-t"
)
COMMAND = re.compile(rf"(?<![\w/.'-])classhub (?=({COMMANDS})\b)")
OPTIONS: ContextVar[str] = ContextVar("OPTIONS", default="")
"""What every command needs to be about the same folder, as "-C FOLDER "; "" where that is found from here."""
_NAMES_ITS_OWN = ("-C", "init")


def as_typed(text: str, program: str) -> str:
    """The text with `classhub up` as it must be typed. program: sys.argv[0]."""
    options = OPTIONS.get()
    is_ours = Path(program).name == "classhub"
    if "classhub " not in text or not (is_ours or options):
        return text
    name = _our_name(program) if is_ours else "classhub"
    return COMMAND.sub(lambda found: f"{name} {'' if found[1] in _NAMES_ITS_OWN else options}", text)


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

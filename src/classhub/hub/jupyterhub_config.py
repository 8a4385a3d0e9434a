"""JupyterHub's configuration on this machine. Started by path by the supervisor; reads only .classhub/hub.json.

Order as in the chart: values' traits, then hub.extraConfig, then what only one machine needs, which always wins.
"""

import json
import os
import sys
from pathlib import Path

from classhub.hub import local_traits, plain_words, room
from classhub.hub.extra_config import BrokenExtraConfig, run_extra_config

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - traitlets puts it here

_state = Path(os.environ["CLASSHUB_STATE"])
_settings = json.loads((_state / "hub.json").read_text())

plain_words.install()
local_traits.use_wal()
local_traits.apply_values(c, _settings["hub"]["traits"])
try:
    run_extra_config(c, _settings["hub"])
except BrokenExtraConfig as error:
    sys.exit(str(error))
local_traits.apply_machine(c, _settings, _state)
room.keep(_state / "jupyterhub.sqlite")

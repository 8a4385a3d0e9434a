"""The target of this machine under the contract: real processes, a deployment folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classhub.config.load import load
from classhub.config.model import Config
from classhub.targets.local.target import LocalTarget
from contract.harness import CANARY, OnThisMachine
from hub.conftest import Deployment
from hub.student import eventually

CONFIG = """\
hub:
  config:
    Authenticator:
      admin_users: [instructor@college.edu]
  templateVars:
    announcement: variant {variant}
custom:
  canary: {canary}
"""


class LocalHarness(OnThisMachine):
    def __init__(self, folder: Path) -> None:
        self.deployment = Deployment(folder)
        self.target = LocalTarget(self.deployment.config)
        self.variant = 0

    def config(self, variant: int = 0) -> Config:
        self.deployment.write("config.yaml", CONFIG.format(variant=variant, canary=CANARY))
        return load(self.deployment.config, {})

    def start_server(self, user: str) -> None:
        with self.target.api() as api:
            api.add_user(user)
            api.start_server(user)
            eventually(lambda: api.user(user)["servers"].get("", {}).get("ready"), 300)


@contextmanager
def make_local(folder: Path) -> Iterator[LocalHarness]:
    made = LocalHarness(folder / "a college")
    try:
        yield made
    finally:
        made.target.stop(keep_servers=False)
        left = made.deployment.left_processes()
        assert not left, f"left behind: {left}"

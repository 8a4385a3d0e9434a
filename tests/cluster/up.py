"""A cluster to try things on by hand: PYTHONPATH=tests python -m cluster.up [--node]; it ends with Ctrl-C."""

import contextlib
import os
import signal
import sys

from cluster import binaries, cache, control_plane, image, node


def main(with_node: bool) -> None:
    plane = control_plane.start(f"hand-{os.getpid()}")
    held = node.start(plane) if with_node else None  # it ends with the last who holds it
    if held:
        held.load_once(image.ensure(), image.HUB)
    cache.say(f"export KUBECONFIG={plane.kubeconfig}\nexport PATH={binaries.ensure()}:$PATH\nCtrl-C ends it.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


if __name__ == "__main__":
    main("--node" in sys.argv[1:])

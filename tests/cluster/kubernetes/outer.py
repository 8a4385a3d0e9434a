"""An admin's terminal, with a program in a pod on it."""

import os
import pty
import subprocess
import sys
import termios
import time

from cluster.kubernetes.bodies import PATIENCE_S

DRIVER = """
import fcntl, sys, termios
from pathlib import Path
from classhub.outside.kubernetes import Cluster
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
config, namespace, pod, container, *argv = sys.argv[1:]
sys.exit(Cluster.connect(namespace, kubeconfig=Path(config)).terminal(pod, container, argv))
"""


class Outer:
    """33 lines of 111 columns."""

    def __init__(self, config, *arguments):
        self.keyboard, self.side = pty.openpty()
        termios.tcsetwinsize(self.side, (33, 111))
        self.mode = termios.tcgetattr(self.side)
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(config), *arguments],
            stdin=self.side,
            stdout=self.side,
            stderr=self.side,
            start_new_session=True,
        )

    def shows(self, text):
        seen, until = b"", time.monotonic() + PATIENCE_S
        os.set_blocking(self.keyboard, False)
        while text not in seen and time.monotonic() < until:
            try:
                seen += os.read(self.keyboard, 65536)
            except BlockingIOError:
                time.sleep(0.02)
        assert text in seen, seen

    def is_as_before(self):
        return termios.tcgetattr(self.side) == self.mode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.keyboard)
        os.close(self.side)

"""An instructor's repository, as she works on it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@college.edu",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@college.edu",
}


@dataclass(frozen=True)
class Upstream:
    """A working tree, with the bare repository that it pushes to beside it."""

    tree: Path
    bare: Path

    @classmethod
    def make(cls, folder: Path, branch: str = "main") -> "Upstream":
        made = cls(folder / "work", folder / "comp141.git")
        folder.mkdir(exist_ok=True)
        made.git("init", "-q", "--bare", "-b", branch, str(made.bare), at=folder)
        made.git("init", "-q", "-b", branch, str(made.tree), at=folder)
        return made

    @property
    def address(self) -> str:
        return f"file://{self.bare}"

    def git(self, *words: str, at: Path | None = None, stdin: bytes = b"") -> str:
        argv = ["git", *words]
        done = subprocess.run(argv, cwd=at or self.tree, env=ENV, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, (argv, done.stderr)
        return done.stdout.decode(errors="surrogateescape").strip()

    def commit(self, files: dict[str, bytes | None], *, push: bool = True) -> str:
        """Write files, remove those that are None; the commit's id."""
        for name, data in files.items():
            path = self.tree / name
            if data is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        self.git("add", "-A")
        return self._done(push)

    def commit_tree(self, lines: list[bytes]) -> str:
        """A commit of exactly these entries of `git mktree -z`: names that no working tree could hold, too."""
        tree = self.git("mktree", "-z", "--missing", stdin=b"\0".join(lines) + b"\0")
        commit = self.git("commit-tree", "-m", "odd", tree)
        self.git("push", "-q", "-f", str(self.bare), f"{commit}:refs/heads/main")
        return commit

    def blob(self, data: bytes) -> bytes:
        return self.git("hash-object", "-w", "--stdin", stdin=data).encode()

    def _done(self, push: bool) -> str:
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        if push:
            self.push()
        return self.git("rev-parse", "HEAD")

    def push(self) -> None:
        self.git("push", "-q", "-f", "--all", str(self.bare))
        self.git("push", "-q", "-f", "--tags", str(self.bare))

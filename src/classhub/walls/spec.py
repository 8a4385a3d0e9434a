"""What a student's process is to be: filled in by the spawner, carried out by enter.py."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from classhub.walls.identity import Identity

PROGRAM = Path(__file__).with_name("enter.py")


@dataclass(frozen=True)
class Account:
    """The line of /etc/passwd that the student's process sees first: else its prompt says `I have no name!`."""

    name: str
    home: str
    shell: str = "/bin/bash"


@dataclass(frozen=True)
class Spec:
    """One process. Not root: only argv, env, cwd, umask, nofile and keep_fds hold, the rest is left out."""

    argv: Sequence[str]
    """argv[0] is looked up in env's PATH when it has no slash, as the student and behind the walls."""

    env: Mapping[str, str]
    """The whole environment; nothing is inherited."""

    cwd: str
    """Entered as the student; a folder that is missing or closed fails the start."""

    uid: int | None = None
    """The student's; must be given as root, where None and 0 are refused. All groups and capabilities go with it."""

    gid: int | None = None
    """Must be given with uid."""

    cgroups: Sequence[str] = ()
    """Files that take a pid: Group.procs_files."""

    oom_score_adj: int | None = None
    """-1000 to 1000; who is killed first when the machine has no memory left. None leaves it."""

    hide: Sequence[str] = ()
    """Folders that get an empty tmpfs (0755) over them: Mounts.hide."""

    show: Sequence[str] = ()
    """Folders and files bound back to where they were: Mounts.show. A link on the way there fails the start."""

    links: Sequence[tuple[str, str]] = ()
    """Links (path, target) made again inside hidden folders: Mounts.links."""

    private_tmp: bool = False
    """An own empty /tmp, /var/tmp, /dev/shm and /run/lock in memory, counted against the memory limit, gone with the server."""

    tmp_bytes: int | None = None
    """Size of each of them. Keep it below the memory limit: what lies there cannot be freed by killing a process,
    so a full one would end the whole server instead of one kernel. None: half of the machine's memory."""

    small: Sequence[str] = ()
    """Folders that get an empty tmpfs of the student's own (0700, 16 MiB, 4096 files), made where they are not there."""

    account: Account | None = None
    """Needs uid and gid."""

    hide_processes: bool = False
    """Mount /proc anew with hidepid=2, where the kernel lets us."""

    nofile: int | None = None
    """Open files, soft and hard limit; None leaves them. At most the hard limit, unless root may raise it."""

    nproc: int | None = None
    """Processes and threads of this uid, soft and hard limit: 1 lets it start no other program."""

    memory_bytes: int | None = None
    """Address space of each process."""

    file_bytes: int | None = None
    """Of the largest file that it can write."""

    own_pids: bool = False
    """A process namespace of its own, where the kernel gives one: all that it starts ends with it, or when we are killed."""

    umask: int = 0o077
    """New files are the student's alone."""

    keep_fds: Sequence[int] = ()
    """Descriptors that stay open beside 0, 1 and 2."""

    join: Identity | None = None
    """Enter this running server's view of the files instead of making one (`classhub exec`): no hide, show, small, tmp."""

    def __post_init__(self) -> None:
        if (self.uid is None) != (self.gid is None) or (self.account and self.uid is None):
            raise ValueError("A uid, a gid and an account's name go together.")
        if not self.argv:
            raise ValueError("There is no program to start.")

    def to_json(self) -> str:
        """One line of ASCII with a newline at its end."""
        return json.dumps(asdict(self) | {"env": dict(self.env)}) + "\n"

    def command(self, python: str, fd: int | None = None) -> list[str]:
        """The argv that carries this out; python is any interpreter that we can run, not the student's.

        fd: the inherited descriptor on which to_json() comes, until its end. None: the first line of stdin, which
        then becomes /dev/null.
        """
        return [python, "-I", "-S", "-X", "utf8", str(PROGRAM), "-" if fd is None else str(fd)]

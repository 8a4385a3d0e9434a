"""A program of its own: read one spec, put up the walls around this process, become the student, exec.

Run as `python -I -S -X utf8 enter.py FD` (the spec as JSON on that inherited descriptor) or `... -` (one line of it on
stdin). Standard library only and nothing of classhub: it is started once per server and must take milliseconds.
spec.py documents the fields. A step that fails says `classhub: cannot <step>: <reason>` on stderr, exit code 72.
Everything is imported before the first mount: afterwards the interpreter's own folder may be hidden.
"""
# ruff: noqa: PTH112, PTH123, PTH208 - importing pathlib costs more than all mounts together

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import stat
import sys

TYPE_CHECKING = False  # typing's own constant would cost its import, 4 ms
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, NoReturn

FAILED = 72  # EX_OSFILE of sysexits.h
NOT_ALLOWED, NOT_THERE = 126, 127  # a program that did not start, as a shell counts it
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # where everybody may write, if it is there
SMALL = "mode=0700,size=16m,nr_inodes=4096"
CLONE_NEWNS = 0x00020000  # this and the following: linux/sched.h, mount.h, prctl.h, capability.h
CLONE_NEWPID = 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
O_PATH: int = getattr(os, "O_PATH", 0)
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 38, 47, 4
PR_SET_PDEATHSIG = 1
LIMITS = {"nproc": resource.RLIMIT_NPROC, "memory_bytes": resource.RLIMIT_AS, "file_bytes": resource.RLIMIT_FSIZE}
CAPABILITY_VERSION_3 = 0x20080522
libc = ctypes.CDLL(None, use_errno=True)


class step:
    """What is being done, for the sentence if it fails. The innermost step speaks and ends the process."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
        elif isinstance(error, (ValueError, LookupError, TypeError, OverflowError)):
            reason = str(error) or type(error).__name__
        else:
            return
        sys.stderr.write(f"classhub: cannot {self.what}: {reason}\n")
        sys.stderr.flush()
        os._exit(FAILED)


def main(argument: str) -> NoReturn:
    with step("read what to start"):
        spec = read(argument)
        argv, env = spec["argv"], spec["env"]
    with step("prepare the process"):
        os.umask(spec["umask"])
        keep_only({0, 1, 2, *spec["keep_fds"]})
        restore_signals()
    if os.geteuid() == 0:
        wall(spec)
    else:
        limit(spec)
    with step(f"go to the folder {spec['cwd']}"):
        os.chdir(spec["cwd"])
    try:
        become(argv, env)
    except OSError as error:
        sys.stderr.write(f"classhub: cannot start {argv[0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(NOT_THERE if isinstance(error, FileNotFoundError) else NOT_ALLOWED)


def become(argv: list[str], env: dict[str, str]) -> NoReturn:
    """Exec, with env's PATH for a name without a slash. os.execvpe would import, and may find its folder closed."""
    name = argv[0]
    folders = [""] if "/" in name else [f"{folder or '.'}/" for folder in env.get("PATH", os.defpath).split(":")]
    failed: OSError = FileNotFoundError(2, os.strerror(2))
    for folder in folders:
        try:
            os.execve(folder + name, argv, env)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            failed = error
    raise failed


def wall(spec: dict[str, Any]) -> None:
    """Everything that needs root, in the one order that works: groups, mounts, then rights away."""
    for group in spec["cgroups"]:
        with step(f"join the control group {group}"):
            write(group, str(os.getpid()))
    if spec["oom_score_adj"] is not None:
        with step("set the out-of-memory score"):
            write("/proc/self/oom_score_adj", str(spec["oom_score_adj"]))
    limit(spec)
    if spec.get("own_pids"):
        with step("have processes of its own (pid namespace)"):
            own_pids()
    if spec["join"]:
        with step(f"join the server's files (pid {spec['join']['pid']})"):
            join(spec["join"])
    elif any(spec[part] for part in ("hide", "show", "small", "private_tmp", "account", "hide_processes")):
        if sys.platform != "linux":
            with step("separate this server's files from others'"):
                raise OSError(0, "only Linux has mount namespaces")
        build(spec)
    if spec.get("own_pids"):
        with step("start inside of them"):
            follow(os.fork())
    with step("set the limits of its processes"):
        bound(spec)
    with step(f"become uid {spec['uid']}"):
        drop(spec["uid"], spec["gid"])


def read(argument: str) -> dict[str, Any]:
    fd = 0 if argument == "-" else int(argument)
    text = b""
    while not (fd == 0 and text.endswith(b"\n")) and (piece := os.read(fd, 65536)):
        text += piece
    if fd == 0:
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
    else:
        os.close(fd)
    spec = json.loads(text)
    if not isinstance(spec, dict):
        raise ValueError("the spec is no mapping")
    return spec


def keep_only(fds: set[int]) -> None:
    """Close what was inherited by accident; what is opened from here on closes itself at exec (PEP 446)."""
    for name in os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"):
        fd = int(name)
        try:
            if fd not in fds:
                os.close(fd)
        except OSError:
            pass  # the descriptor of the listing itself
    for fd in fds - {0, 1, 2}:
        os.set_inheritable(fd, True)


def restore_signals() -> None:
    """What is ignored stays so through exec: these two by Python, the others by `nohup make up` or a script's `make up &`.

    A kernel that ignored SIGINT could not be interrupted, nor a program in a student's terminal.
    """
    for signum in (
        signal.SIGPIPE,
        signal.SIGXFSZ,
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGHUP,
        signal.SIGTERM,
        signal.SIGTSTP,
    ):
        signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def limit(spec: dict[str, Any]) -> None:
    with step("set the limits"):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if spec["nofile"] is None:
            return
        wanted, hard = spec["nofile"], resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
        except (ValueError, PermissionError):  # only CAP_SYS_RESOURCE, which some containers' root lacks, raises it
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def bound(spec: dict[str, Any]) -> None:
    """Of the program alone: with a limit of one process we could not start what waits for it."""
    for name, limited in LIMITS.items():
        wanted, hard = spec.get(name), resource.getrlimit(limited)[1]
        if wanted is not None:
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(limited, (most, most))


def own_pids() -> None:
    """We go on as the first process of a namespace, root's still, so that what is started there cannot keep us from ending.

    Who waits for us waits for the process before: it ends when the namespace is empty. Where the kernel gives none, nothing
    is different; whoever wants everything ended looks for the uid besides.
    """
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if libc.unshare(CLONE_NEWPID) == 0:
        follow(os.fork())
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def follow(child: int) -> None:
    """Go on in the child; the parent ends as it does. What loses its parent inside is waited for, too."""
    if child == 0:
        return
    for fd in (0, 1, 2):
        os.close(fd)  # who reads the output reads to the end of the child's
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def build(spec: dict[str, Any]) -> None:
    with step("have a view of the files of its own (mount namespace)"):
        check(libc.unshare(CLONE_NEWNS))
        mount("none", "/", None, MS_REC | MS_PRIVATE)
    if spec["account"]:
        with step("give the account a name"):
            name_account(spec["account"], spec["uid"], spec["gid"])
    rearrange(spec)
    if spec["hide_processes"]:
        hide_processes()


def rearrange(spec: dict[str, Any]) -> None:
    """Hide and show from the top of the tree down, as one may lie inside the other.

    Every source is opened first, in the untouched tree; every target is reached without following a link.
    """
    sources = {}
    for path in spec["show"]:
        with step(f"show {path}"):
            sources[path] = walk(path)
    tasks = [(path, "hide", "mode=0755,size=1m") for path in spec["hide"]]
    if spec["private_tmp"]:
        size = "" if spec["tmp_bytes"] is None else f",size={spec['tmp_bytes']}"
        tasks += [(path, "hide", f"mode=1777{size}") for path in TEMPORARY if is_real_folder(path)]
    tasks += [(path, "make", f"{SMALL},uid={spec['uid']},gid={spec['gid']}") for path in spec["small"]]
    tasks += [(path, "show", "") for path in spec["show"]] + [(path, "link", target) for path, target in spec["links"]]
    for path, verb, detail in sorted(tasks, key=lambda task: (task[0].count("/"), task[1])):
        with step(f"{verb} {path}"):
            if verb == "hide":
                cover(path, detail)
            elif verb == "make":
                cover(path, detail, make=stat.S_IFDIR)
            elif verb == "show":
                bind(sources[path], path)
            else:
                link(path, detail)
    for fd in sources.values():
        os.close(fd)


def walk(path: str, make: int = 0) -> int:
    """An O_PATH descriptor of this absolute path; a link anywhere on the way is refused.

    make: S_IFDIR or S_IFREG, what to make where the path does not exist yet (inside our own tmpfs only).
    """
    parts = [part for part in path.split("/") if part]
    fd = os.open("/", O_PATH | os.O_DIRECTORY)
    for number, part in enumerate(parts, 1):
        inside = fd
        try:
            if make:
                create(part, inside, make if number == len(parts) else stat.S_IFDIR)
            fd = os.open(part, O_PATH | os.O_NOFOLLOW, dir_fd=inside)
        finally:
            os.close(inside)
        if stat.S_ISLNK(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(0, f"/{'/'.join(parts[:number])} is a link")
    return fd


def create(name: str, inside: int, kind: int) -> None:
    try:
        if kind == stat.S_IFDIR:
            os.mkdir(name, 0o755, dir_fd=inside)
            os.chmod(name, 0o755, dir_fd=inside)  # the umask took some
        else:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=inside))
    except FileExistsError:
        pass


def cover(path: str, options: str, make: int = 0) -> None:
    target = walk(path, make)
    mount("tmpfs", f"/proc/self/fd/{target}", "tmpfs", MS_NOSUID | MS_NODEV, options)
    os.close(target)


def bind(source: int, path: str) -> None:
    kind = stat.S_IFDIR if stat.S_ISDIR(os.fstat(source).st_mode) else stat.S_IFREG
    target = walk(path, make=kind)
    mount(f"/proc/self/fd/{source}", f"/proc/self/fd/{target}", None, MS_BIND | MS_REC)
    os.close(target)


def link(path: str, target: str) -> None:
    folder, _, name = path.rpartition("/")
    inside = walk(folder, make=stat.S_IFDIR)
    try:
        os.symlink(target, name, dir_fd=inside)
    except FileExistsError:
        if os.readlink(name, dir_fd=inside) != target:
            raise
    finally:
        os.close(inside)


def name_account(account: dict[str, str], uid: int, gid: int) -> None:
    """Its own line first in /etc/passwd and /etc/group, made on a tmpfs that goes as soon as both are bound."""
    name = "".join(letter if letter.isprintable() and letter not in ":/," else "_" for letter in account["name"])
    lines = {
        "/etc/passwd": f"{name}:x:{uid}:{gid}::{account['home']}:{account['shell']}\n",
        "/etc/group": f"{name}:x:{gid}:\n",
    }
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700,size=4m")
    for path, line in lines.items():
        made = "/tmp/" + path.rpartition("/")[2]
        with open(path, "rb") as old, open(made, "wb") as new:
            new.write(line.encode("utf-8", "surrogateescape") + old.read())
            os.fchmod(new.fileno(), 0o644)
        mount(made, path, None, MS_BIND)
    check(libc.umount2(b"/tmp", MNT_DETACH))


def hide_processes() -> None:
    """A second view of /proc without other accounts' processes: Linux 5.8; before, or if refused, it stays as it is."""
    try:
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2")
    except OSError:
        return


def join(server: dict[str, Any]) -> None:
    """Enter the mount namespace of exactly this process: opened first, then seen to be the same one still."""
    namespace = os.open(f"/proc/{server['pid']}/ns/mnt", os.O_RDONLY)
    fields = contents(f"/proc/{server['pid']}/stat").rpartition(")")[2].split()
    boot = contents("/proc/sys/kernel/random/boot_id").strip()
    if fields[0] == "Z" or int(fields[19]) != server["start"] or boot != server["boot_id"]:
        raise OSError(0, "it has ended")
    check(libc.setns(namespace, CLONE_NEWNS))
    os.close(namespace)


def drop(uid: int, gid: int) -> None:
    """For good: no groups, no capability in any set, none to be had by a setuid program."""
    if not uid or not gid:
        raise ValueError("a student's server never runs as root")
    os.setgroups([])
    if sys.platform == "linux":
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
        capability = 0
        while libc.prctl(PR_CAPBSET_DROP, *map(ctypes.c_ulong, (capability, 0, 0, 0))) == 0:
            capability += 1
        if capability == 0:
            check(-1)
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        none = (ctypes.c_uint32 * 6)()
        check(libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), none))
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    else:
        os.setgid(gid)
        os.setuid(uid)


def check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    check(libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]))


def prctl(what: int, value: int) -> None:
    check(libc.prctl(what, *map(ctypes.c_ulong, (value, 0, 0, 0))))


def is_real_folder(path: str) -> bool:
    """There, and not a link: /var/tmp is one to /tmp on some machines, and that is covered already."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def contents(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


if __name__ == "__main__":
    main(sys.argv[1])

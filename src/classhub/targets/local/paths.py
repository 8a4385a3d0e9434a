"""Where a hub on this machine keeps things. Folders are private; sockets lie in a short folder (107 bytes at most)."""

import contextlib
import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from classhub.errors import OutsideFailed
from classhub.targets.local.owners import account, foreign, owner_of

SOCKET_PATH_BYTES = 107
"""sun_path of unix(7), without the closing NUL."""


@dataclass(frozen=True)
class Paths:
    """state: `.classhub` beside config/. runtime: sockets and what may vanish at a reboot. homes: students' homes."""

    state: Path
    runtime: Path
    homes: Path

    @property
    def hub_json(self) -> Path:
        return self.state / "hub.json"

    @property
    def machine_json(self) -> Path:
        return self.state / "machine.json"

    @property
    def parts_json(self) -> Path:
        return self.state / "parts.json"

    @property
    def routes_json(self) -> Path:
        return self.state / "routes.json"

    @property
    def limits_json(self) -> Path:
        return self.state / "limits.json"

    @property
    def uids_json(self) -> Path:
        return self.state / "uids.json"

    @property
    def database(self) -> Path:
        return self.state / "jupyterhub.sqlite"

    @property
    def history(self) -> Path:
        return self.state / "history"

    @property
    def servers(self) -> Path:
        """One JSON file per running server; see hub/registry.py."""
        return self.state / "servers"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def user_logs(self) -> Path:
        return self.logs / "users"

    @property
    def events(self) -> Path:
        return self.state / "events"

    @property
    def control(self) -> Path:
        return self.runtime / "control.sock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by a supervisor for as long as it lives."""
        return self.runtime / "supervisor.lock"

    @property
    def caddy_admin(self) -> Path:
        return self.runtime / "caddy.sock"

    @property
    def hub_socket(self) -> Path:
        return self.runtime / "hub.sock"

    @property
    def mirror_socket(self) -> Path:
        return self.runtime / "mirror.sock"

    @property
    def mirror_files(self) -> Path:
        """On which it hands over files; its folder is all that students' servers see of this one."""
        return self.runtime / "m" / "files.sock"

    @property
    def mirror_json(self) -> Path:
        """What the mirror was started with; the supervisor writes it anew at each start."""
        return self.runtime / "mirror.json"

    @property
    def material(self) -> Path:
        """Releases of course material, and what students' servers told of them."""
        return self.state / "material"

    @property
    def libraries(self) -> Path:
        """Courses' libraries: students' servers see this folder, read-only."""
        return self.state / "libraries"

    @property
    def sockets(self) -> Path:
        return self.runtime / "s"

    @property
    def student_runtime(self) -> Path:
        return self.runtime / "u"


def paths_of(state: Path, homes: Path | None = None) -> Paths:
    """Paths for a state folder; nothing is made yet."""
    return Paths(state, runtime_folder(state), homes or state / "homes")


def runtime_folder(state: Path) -> Path:
    """Short, private, and the same for the same state folder, whatever the environment.

    Not in $XDG_RUNTIME_DIR: it is gone with the last login, the hub of `up -d` is not, and cron does not know it.
    Root finds the folder of whoever owns the state folder, so that it sees an ordinary user's hub.
    """
    name = hashlib.sha256(os.fsencode(state)).hexdigest()[:8]
    uid = owner_of(state) if os.geteuid() == 0 else os.geteuid()
    if uid == 0:
        return Path("/run/classhub") / name
    return Path("/tmp") / f"classhub-{uid}" / name


def ensure_folders(paths: Paths) -> None:
    """Make every folder, private. Raises OutsideFailed in words when the disk is read-only, full or another's."""
    if paths.state.is_dir() and not paths.state.is_symlink() and owner_of(paths.state) != os.geteuid():
        raise foreign(paths.state, owner_of(paths.state))
    _refuse_trap(paths.runtime.parent)
    for folder in (paths.runtime.parent, paths.runtime, paths.sockets, paths.student_runtime):
        _ensure_folder(folder, 0o755 if folder == Path("/run/classhub") else 0o700)
    _ensure_folder(paths.mirror_files.parent, 0o711)
    for folder in (paths.state, paths.history, paths.servers, paths.logs, paths.user_logs, paths.events):
        _ensure_folder(folder, 0o700)
    _ensure_folder(paths.homes, 0o711 if os.geteuid() == 0 else 0o700, tighten=paths.homes.parent == paths.state)
    _ensure_writable(paths.state)


def refuse_unusable(paths: Paths) -> None:
    """What ensure_folders would raise, as far as looking tells; nothing is made."""
    for folder in (paths.state, paths.history, paths.servers, paths.logs, paths.user_logs, paths.events, paths.homes):
        _refuse_no_folder(folder)
        if folder.is_dir() and folder.lstat().st_uid != os.geteuid():
            raise foreign(folder, folder.lstat().st_uid)
    _refuse_trap(paths.runtime.parent)
    for folder in (paths.state, paths.homes):
        above = folder if folder.is_dir() else folder.parent
        if above != paths.state and not above.is_dir():
            raise _unusable(folder, FileNotFoundError(errno.ENOENT, ""))
        if above.is_dir() and not os.access(above, os.W_OK):
            read_only = os.statvfs(above).f_flag & os.ST_RDONLY
            raise _unusable(folder, OSError(errno.EROFS if read_only else errno.EACCES, ""))


def _refuse_trap(folder: Path) -> None:
    """Everybody may make things in /tmp: what another account laid there under our name is not followed, nor obeyed."""
    try:
        found = folder.lstat()
    except OSError:
        return
    if folder.parent == Path("/tmp") and found.st_uid != os.geteuid():
        raise OutsideFailed(
            f"{folder} was made by another account ({account(found.st_uid)}), and ClassHub must keep its sockets there.",
            cause="everybody may write in /tmp; whoever made it could listen to your hub",
            fix=f"ask the administrator of this machine to remove it: sudo rm -r {folder}",
        )


def _refuse_no_folder(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutsideFailed(
            f"{folder} must be a folder, and is not.",
            fix=f"move it away: mv {quote(str(folder))} {quote(f'{folder}.old')}",
        )


def _ensure_folder(folder: Path, mode: int, tighten: bool = True) -> None:
    _refuse_no_folder(folder)
    try:
        folder.mkdir(mode=mode, parents=folder.parent.name == "run", exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise _unusable(folder, error) from error
    if found.st_uid != os.geteuid():
        raise foreign(folder, found.st_uid)
    if tighten and found.st_mode & 0o777 != mode:
        folder.chmod(mode)


def _ensure_writable(folder: Path) -> None:
    probe = folder / ".probe"
    try:
        with probe.open("wb") as file:
            file.write(bytes(64 * 1024))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unusable(folder, error) from error
    finally:
        with contextlib.suppress(OSError):  # what failed above is told
            probe.unlink(missing_ok=True)


def _unusable(folder: Path, error: OSError) -> OutsideFailed:
    parent = quote(str(folder.parent))
    if error.errno == errno.ENOENT:
        return OutsideFailed(
            f"The folder {folder} cannot be made: there is no {folder.parent}.",
            "a typing error, or a disk that is not mounted",
            f"correct homes.folder in config/classhub.yaml, or: mkdir -p {parent}",
        )
    fixes = {
        errno.EROFS: ("the disk is mounted read-only", "put the deployment folder on a disk that can be written to"),
        errno.ENOSPC: ("the disk is full", f"make room and try again; `df -h {parent}` shows how much there is"),
        errno.EDQUOT: ("your quota is used up", "make room and try again"),
        errno.EACCES: ("the folder belongs to another account", f"see who owns it: ls -ld {parent}"),
    }
    cause, fix = fixes.get(error.errno or 0, (error.strerror or "unknown", f"look at it: ls -ld {parent}"))
    return OutsideFailed(f"ClassHub cannot write in {folder}.", cause=cause, fix=fix)

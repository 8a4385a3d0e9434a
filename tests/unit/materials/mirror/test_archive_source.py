"""An archive is read as its packer meant it, and nothing in it is believed."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from classhub.materials.mirror import archive
from classhub.materials.mirror.archive_source import ArchiveSource
from classhub.materials.mirror.candidate import Candidate, Unavailable
from classhub.materials.mirror.store import Store


@pytest.fixture
def store(tmp_path: Path):
    made = Store(tmp_path / "store")
    with made.locked():
        yield made


def look(store: Store, path: Path, folder: str = "") -> Candidate:
    found = ArchiveSource(str(path), folder).look(store, {})
    assert found is not None
    return found


def contents(store: Store, found: Candidate) -> dict[str, bytes]:
    return {path: store.blobs.read(entry.digest) for path, entry in found.files.items() if not entry.is_link}


def rules(found: Candidate) -> dict[str, str]:
    return {path: left.rule for path, left in found.left.items()}


def zipped(path: Path, files: dict[str, bytes], modes: dict[str, int] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.compress_type = 3, zipfile.ZIP_DEFLATED
            info.external_attr = (modes or {}).get(name, 0o100644) << 16
            file.writestr(info, data)
    return path


def tarred(path: Path, files: dict[str, bytes], more: list[tarfile.TarInfo] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
        for info in more or ():
            file.addfile(info)
    return path


PACKERS = pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])


@PACKERS
def test_the_one_folder_that_holds_all_is_left_off(store: Store, tmp_path: Path, pack) -> None:
    path = pack(
        tmp_path / "x", {"cs-main/a": b"1", "cs-main/labs/b": b"2", "__MACOSX/cs-main/._a": b"", ".DS_Store": b""}
    )
    assert contents(store, look(store, path)) == {"a": b"1", "labs/b": b"2"}


@PACKERS
@pytest.mark.parametrize("files", [{"a": b"1", "labs/b": b"2"}, {"a": b"1"}, {"x/a": b"", "y/a": b""}])
def test_what_lies_in_no_one_folder_stays_as_it_is(store: Store, tmp_path: Path, pack, files) -> None:
    assert contents(store, look(store, pack(tmp_path / "x", files))) == files


@PACKERS
def test_a_folder_inside_is_the_material(store: Store, tmp_path: Path, pack) -> None:
    path = pack(tmp_path / "x", {"top/a": b"1", "top/course/b": b"2"})
    assert contents(store, look(store, path, "course")) == {"b": b"2"}
    with pytest.raises(Unavailable, match="no folder gone"):
        look(store, path, "gone")


@PACKERS
def test_names_that_lead_out_are_left(store: Store, tmp_path: Path, pack) -> None:
    names = ["/etc/passwd", "../up", "a/../../b", "x/.git/config", "x/.GIT/config", "git~1", "fine", "x//y"]
    found = look(store, pack(tmp_path / "x", dict.fromkeys(names, b"")))
    assert set(found.files) == {"fine"}
    assert set(found.left) == {*names} - {"fine"}
    assert set(rules(found).values()) == {"refused-name"}


def test_names_of_any_tar_are_read(store: Store, tmp_path: Path) -> None:
    path = tarred(tmp_path / "x", {"./a/b": b"1", "caf\udce9": b"2", "n" * 200: b"3"})
    assert set(look(store, path).files) == {"a/b", "caf\udce9", "n" * 200}


def test_names_of_any_zip_are_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("caf\u00e9", b"1")  # says that it is UTF-8
        windows = zipfile.ZipInfo("x")
        windows.create_system, windows.filename = 0, "labs\\lab01.ipynb"
        file.writestr(windows, b"2")
    data = path.read_bytes().replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    path.write_bytes(data)  # the same names without saying so
    assert set(look(store, path).files) == {"caf\u00e9", "labs/lab01.ipynb"}


def test_modes_and_links_of_a_zip_are_kept(store: Store, tmp_path: Path) -> None:
    files = {"t/run.sh": b"", "t/in": b"./run.sh", "t/out": b"/etc/passwd", "t/top": b"../x", "t/pipe": b""}
    files["t/round"] = b"labs/../run.sh"
    modes = {
        "t/run.sh": 0o100755,
        "t/in": 0o120777,
        "t/out": 0o120777,
        "t/top": 0o120777,
        "t/pipe": 0o010644,
        "t/round": 0o120777,
    }
    found = look(store, zipped(tmp_path / "x.zip", files, modes))
    assert (found.files["run.sh"].kind, found.files["in"].target) == ("exec", "./run.sh")
    links = dict.fromkeys(("out", "top", "round"), "escaping-link")
    assert rules(found) == {**links, "pipe": "special-file"}


def member(name: str, type_: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, target
    return info


def test_links_and_devices_of_a_tar_are_told(store: Store, tmp_path: Path) -> None:
    more = [
        member("t/same", tarfile.LNKTYPE, "t/a"),
        member("t/else", tarfile.LNKTYPE, "/etc/passwd"),
        member("t/in", tarfile.SYMTYPE, "a"),
        member("t/out", tarfile.SYMTYPE, "../a"),
        member("t/null", tarfile.CHRTYPE),
        member("t/pipe", tarfile.FIFOTYPE),
    ]
    found = look(store, tarred(tmp_path / "x", {"t/a": b"1"}, more))
    assert contents(store, found) == {"a": b"1", "same": b"1"}
    assert found.files["in"].target == "a"
    assert rules(found) == {
        "else": "special-file",
        "out": "escaping-link",
        "null": "special-file",
        "pipe": "special-file",
    }


def refusal(store: Store, path: Path) -> str:
    with pytest.raises(Unavailable) as raised:
        look(store, path)
    assert list(store.blobs.left_parts()) == []
    return str(raised.value)


@PACKERS
def test_a_bomb_is_stopped_as_it_unpacks(store: Store, tmp_path: Path, pack, monkeypatch) -> None:
    monkeypatch.setattr(archive, "FREE", 1 << 20)
    assert "far more" in refusal(store, pack(tmp_path / "x", {"a": bytes(8 << 20)}))
    assert sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file()) < 2 << 20


def test_a_zip_that_lies_about_its_sizes_is_stopped(store: Store, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(archive, "FREE", 1 << 20)
    path = zipped(tmp_path / "x.zip", {"a": bytes(8 << 20)})
    path.write_bytes(path.read_bytes().replace((8 << 20).to_bytes(4, "little"), (8).to_bytes(4, "little")))
    refusal(store, path)


@PACKERS
def test_too_many_members_are_refused(store: Store, tmp_path: Path, pack, monkeypatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    assert "more than 3 files" in refusal(store, pack(tmp_path / "x", dict.fromkeys("abcd", b"")))


def test_an_encrypted_zip_is_refused(store: Store, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a": b"1"})
    data = bytearray(path.read_bytes())
    for begin, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(begin) + at] |= 1
    path.write_bytes(data)
    assert "encrypted" in refusal(store, path)


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", gzip.compress(b"no tar"), b"PK\x03\x04" + bytes(40)],
    ids=["empty", "text", "gzip of text", "begin of a zip"],
)
def test_what_is_no_archive_is_told(store: Store, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert "damaged" in refusal(store, path)


@PACKERS
def test_an_archive_cut_short_is_told(store: Store, tmp_path: Path, pack) -> None:
    path = pack(tmp_path / "x", {"a": os.urandom(100_000), "b": os.urandom(100_000)})
    path.write_bytes(path.read_bytes()[:120_000])
    assert "damaged" in refusal(store, path)


def test_an_archive_that_is_gone_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"There is no archive .*gone\.zip\."):
        look(store, tmp_path / "gone.zip")


def test_the_same_archive_is_not_read_twice(store: Store, tmp_path: Path) -> None:
    source = ArchiveSource(str(zipped(tmp_path / "x.zip", {"a": b"1"})))
    first = source.look(store, {})
    assert first is not None
    assert source.look(store, first.seen) is None
    os.utime(source.source)
    assert source.look(store, first.seen) is None, "new times, the same bytes"
    zipped(tmp_path / "x.zip", {"a": b"2"})
    again = source.look(store, first.seen)
    assert again is not None
    assert contents(store, again) == {"a": b"2"}


def with_a_hole(path: Path, size: int) -> Path:
    """One byte, then nothing for so long: GNU tar packs that into 512 bytes."""
    head = tarfile.TarInfo("hole")
    head.type, head.size = tarfile.GNUTYPE_SPARSE, 1
    raw = bytearray(head.tobuf(tarfile.GNU_FORMAT))
    raw[386:410] = b"%011o\0%011o\0" % (0, 1)  # from 0 on one byte of data
    raw[483:495] = b"%011o\0" % size
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    path.write_bytes(gzip.compress(bytes(raw) + b"x".ljust(512, b"\0") + bytes(1024)))
    return path


def test_holes_in_a_file_count_as_the_bytes_that_they_become(store: Store, tmp_path: Path, monkeypatch) -> None:
    path = with_a_hole(tmp_path / "a.tar.gz", 3000)
    assert contents(store, look(store, path)) == {"hole": b"x".ljust(3000, b"\0")}
    monkeypatch.setattr(archive, "RATIO", 1)
    monkeypatch.setattr(archive, "FREE", 2900)
    with pytest.raises(Unavailable, match="unpacks to far more"):
        look(store, path)


def test_a_zip_with_too_many_files_is_refused_before_its_directory_is_taken_in(tmp_path: Path, monkeypatch) -> None:
    path = zipped(tmp_path / "x.zip", {str(number): b"" for number in range(12)})
    taken = []
    real = zipfile.ZipInfo.__init__
    monkeypatch.setattr(zipfile.ZipInfo, "__init__", lambda *args, **more: taken.append(1) or real(*args, **more))
    assert len(list(archive.members(path))) == len(taken) == 12
    taken.clear()
    for name, value in (("MOST_MEMBERS", 11), ("MEMBER", 20)):  # by what it holds, and by its length
        monkeypatch.setattr(archive, name, value)
        with pytest.raises(archive.Unusable, match="more than 11 files"):
            list(archive.members(path))
    assert taken == []

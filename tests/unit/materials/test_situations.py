"""What a student sees in each situation; docs/explanation/material.md has a line for every test here."""

import errno
import os
import stat
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from classhub.materials import __main__ as verbs
from classhub.materials import disk, names, overtaken, restore, whereabouts
from classhub.materials.changes import changes
from classhub.materials.manifest import name_digest
from doubles.classroom import Instructor, Link, Program, Student, Unreachable, actions, digest, said

TEXT, CORRECTED = b"one\ntwo\nthree", b"ONE\ntwo\nthree"
DAY = time.strftime("%Y-%m-%d", time.localtime(0))


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path / "home")


def handed_out(student: Student, **options) -> Instructor:
    source = Instructor({"lab1.ipynb": TEXT, "data.csv": b"\0data", "week/x.txt": b"x", "week/y.txt": b"y"}, **options)
    assert student.sync(source).status == "done"
    return source


def sync(student: Student, source: Instructor, **options):
    result = student.sync(source, now=lambda: 0.0, **options)
    assert result.status == "done", result
    return result


def test_first_delivery_brings_all(student):
    source = handed_out(student)
    assert student.files() == source.files


def test_nothing_new_is_said(student):
    assert sync(student, handed_out(student)).message == "Nothing new."


def test_an_untouched_file_is_updated(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    assert sync(student, source).message == "1 updated" and student.read("lab1.ipynb") == CORRECTED


def test_edits_of_both_are_merged_and_the_version_before_is_kept(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    assert sync(student, source).message == "1 merged with your changes"
    assert student.read("lab1.ipynb") == b"ONE\ntwo\nmine"
    kept = restore.versions(student.state, "lab1.ipynb")
    assert [(one.why, one.digest) for one in kept] == [("merged", digest(b"one\ntwo\nmine"))]


def test_edits_of_the_same_place_leave_the_new_version_beside(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"mine\ntwo\nthree")
    source.put("lab1.ipynb", CORRECTED)
    result = sync(student, source)
    assert result.message == "kept your lab1 and put the new one beside"
    assert student.read("lab1.ipynb") == b"mine\ntwo\nthree"
    assert student.read(said(result, "lab1.ipynb").where) == CORRECTED


def test_a_copy_beside_that_was_deleted_does_not_return(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"mine\ntwo\nthree")
    source.put("lab1.ipynb", CORRECTED)
    student.path(said(sync(student, source), "lab1.ipynb").where).unlink()
    before = student.listing()
    sync(student, source)
    assert student.listing() == before


def test_a_newer_copy_beside_takes_the_place_of_the_older(student):
    source = handed_out(student)
    student.write("data.csv", b"\0mine")
    for content in (b"\0second", b"\0third"):
        source.put("data.csv", content)
        sync(student, source)
    copies = [content for path, content in student.files().items() if path.startswith("data.new-")]
    assert copies == [b"\0third"]


def test_a_copy_beside_that_the_student_edited_stays(student):
    source = handed_out(student)
    student.write("data.csv", b"\0mine")
    source.put("data.csv", b"\0second")
    student.write(said(sync(student, source), "data.csv").where, b"\0edited copy")
    source.put("data.csv", b"\0third")
    sync(student, source)
    assert {b"\0mine", b"\0edited copy", b"\0third"} <= set(student.files().values())


def test_an_edited_binary_file_is_never_merged(student):
    source = handed_out(student)
    student.write("data.csv", b"\0mine")
    source.put("data.csv", b"\0new")
    assert actions(sync(student, source))["data.csv"] == "beside" and student.read("data.csv") == b"\0mine"


def test_a_merge_without_its_base_leaves_the_new_version_beside(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    del source.blobs_known[digest(TEXT)]
    assert actions(sync(student, source))["lab1.ipynb"] == "beside"


def test_a_merge_that_fails_leaves_the_new_version_beside(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)

    def broken(base, mine, theirs):
        raise RecursionError

    assert actions(sync(student, source, merges={"": broken, ".ipynb": broken}))["lab1.ipynb"] == "beside"


def test_a_deleted_file_comes_back(student):
    source = handed_out(student)
    student.path("lab1.ipynb").unlink()
    assert sync(student, source).message == "1 brought back" and student.read("lab1.ipynb") == TEXT


def test_a_file_on_the_skip_list_does_not_come_back(student):
    source = handed_out(student)
    student.path("lab1.ipynb").unlink()
    student.path("week/x.txt").unlink()
    (student.state / "skip").write_text("lab1.ipynb\nweek\n")
    sync(student, source)
    assert "lab1.ipynb" not in student.files() and "week/x.txt" not in student.files()


def test_a_withdrawn_untouched_file_goes_with_its_folder(student):
    source = handed_out(student)
    source.publish({"lab1.ipynb": TEXT})
    assert sync(student, source).message == "3 removed" and student.listing() == {"lab1.ipynb": TEXT}


def test_a_withdrawn_edited_file_stays_and_is_the_student_s(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"mine")
    source.put("lab1.ipynb", None)
    assert said(sync(student, source), "lab1.ipynb").why.startswith("no longer part of the course")
    assert student.read("lab1.ipynb") == b"mine"


def test_a_rename_of_an_edited_file_brings_the_new_name_and_says_so(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"mine")
    source.publish({"lab01.ipynb": TEXT})
    source.extra = {"renames": {"lab1.ipynb": "lab01.ipynb"}}
    result = sync(student, source)
    assert said(result, "lab1.ipynb").why == "in the course it is now called lab01.ipynb"
    assert "lab1 is now called lab01" in result.message
    assert student.files() == {"lab1.ipynb": b"mine", "lab01.ipynb": TEXT}


def test_a_student_s_own_file_makes_room_for_one_of_the_course(student):
    source = handed_out(student)
    student.write("new.txt", b"my own")
    source.put("new.txt", b"the course's")
    result = sync(student, source)
    assert result.message == f"your own new.txt is now new.mine-{DAY}.txt"
    assert student.read("new.txt") == b"the course's" and student.read(f"new.mine-{DAY}.txt") == b"my own"


def test_a_name_that_is_taken_is_never_renamed_onto(student):
    source = handed_out(student)
    student.write(f"new.mine-{DAY}.txt", b"older copy")
    student.write("new.txt", b"my own")
    source.put("new.txt", b"the course's")
    sync(student, source)
    assert student.read(f"new.mine-{DAY}.txt") == b"older copy" and student.read(f"new.mine-{DAY}-2.txt") == b"my own"


def test_a_student_s_other_files_are_left_alone(student):
    source = handed_out(student)
    student.write("own/notes.txt", b"my own")
    assert "own/notes.txt" not in actions(sync(student, source)) and student.read("own/notes.txt") == b"my own"


def test_a_lost_record_is_rebuilt_from_what_was_published(student):
    source = handed_out(student)
    (student.state / "base.json").unlink()
    source.put("lab1.ipynb", CORRECTED)
    assert actions(sync(student, source)) == {"lab1.ipynb": "updated"}


def test_a_damaged_record_is_rebuilt(student):
    source = handed_out(student)
    record = student.state / "base.json"
    record.write_bytes(record.read_bytes().replace(b"file", b"link"))
    source.put("lab1.ipynb", CORRECTED)
    assert actions(sync(student, source)) == {"lab1.ipynb": "updated"}


def test_a_folder_in_place_of_a_file_stays_until_there_are_news(student):
    source = handed_out(student)
    student.path("data.csv").unlink()
    student.write("data.csv/part", b"mine")
    assert actions(sync(student, source))["data.csv"] == "kept"
    source.put("data.csv", b"\0new")
    assert said(sync(student, source), "data.csv").where == f"data.mine-{DAY}.csv"
    assert student.read(f"data.mine-{DAY}.csv/part") == b"mine" and student.read("data.csv") == b"\0new"


def test_a_folder_of_the_course_that_becomes_a_file(student):
    source = handed_out(student)
    source.publish({"week": b"a file now"})
    sync(student, source)
    assert student.files() == {"week": b"a file now"}


def test_a_folder_with_work_that_becomes_a_file_moves_whole(student):
    source = handed_out(student)
    student.write("week/x.txt", b"mine")
    source.publish({"week": b"a file now"})
    sync(student, source)
    assert student.files() == {"week": b"a file now", f"week.mine-{DAY}/x.txt": b"mine"}


def test_a_file_of_the_course_that_becomes_a_folder(student):
    source = handed_out(student)
    source.publish({"data.csv/part": b"part"})
    sync(student, source)
    assert student.files() == {"data.csv/part": b"part"}


def test_an_edited_file_moves_where_a_folder_is_needed(student):
    source = handed_out(student)
    student.write("data.csv", b"\0mine")
    source.publish({"data.csv/part": b"part"})
    sync(student, source)
    assert student.files() == {"data.csv/part": b"part", f"data.mine-{DAY}.csv": b"\0mine"}


def replace_folder(student: Student) -> None:
    for name in ("x.txt", "y.txt"):
        student.path("week/" + name).unlink()
    student.path("week").rmdir()


def test_a_file_in_place_of_a_folder_stays_until_there_are_news(student):
    source = handed_out(student)
    replace_folder(student)
    student.write("week", b"mine")
    assert actions(sync(student, source))["week"] == "kept"
    source.put("week/x.txt", b"x, corrected")
    sync(student, source)
    assert student.read(f"week.mine-{DAY}") == b"mine"
    assert student.read("week/x.txt") == b"x, corrected" and student.read("week/y.txt") == b"y"


def test_a_link_in_place_of_a_folder_is_never_written_through(student):
    source = handed_out(student)
    replace_folder(student)
    elsewhere = student.home / "elsewhere"
    elsewhere.mkdir()
    student.path("week").symlink_to(elsewhere)
    sync(student, source)
    source.put("week/x.txt", b"x, corrected")
    where = said(sync(student, source), "week/x.txt").where
    assert where.startswith("week.new-") and student.read(where) == b"x, corrected"
    assert student.path("week").is_symlink() and list(elsewhere.iterdir()) == []


def test_a_link_in_place_of_a_file_counts_as_an_edit(student):
    source = handed_out(student)
    student.path("lab1.ipynb").unlink()
    student.path("lab1.ipynb").symlink_to("data.csv")
    source.put("lab1.ipynb", CORRECTED)
    assert actions(sync(student, source))["lab1.ipynb"] == "beside"
    assert student.path("lab1.ipynb").is_symlink() and student.read("data.csv") == b"\0data"


def test_a_pipe_is_left_where_it_is(student):
    source = handed_out(student)
    student.path("lab1.ipynb").unlink()
    os.mkfifo(student.path("lab1.ipynb"))
    source.put("lab1.ipynb", CORRECTED)
    result = sync(student, source)
    assert student.path("lab1.ipynb").is_fifo() and student.read(said(result, "lab1.ipynb").where) == CORRECTED


def test_a_link_of_the_course_is_delivered_and_updated(student):
    source = Instructor({"a": b"a", "b": b"b", "link": Link("a")})
    sync(student, source)
    source.put("link", Link("b"))
    assert actions(sync(student, source)) == {"link": "updated"} and str(student.path("link").readlink()) == "b"


def test_a_link_that_leads_out_is_skipped_and_named(student):
    result = sync(student, Instructor({"link": Link("../../x"), "a": b"a"}))
    assert actions(result) == {"link": "skipped", "a": "new"} and student.files() == {"a": b"a"}


def test_a_refused_name_is_skipped_and_named(student):
    result = sync(student, Instructor({"../up": b"", ".git/config": b"", "a": b"a"}))
    assert actions(result) == {"../up": "skipped", ".git/config": "skipped", "a": "new"}


def test_a_path_below_a_file_of_the_same_release_is_skipped(student):
    result = sync(student, Instructor({"a": b"a", "a/b": b"b"}))
    assert actions(result) == {"a/b": "skipped", "a": "new"}


def test_what_the_release_leaves_out_is_named_and_not_taken_back(student):
    source = handed_out(student)
    source.publish({"data.csv": b"\0data", "week/x.txt": b"x"})
    source.extra = {
        "left": {"lab1.ipynb": "not in your section"},
        "coming": {"week/y.txt": "2027-01-11T09:00:00-06:00"},
    }
    assert actions(sync(student, source)) == {"lab1.ipynb": "skipped"}
    assert student.read("lab1.ipynb") == TEXT and student.read("week/y.txt") == b"y"


def test_what_is_another_sections_now_stays_where_it_was_handed_out(student):
    source = handed_out(student)
    source.publish({"data.csv": b"\0data", "week/x.txt": b"x"})
    source.extra = {"hidden": frozenset({name_digest("lab1.ipynb"), name_digest("week")})}
    sync(student, source)
    assert student.read("lab1.ipynb") == TEXT and student.read("week/y.txt") == b"y"
    source.extra = {}
    assert actions(sync(student, source)) == {"lab1.ipynb": "removed", "week/y.txt": "removed"}


def test_a_name_that_is_no_unicode_arrives_byte_for_byte(student):
    sync(student, Instructor({"caf\udce9.txt": b"x"}))
    assert [os.fsencode(place.name) for place in student.course.iterdir()] == [b"caf\xe9.txt"]


def test_two_forms_of_one_letter_are_two_names(student):
    source = Instructor({"\u00fc.txt": b"composed", "u\u0308.txt": b"decomposed"})
    sync(student, source)
    assert student.files() == source.files


@pytest.fixture(params=["a folder that is there", "a folder that is made unseen"])
def folding(request, student, monkeypatch):
    """A disk on which our own temporary names are found in any letter case."""
    real, ours = disk.look, names.TEMPORARY.upper()
    monkeypatch.setattr(disk, "look", lambda at, name: real(at, name.lower() if name.startswith(ours) else name))
    if request.param == "a folder that is there":
        student.course.mkdir(parents=True)


@pytest.mark.usefixtures("folding")
def test_on_a_disk_that_folds_names_the_second_goes_beside(student):
    result = sync(student, Instructor({"Lab.txt": b"first", "lab.txt": b"second"}))
    assert actions(result) == {"Lab.txt": "new", "lab.txt": "beside"}
    assert student.read("Lab.txt") == b"first" and student.read(said(result, "lab.txt").where) == b"second"


@pytest.mark.usefixtures("folding")
def test_on_a_disk_that_folds_names_a_changed_spelling_follows(student):
    source = Instructor({"lab.txt": TEXT})
    sync(student, source)
    student.path("lab.txt").rename(student.path("Lab.txt"))
    source.publish({"Lab.txt": CORRECTED})
    assert actions(sync(student, source)) == {"Lab.txt": "updated"}


def test_only_the_executable_bit_travels(student):
    source = Instructor({"run.sh": Program(b"#!/bin/sh\n"), "a.txt": b"a"})
    sync(student, source)
    assert student.path("run.sh").stat().st_mode & 0o111 and not student.path("a.txt").stat().st_mode & 0o111


def test_the_student_s_permissions_survive_an_update(student):
    source = handed_out(student)
    student.path("lab1.ipynb").chmod(0o640)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    assert student.path("lab1.ipynb").stat().st_mode & 0o777 == 0o640


def test_a_bit_that_the_course_changes_is_set_without_touching_the_content(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"mine")
    source.put("lab1.ipynb", Program(TEXT))
    assert actions(sync(student, source)) == {"lab1.ipynb": "updated"}
    assert student.read("lab1.ipynb") == b"mine" and student.path("lab1.ipynb").stat().st_mode & 0o100


def test_a_missing_course_folder_is_delivered_again(student):
    source = handed_out(student)
    student.course.rename(student.home / "old")
    sync(student, source)
    assert student.files() == source.files


def test_a_file_in_place_of_the_course_folder_moves_aside(student):
    student.course.write_bytes(b"mine")
    result = sync(student, Instructor({"a": b"a"}))
    assert student.read("a") == b"a" and (student.home / f"COMP141.mine-{DAY}").read_bytes() == b"mine"
    assert "aside" in result.counts


def test_a_course_folder_that_is_a_link_inside_the_home_is_used(student):
    (student.home / "real").mkdir()
    student.course.symlink_to("real")
    sync(student, Instructor({"a": b"a"}))
    assert (student.home / "real" / "a").read_bytes() == b"a" and student.course.is_symlink()


@pytest.mark.parametrize("target", ["..", "/tmp", ".ssh", "nowhere"])
def test_a_course_folder_that_is_a_link_elsewhere_is_reported(student, target):
    (student.home / ".ssh").mkdir()
    student.course.symlink_to(target)
    result = student.sync(Instructor({"a": b"a"}))
    assert (result.status, result.error["code"]) == ("failed", "folder") and "Remove the link" in result.message


@pytest.mark.parametrize("folder", ["../x", ".ssh", "a/../../b", "a/.config"])
def test_a_course_folder_outside_the_home_or_hidden_is_refused(student, folder):
    result = student.sync(Instructor({"a": b"a"}), folder=folder)
    assert (result.status, result.error["code"]) == ("failed", "folder")


def test_a_source_that_does_not_answer_leaves_all_as_it_is(student):
    handed_out(student)
    before = student.listing()
    result = student.sync(Unreachable())
    assert result.status == "offline" and "stays as it is" in result.message and student.listing() == before


def test_a_source_that_gives_wrong_bytes_delivers_nothing_of_them(student):
    source = Instructor({"a": b"a", "b": b"b"})
    source.blobs_known[digest(b"a")] = b"x"
    result = student.sync(source)
    assert (
        result.status == "partial"
        and actions(result) == {"a": "blocked", "b": "new"}
        and student.files() == {"b": b"b"}
    )


def test_a_blob_that_the_source_lacks_blocks_its_path_alone(student):
    source = Instructor({"a": b"a", "b": b"b"})
    del source.blobs_known[digest(b"a")]
    assert actions(student.sync(source)) == {"a": "blocked", "b": "new"}


def test_time_that_runs_out_is_partial_and_the_next_run_goes_on(student):
    source = Instructor({f"{number}.txt": b"%d" % number for number in range(9)})
    result = student.sync(source, budget_s=0)
    assert result.status == "partial" and result.error["code"] == "budget" and result.message == "more to come"
    assert sync(student, source).counts == {"new": 9}


def test_a_connection_that_breaks_in_the_middle_keeps_what_came(student):
    from classhub.materials.source import Offline

    def breaks(count, _):
        if count == 3:
            raise Offline("cut")

    source = Instructor({f"{number}.txt": b"%d" % number for number in range(9)}, before_blob=breaks)
    result = student.sync(source)
    assert result.status == "partial" and result.counts == {"new": 3}
    source.before_blob = lambda count, digest: None
    assert sync(student, source).counts == {"new": 6}


def test_no_room_on_the_disk_names_what_did_not_fit(student, monkeypatch):
    from classhub.materials import disk

    monkeypatch.setattr(disk, "free_bytes", lambda folder: 8_000_100)
    result = student.sync(Instructor({"a": b"a" * 50, "b": b"b" * 90}))
    assert (
        result.status == "partial"
        and result.error["code"] == "space"
        and actions(result) == {"a": "new", "b": "blocked"}
    )


def test_the_file_of_a_link_comes_first_and_alone(student):
    source = Instructor({"a": b"a", "z/lab.ipynb": TEXT})
    result = sync(student, source, first=["z/lab.ipynb"], only_first=True)
    assert student.files() == {"z/lab.ipynb": TEXT} and result.release_applied == ""


def test_the_file_of_an_old_link_is_found_under_its_new_name(student):
    source = Instructor({"new.txt": b"n"}, extra={"renames": {"old.txt": "new.txt"}})
    sync(student, source, first=["old.txt"], only_first=True)
    assert student.files() == {"new.txt": b"n"}


def test_a_link_to_a_file_that_is_still_to_come_says_when(student):
    source = Instructor({"a": b"a"}, extra={"coming": {"lab2": "Monday 9:00"}})
    assert said(sync(student, source, first=["lab2"], only_first=True), "lab2").why == "it is released Monday 9:00"


@pytest.mark.parametrize("moment", [-1e18, 0.0, 1e18, float("nan"), 4e9])
def test_a_wrong_clock_does_no_harm(student, moment):
    source = Instructor({"a": b"a"})
    assert student.sync(source, now=lambda: moment).status == "done"
    student.write("a", b"mine")
    source.put("a", b"b")
    assert student.sync(source, now=lambda: moment).status == "done" and b"mine" in student.files().values()


def test_a_mistake_of_ours_is_a_result_without_a_traceback(student):
    class Broken(Instructor):
        def manifest(self):
            raise ZeroDivisionError("secret token")

    result = student.sync(Broken())
    assert (result.status, result.error["code"]) == ("failed", "bug")
    assert "secret" not in (student.state / "result.json").read_text() and "ZeroDivisionError" in result.error["text"]


def test_a_file_in_place_of_our_own_folder_makes_room(student):
    (student.home / ".classhub").write_bytes(b"mine")
    sync(student, Instructor({"a": b"a"}))
    assert (student.home / f".classhub.mine-{DAY}").read_bytes() == b"mine" and student.read("a") == b"a"


def test_a_link_in_place_of_our_own_folder_is_used_if_it_leads_to_one(student, tmp_path):
    (tmp_path / "scratch").mkdir()
    (student.home / ".classhub").symlink_to(tmp_path / "scratch")
    sync(student, Instructor({"a": b"a"}))
    assert (tmp_path / "scratch" / "comp141" / "result.json").exists()


def test_a_link_in_place_of_our_own_folder_that_leads_nowhere_makes_room(student):
    (student.home / ".classhub").symlink_to("nowhere")
    sync(student, Instructor({"a": b"a"}))
    assert (student.home / ".classhub" / "comp141" / "result.json").exists()


def test_a_home_that_is_missing_is_a_result(student):
    student.home.rmdir()
    result = student.sync(Instructor({"a": b"a"}))
    assert (result.status, result.error["code"]) == ("failed", "home")


def test_a_student_s_repository_in_the_folder_is_left_alone(student):
    source = handed_out(student)
    student.write(".git/HEAD", b"ref: refs/heads/main\n")
    student.write(".gitignore", b"*\n")
    source.put("lab1.ipynb", CORRECTED)
    assert (
        actions(sync(student, source)) == {"lab1.ipynb": "updated"}
        and student.read(".git/HEAD") == b"ref: refs/heads/main\n"
    )


def test_a_folder_of_nbgitpuller_is_adopted_by_its_last_commit(student):
    head, local = "a" * 40, "b" * 40
    source = Instructor({"lab1.ipynb": CORRECTED}, commits={head: {"lab1.ipynb": digest(TEXT)}})
    source.blobs_known[digest(TEXT)] = TEXT
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    student.write(".git/HEAD", b"ref: refs/heads/main\n")
    student.write(".git/refs/heads/main", local.encode() + b"\n")
    student.write(".git/packed-refs", b"# pack-refs\n" + head.encode() + b" refs/remotes/origin/main\n")
    assert (
        actions(sync(student, source)) == {"lab1.ipynb": "merged"} and student.read("lab1.ipynb") == b"ONE\ntwo\nmine"
    )


def test_a_folder_of_nbgitpuller_is_adopted_over_its_own_commits(student):
    """What was fetched but never merged is no base: the student never had it."""
    import zlib

    old, fetched, local = "a" * 40, "c" * 40, "b" * 40
    source = Instructor({"lab1.ipynb": CORRECTED})
    source.commits = {old: {"lab1.ipynb": digest(TEXT)}, fetched: {"lab1.ipynb": digest(CORRECTED)}}
    source.blobs_known[digest(TEXT)] = TEXT
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    student.write(".git/HEAD", b"ref: refs/heads/main\n")
    student.write(".git/refs/heads/main", local.encode())
    student.write(".git/refs/remotes/origin/main", fetched.encode())
    commit = f"tree {'d' * 40}\nparent {old}\nauthor a\n\nparent of nothing\n".encode()
    student.write(f".git/objects/{local[:2]}/{local[2:]}", zlib.compress(b"commit %d\0" % len(commit) + commit))
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged"}


def test_a_folder_of_nbgitpuller_that_is_damaged_is_taken_as_it_lies(student):
    source = Instructor({"lab1.ipynb": CORRECTED, "data.csv": b"\0data"})
    source.ever["lab1.ipynb"].add(digest(TEXT))
    student.write("lab1.ipynb", TEXT)
    student.write(".git/HEAD", b"\xff\0garbage")
    assert actions(sync(student, source)) == {"lab1.ipynb": "updated", "data.csv": "new"}


def test_starting_over_moves_the_student_s_own_aside(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"a mess")
    result = restore.start_over(source, student.home, "comp141", "lab1.ipynb", now=lambda: 0.0)
    assert result.message == f"your own lab1 is now lab1.mine-{DAY}.ipynb"
    assert student.read("lab1.ipynb") == TEXT and student.read(f"lab1.mine-{DAY}.ipynb") == b"a mess"


def test_starting_over_an_untouched_file_changes_nothing(student):
    source = handed_out(student)
    before = student.listing()
    assert restore.start_over(source, student.home, "comp141", "week").status == "done" and student.listing() == before


def test_starting_over_without_a_connection_moves_nothing(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"a mess")
    before = student.listing()
    assert restore.start_over(Unreachable(source.files), student.home, "comp141", "lab1.ipynb").status == "offline"
    assert student.listing() == before


def test_a_version_before_a_merge_is_restored_and_the_present_one_kept(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    (version,) = restore.versions(student.state, "lab1.ipynb")
    result = restore.restore(student.home, "comp141", "lab1.ipynb", version.name)
    assert result.status == "done", result
    assert student.read("lab1.ipynb") == b"one\ntwo\nmine"
    assert digest(b"ONE\ntwo\nmine") in {one.digest for one in restore.versions(student.state, "lab1.ipynb")}
    student.write("lab1.ipynb", b"edited since")
    assert b"one\ntwo\nmine" in student.all_contents()
    assert actions(sync(student, source))["lab1.ipynb"] == "kept"


def test_any_version_that_was_handed_out_can_be_restored(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    result = restore.restore(student.home, "comp141", "lab1.ipynb", digest(TEXT), source=source)
    assert result.status == "done" and student.read("lab1.ipynb") == TEXT


def test_a_version_that_does_not_exist_is_said(student):
    handed_out(student)
    result = restore.restore(student.home, "comp141", "lab1.ipynb", "none")
    assert (result.status, result.error["code"]) == ("failed", "version") and student.read("lab1.ipynb") == TEXT


def test_what_changed_is_shown_without_writing(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine\n")
    student.path("data.csv").unlink()
    source.put("week/x.txt", b"new")
    source.put("week/y.txt", None)
    source.put("week/z.txt", b"z")
    before = student.listing()
    found = {one.path: (one.yours, one.course) for one in changes(source, student.home, "comp141")}
    assert found == {
        "lab1.ipynb": ("edited", ""),
        "data.csv": ("missing", ""),
        "week/x.txt": ("", "updated"),
        "week/y.txt": ("", "withdrawn"),
        "week/z.txt": ("", "new"),
    }
    assert student.listing() == before


def test_a_folder_in_use_is_known_after_a_run_without_a_connection(student):
    source = handed_out(student)
    assert student.sync(Unreachable(), first=["lab1.ipynb"], only_first=True).folder == "COMP141"
    assert whereabouts.course_of(student.home, "COMP141/lab1.ipynb") == ("comp141", "lab1.ipynb", "COMP141")
    (student.state / "result.json").unlink()
    assert whereabouts.folder_in_use(student.home, student.state) == "COMP141"
    assert sync(student, source).folder == "COMP141"


def test_a_release_that_names_another_folder_comes_where_the_course_lies(student):
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    student.sync(Unreachable())
    source.folder = "comp-141-spring"
    source.put("lab1.ipynb", CORRECTED)
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged"}
    assert student.read("lab1.ipynb") == b"ONE\ntwo\nmine" and not (student.home / "comp-141-spring").exists()


def test_a_second_folder_of_a_course_is_refused_while_the_first_is_there(student):
    source = handed_out(student)
    result = student.sync(source, folder="elsewhere")
    assert (result.status, result.error["code"]) == ("failed", "folder")
    assert not (student.home / "elsewhere").exists()
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged"}
    student.course.rename(student.home / "kept")
    assert sync(student, source, folder="elsewhere").folder == "elsewhere"


@pytest.mark.parametrize("is_named", [False, True])
def test_what_is_asked_for_in_a_folder_of_another_name_is_done_there(student, monkeypatch, capsys, is_named):
    source = Instructor({"lab1.ipynb": TEXT})
    sync(student, source, folder="my-clone")
    place = student.home / "my-clone" / "lab1.ipynb"
    place.write_bytes(b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source, folder="my-clone")
    monkeypatch.setenv("HOME", str(student.home))
    if is_named:
        assert verbs.main(["restore", "my-clone/lab1.ipynb"]) == 0
    else:
        (version,) = restore.versions(student.state, "lab1.ipynb")
        assert restore.restore(student.home, "comp141", "lab1.ipynb", version.name).status == "done"
    assert place.read_bytes() == b"one\ntwo\nmine" and not student.course.exists()
    assert restore.start_over(source, student.home, "comp141", "lab1.ipynb").status == "done"
    assert place.read_bytes() == CORRECTED and not student.course.exists()
    assert changes(source, student.home, "comp141") == []


@pytest.mark.parametrize("folder", ["{home}/.ipython/profile_default", "/tmp", "../up"])
def test_a_folder_outside_the_home_that_a_release_names_is_refused(student, tmp_path, folder):
    source = Instructor({"startup.py": b"evil"}, folder=folder.format(home=student.home))
    result = student.sync(source)
    assert (result.status, result.error["code"]) == ("failed", "folder")
    assert not list(tmp_path.rglob("startup.py"))
    assert sync(student, source, folder=str(tmp_path / "scratch")).folder == str(tmp_path / "scratch")


def test_files_of_a_commit_that_lie_elsewhere_are_not_taken_for_the_course_s(student):
    own = student.write("../victim.txt", b"mine")
    head = student.write(".git/HEAD", b"a" * 40)
    source = Instructor({"a.txt": b"a"})
    source.commits["a" * 40] = {"../victim.txt": digest(b"mine"), ".git/HEAD": digest(b"a" * 40), "a.txt": "../../x"}
    assert actions(sync(student, source)) == {"a.txt": "new"}
    assert own.read_bytes() == b"mine" and head.read_bytes() == b"a" * 40


def test_a_link_that_leads_out_by_way_of_another_is_skipped_and_named(student):
    student.write("../.ssh/id", b"secret")
    source = Instructor({"deep/er/l": Link("../.."), "m": Link("deep/er/l/../.ssh/id")})
    assert actions(sync(student, source)) == {"deep/er/l": "new", "m": "skipped"}
    assert not student.path("m").is_symlink()


@pytest.mark.parametrize("version", ["none", "0" * 64])
def test_a_version_that_does_not_exist_moves_nothing(student, version):
    source = handed_out(student)
    student.write("mine.txt", b"mine")
    before = student.listing()
    for path in ("mine.txt/x", "new/deep/x", "lab1.ipynb"):
        result = restore.restore(student.home, "comp141", path, version, source=source)
        assert (result.status, result.error["code"]) == ("failed", "version") and student.listing() == before


def test_a_version_that_arrives_damaged_is_not_restored(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    source.blobs_known[digest(TEXT)] = b"garbage"
    result = restore.restore(student.home, "comp141", "lab1.ipynb", digest(TEXT), source=source)
    assert (result.status, result.error["code"]) == ("failed", "version") and student.read("lab1.ipynb") == CORRECTED
    assert not list(student.home.rglob(".classhub-*"))


def test_a_kept_version_that_is_no_file_any_more_is_said(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    (version,) = restore.versions(student.state, "lab1.ipynb")
    (place,) = student.state.glob(f"undo/*/{version.name}")
    place.unlink()
    os.mkfifo(place)
    result = restore.restore(student.home, "comp141", "lab1.ipynb", version.name)
    assert (result.status, result.error["code"]) == ("failed", "version") and student.read("lab1.ipynb") == CORRECTED


def a_file(student):
    student.path("week").write_bytes(b"mine")
    return f"week.mine-{DAY}", "week/x.txt"


def a_link(student):
    student.path("week").symlink_to("../away")
    return "week", "week.new-*/x.txt"


@pytest.mark.parametrize("obstacle", [a_file, a_link])
def test_starting_over_what_lies_below_something_else_brings_it(student, obstacle):
    source = handed_out(student)
    student.path("week").rename(student.home / "away")
    (student.home / "away" / "x.txt").write_bytes(b"broken")
    kept, brought = obstacle(student)
    result = restore.start_over(source, student.home, "comp141", "week/x.txt", now=lambda: 0.0)
    assert result.status == "done" and result.message != "Nothing new."
    (place,) = student.course.glob(brought)
    assert place.read_bytes() == b"x" and os.path.lexists(student.path(kept))
    assert (student.home / "away" / "x.txt").read_bytes() == b"broken"


def test_a_version_of_what_lies_below_something_else_is_restored(student):
    source = handed_out(student)
    student.path("week").rename(student.home / "away")
    a_file(student)
    result = restore.restore(student.home, "comp141", "week/x.txt", digest(b"x"), source=source, now=lambda: 0.0)
    assert result.status == "done" and student.read("week/x.txt") == b"x"
    assert student.read(f"week.mine-{DAY}") == b"mine"


def in_place(student):
    """As Jupyter saves."""
    student.write("lab1.ipynb", b"saved in the gap")


def by_renaming(student):
    """As most other editors save."""
    student.write(".lab1.ipynb.swp", b"saved in the gap")
    student.path(".lab1.ipynb.swp").rename(student.path("lab1.ipynb"))


def by_a_folder(student):
    student.path("lab1.ipynb").unlink()
    student.write("lab1.ipynb/notes.txt", b"saved in the gap")


def in_the_gap(monkeypatch, verb, act):
    """Once, right before that verb of the disk touches the notebook."""
    from classhub.materials import disk

    real, left = getattr(disk, verb), [act]

    def acts_first(folder, *names):
        if b"lab1.ipynb" in names and left:
            left.pop()()
        return real(folder, *names)

    monkeypatch.setattr(disk, verb, acts_first)


@pytest.fixture(params=["one step", "two steps"])
def is_one_step(request, monkeypatch):
    """Whether this disk can swap two names in one step."""
    from classhub.materials import renaming

    if request.param == "two steps":
        monkeypatch.setattr(renaming, "exchange", lambda *_: False)
    elif not swaps():
        pytest.skip("this machine's disk cannot swap two names")
    return request.param == "one step"


def swaps() -> bool:
    from classhub.materials import renaming

    with TemporaryDirectory() as place:
        for name in "ab":
            Path(place, name).touch()
        folder = os.open(place, os.O_RDONLY)
        try:
            return renaming.exchange(folder, b"a", b"b")
        finally:
            os.close(folder)


def test_a_save_in_the_gap_of_an_update_is_put_beside(student, monkeypatch, is_one_step):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    in_the_gap(monkeypatch, "swap" if is_one_step else "replace", lambda: in_place(student))
    result = sync(student, source)
    assert student.read("lab1.ipynb") == CORRECTED and student.read(f"lab1.mine-{DAY}.ipynb") == b"saved in the gap"
    assert "your own lab1" in result.message


@pytest.mark.skipif(not swaps(), reason="this machine's disk cannot swap two names")
@pytest.mark.parametrize("save", [by_renaming, by_a_folder])
def test_a_file_that_another_takes_the_name_of_in_the_gap_of_an_update_is_put_beside(student, monkeypatch, save):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    in_the_gap(monkeypatch, "swap", lambda: save(student))
    result = sync(student, source)
    assert student.read("lab1.ipynb") == CORRECTED and b"saved in the gap" in student.all_contents()
    assert "your own lab1" in result.message
    assert set(sync(student, source).counts) <= {"kept"}


@pytest.mark.skipif(not swaps(), reason="this machine's disk cannot swap two names")
def test_a_disk_that_fails_after_such_a_swap_leaves_what_was_saved_in_its_place(student, monkeypatch):
    from classhub.materials import disk

    real = disk.move

    def full(folder, old, new):
        if b".mine-" in new:
            raise OSError(errno.ENOSPC, "full")
        return real(folder, old, new)

    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    in_the_gap(monkeypatch, "swap", lambda: by_renaming(student))
    with monkeypatch.context() as patch:
        patch.setattr(disk, "move", full)
        assert student.sync(source, now=lambda: 0.0).status == "partial"
    assert student.read("lab1.ipynb") == b"saved in the gap"


@pytest.mark.parametrize("save", [in_place, by_renaming, by_a_folder])
def test_a_save_in_the_gap_of_a_removal_is_put_back(student, monkeypatch, save):
    source = handed_out(student)
    source.put("lab1.ipynb", None)
    in_the_gap(monkeypatch, "replace", lambda: save(student))
    sync(student, source)
    place = student.path("lab1.ipynb")
    assert (place / "notes.txt" if place.is_dir() else place).read_bytes() == b"saved in the gap"
    assert "lab1.ipynb" not in actions(sync(student, source))


@pytest.mark.parametrize("own", [TEXT, b"one\ntwo\nmine"], ids=["an old copy", "an edited one"])
def test_a_save_on_top_of_a_correction_that_has_just_come_gets_it_once_more(student, monkeypatch, own):
    monkeypatch.setattr(overtaken, "WITHIN_NS", 600 * 10**9)
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    student.write("lab1.ipynb", own)
    assert actions(sync(student, source))["lab1.ipynb"] in ("merged", "updated")
    assert student.read("lab1.ipynb").startswith(b"ONE") and own in student.all_contents()


def test_a_save_on_top_of_it_that_clashes_stays_as_it_is(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    student.write("lab1.ipynb", b"mine\ntwo\nthree")
    assert actions(sync(student, source)) == {"lab1.ipynb": "kept"}
    assert student.read("lab1.ipynb") == b"mine\ntwo\nthree"


def test_work_on_a_correction_that_has_just_come_is_work_as_any(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    student.write("lab1.ipynb", CORRECTED + b" and mine")
    assert actions(sync(student, source)) == {"lab1.ipynb": "kept"}
    source.put("lab1.ipynb", b"ONE more\ntwo\nthree")
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged"}
    assert student.read("lab1.ipynb") == b"ONE more\ntwo\nthree and mine"


def test_a_save_that_takes_a_correction_back_later_holds(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    came = student.path("lab1.ipynb").stat().st_ctime
    student.write("lab1.ipynb", TEXT)
    os.utime(student.path("lab1.ipynb"), (came + 3, came + 3))
    for _ in range(2):
        assert actions(sync(student, source)) == {"lab1.ipynb": "kept"}
    assert student.read("lab1.ipynb") == TEXT


def test_a_save_that_holds_a_correction_and_own_work_takes_the_next_one(student):
    """What a tab does that shows both."""
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    student.write("lab1.ipynb", b"ONE\ntwo\nmine, too")
    source.put("lab1.ipynb", b"ONE more\ntwo\nthree")
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged"}
    assert student.read("lab1.ipynb") == b"ONE more\ntwo\nmine, too"


def test_a_run_for_another_file_does_not_forget_what_was_saved_over(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    sync(student, source)
    student.write("lab1.ipynb", b"mine\ntwo\nthree")
    sync(student, source, first=("data.csv",), only_first=True)
    assert actions(sync(student, source)) == {"lab1.ipynb": "kept"}
    assert not list(student.course.glob("*.new-*"))


def test_a_save_between_plan_and_work_is_seen(student):
    source = handed_out(student)
    source.put("lab1.ipynb", CORRECTED)
    source.before_blob = lambda count, digest: student.write("lab1.ipynb", b"one\ntwo\nmine")
    assert actions(sync(student, source))["lab1.ipynb"] == "merged" and student.read("lab1.ipynb") == b"ONE\ntwo\nmine"


@pytest.mark.parametrize("is_old", [False, True], ids=["renameat2", "no renameat2"])
def test_a_disk_without_hard_links_loses_nothing_either(student, monkeypatch, is_old):
    from classhub.materials import disk, renaming

    def refuse(*_):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(disk, "link", refuse)
    if is_old:
        monkeypatch.setattr(renaming, "exchange", lambda *_: False)
        monkeypatch.setattr(renaming, "to_free", lambda *_: False)
    source = handed_out(student)
    student.write("lab1.ipynb", b"one\ntwo\nmine")
    student.write("new.txt", b"my own")
    source.put("lab1.ipynb", CORRECTED)
    source.put("new.txt", b"the course's")
    assert actions(sync(student, source)) == {"lab1.ipynb": "merged", "new.txt": "aside"}
    assert {b"one\ntwo\nmine", b"my own", b"the course's", b"ONE\ntwo\nmine"} <= student.all_contents()


def later(monkeypatch) -> None:
    """All that lies there was written long before the next sync."""
    from classhub.materials import disk

    real = disk.touch
    monkeypatch.setattr(disk, "touch", lambda descriptor: real(descriptor) + 3_000_000_000)


def test_a_file_that_was_written_just_now_is_read_again(student, monkeypatch):
    """Same size, same time: only what was hashed long after it was written is trusted."""
    from classhub.materials import disk, record, tree

    def trusted() -> set[str]:
        folder = disk.open_folder(os.fsencode(student.state))
        try:
            return {path for path, known in record.load(folder, "COMP141").paths.items() if known.print}
        finally:
            disk.close(folder)

    source = handed_out(student)
    os.utime(student.path("data.csv"), (1, 1))
    with monkeypatch.context() as patch:
        patch.setattr(tree, "RACY_NS", 600 * 10**9)
        sync(student, source)
    assert trusted() == set(), "whoever writes a file may set its time back"
    later(monkeypatch)
    sync(student, source)
    assert trusted() == set(source.files)


def test_a_file_that_did_not_change_is_not_read_again(student, monkeypatch):
    from classhub.materials import disk

    source = handed_out(student)
    later(monkeypatch)
    sync(student, source)
    read, real = [], disk.open_file
    monkeypatch.setattr(disk, "open_file", lambda folder, name: read.append(name) or real(folder, name))
    assert sync(student, source).same == 4
    assert not {b"lab1.ipynb", b"data.csv", b"x.txt", b"y.txt"} & set(read)


def test_a_pipe_in_the_place_of_the_log_keeps_nobody_waiting(student):
    source = handed_out(student)
    log = student.home / ".classhub" / "sync.log"
    log.unlink()
    os.mkfifo(log)
    for _ in range(3):
        assert sync(student, source).message == "Nothing new."
    assert stat.S_ISFIFO(log.lstat().st_mode)
    held = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert sync(student, source).message == "Nothing new."
        assert os.read(held, 100) == b"", "nothing fills it, so that no sync can ever wait for a reader"
    finally:
        os.close(held)


def test_a_file_that_is_left_empty_comes_once_more(student, monkeypatch):
    source = handed_out(student)
    student.path("data.csv").write_bytes(b"")
    later(monkeypatch)
    assert actions(sync(student, source)) == {"data.csv": "kept"}, "an editor that saves empties a file for a moment"
    assert actions(sync(student, source)) == {"data.csv": "updated"}
    assert student.files() == source.files


def test_work_in_a_file_that_was_empty_for_a_moment_is_work_as_any(student, monkeypatch):
    source = handed_out(student)
    student.path("data.csv").write_bytes(b"")
    later(monkeypatch)
    sync(student, source)
    student.write("data.csv", b"\0mine")
    assert actions(sync(student, source)) == {"data.csv": "kept"} and student.read("data.csv") == b"\0mine"
    source.put("data.csv", b"\0new")
    assert actions(sync(student, source)) == {"data.csv": "beside"}


def test_a_file_of_the_course_that_is_empty_is_left_alone(student, monkeypatch):
    source = Instructor({"empty": b"", "student/own": b"x"})
    student.sync(source)
    later(monkeypatch)
    for _ in range(2):
        assert sync(student, source).message == "Nothing new."


def test_removals_that_take_too_long_go_on_with_the_next_run(student, monkeypatch):
    from classhub.materials.run import Run

    source = Instructor({f"{number}.txt": b"x" for number in range(9)})
    student.sync(source)
    source.publish({"0.txt": b"x"})
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr(Run, "is_late", lambda _: asked.append(1) or len(asked) > 4)
        result = student.sync(source)
    assert result.status == "partial" and result.error["code"] == "budget" and 1 < len(student.files()) < 9
    sync(student, source)
    assert student.files() == {"0.txt": b"x"}

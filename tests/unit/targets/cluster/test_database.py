"""The hub's database is copied and put back by its own script, in the hub's pod or in a Job's, on a real disk."""

import json
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest

from classhub.errors import OutsideFailed, Refused
from classhub.outside.kubernetes import Forbidden, Invalid, OverQuota, Uncounted
from classhub.targets.cluster import database, errand
from unit.targets.cluster import objects
from unit.targets.cluster.test_errand import deployment, failed

CLAIM = {"metadata": {"name": "hub-db-dir", "labels": objects.labels("hub")}}


class Namespace:
    """One with the hub's claim in it, whose disk is a folder. Programs in its pods really run there."""

    namespace = "jhub"

    def __init__(self, disk):
        self.disk, self.claim = disk, CLAIM
        self.jobs, self.rehearsed, self.events = {}, [], []
        self.refuse = {}  # by kind, of a dry run

    def get(self, kind, name):
        return self.claim

    def create(self, body, *, dry_run=False):
        if dry_run:
            self.rehearsed.append(body["kind"])
            if error := self.refuse.get(body["kind"]):
                raise error
            return body
        argv = body["spec"]["template"]["spec"]["containers"][0]["command"]
        self.jobs[body["metadata"]["name"]] = None if self.events else self.run("", "", argv)
        return {**body, "metadata": {**body["metadata"], "uid": "uid-1"}}

    def run(self, pod, container, argv, timeout_s=60):
        place = [one.replace(errand.MOUNT, str(self.disk)) if one.startswith("/") else one for one in argv[1:]]
        done = subprocess.run([sys.executable, *place], capture_output=True, text=True, check=False)
        return SimpleNamespace(out=done.stdout, err=done.stderr, code=done.returncode)

    def list(self, kind, labels="", fields=""):
        if kind == "Event":
            return [one for one in self.events if fields == "involvedObject.uid=uid-1"]
        ran = [(name, done) for name, done in self.jobs.items() if done and labels == f"{errand.LABEL}={name}"]
        return [{"metadata": {"name": name}, "status": {"phase": "Succeeded"}} for name, _ in ran]

    def logs(self, pod, container, tail):
        return self.jobs[pod].out.splitlines()

    def delete(self, kind, name):
        self.jobs.pop(name, None)


@pytest.fixture
def there(tmp_path):
    return Namespace(tmp_path)


@pytest.fixture
def told():
    return []


def hub(pod=None, **what):
    return database.Hub("jhub", deployment(**what), pod)


def ready():
    spec = {"nodeName": "node-a", "containers": [{"name": "hub"}]}
    return {**objects.pod("hub"), "spec": spec}


def make(path, schema="v1"):
    with sqlite3.connect(path) as made:
        made.execute("create table if not exists alembic_version (version_num text)")
        made.execute("delete from alembic_version")
        made.execute("insert into alembic_version values (?)", (schema,))
    made.close()


@pytest.mark.parametrize("pod", [None, ready()], ids=["in a pod of its own", "in the hub's"])
def test_it_is_copied_and_found(there, told, pod):
    make(there.disk / database.FILE)
    assert database.back_up(there, hub(pod), 7, told.append)
    assert (there.disk / database.FOLDER / "revision-7.sqlite").exists()
    database.find_copy(there, hub(pod), 7, told.append)
    assert told == ["The hub's database is copied (0.0 MiB).", "There is a copy (0.0 MiB)."]


def test_what_exec_sends_fits_in_an_address():
    assert sum(map(len, hub().packed("back-up", 7))) < 8000


@pytest.mark.parametrize("shared", [True, False])
def test_a_database_elsewhere_is_said_in_one_sentence_and_left_alone(there, told, shared):
    assert not database.back_up(there, hub(ready(), database=False, shared=shared), 7, told.append)
    assert len(told) == 1 and "hub.db.type" in told[0]
    assert list(there.disk.iterdir()) == []


def test_somebody_elses_claim_in_the_same_place_is_not_the_hubs(there, told):
    there.claim = {"metadata": {"name": "hub-db-dir", "labels": {"app": "other"}}}
    assert not database.back_up(there, hub(ready()), 7, told.append)
    assert len(told) == 1 and "hub.db.type" in told[0]


def test_a_hub_that_runs_without_a_database_on_its_disk_is_an_error(there, told):
    with pytest.raises(OutsideFailed, match=r"holds no jupyterhub\.sqlite"):
        database.back_up(there, hub(ready()), 7, told.append)
    assert told == []


def test_a_hub_that_never_came_up_has_nothing_to_copy(there, told):
    assert not database.back_up(there, hub(objects.pod("hub", ready=False)), 1, told.append)
    assert told == ["There is no database yet: the hub never came up."]


def test_the_copy_that_is_to_come_back_is_not_thinned_out(there, told):
    make(there.disk / database.FILE)
    for revision in range(1, 9):
        database.back_up(there, hub(ready()), revision, told.append, keep=1)
    database.find_copy(there, hub(ready()), 1, told.append)
    assert len(list((there.disk / database.FOLDER).iterdir())) == 5


def test_a_copy_of_another_schema_stays_and_is_said(there, told):
    make(there.disk / database.FILE, "v1")
    database.back_up(there, hub(ready()), 7, told.append)
    make(there.disk / database.FILE, "v2")
    database.back_up(there, hub(ready()), 7, told.append)
    assert "has another schema, and stays; this one is revision-7-schema-v2.sqlite." in told[-1]
    database.restore(there, hub(), 7, always=False, tell=told.append)
    assert "is back (the newer hub has changed its schema (v2))" in told[-1]


def test_the_hub_in_force_that_migrated_by_itself_has_a_new_copy_under_the_same_name(there, told):
    make(there.disk / database.FILE, "v1")
    database.back_up(there, hub(ready()), 7, told.append, is_its=True)
    make(there.disk / database.FILE, "v2")
    database.back_up(there, hub(ready()), 7, told.append, is_its=True)
    database.restore(there, hub(), 7, always=False, tell=told.append)
    assert told[-1] == "The hub's database is sound and of the same schema: it stays, with everybody in it."


def test_a_missing_database_comes_back_without_a_word_of_another(there, told):
    make(there.disk / database.FILE)
    database.back_up(there, hub(ready()), 7, told.append)
    (there.disk / database.FILE).unlink()
    database.restore(there, hub(), 7, always=False, tell=told.append)
    assert told[-1] == "The hub's database of revision 7 is back (there is no database)."


def test_a_pod_that_may_not_be_made_fails_at_once(there, told):
    there.events = [failed("forbidden: failed quota: room: must specify limits.cpu")]
    with pytest.raises(OutsideFailed, match="must specify") as error:
        database.back_up(there, hub(), 7, told.append)
    assert "describe resourcequota" in error.value.fix
    assert there.jobs == {}, "the Job is taken away"


def test_a_full_quota_may_pass_and_then_fails(there, told, monkeypatch):
    monkeypatch.setattr(database, "REFUSED_S", 0.4)
    there.events = [failed("forbidden: exceeded quota: room, requested: pods=1, used: pods=9, limited: pods=9")]
    with pytest.raises(OutsideFailed, match="exceeded quota"):
        database.back_up(there, hub(), 7, told.append)
    assert len(told) == 1 and "exceeded quota" in told[0]


def test_job_and_pod_are_rehearsed_and_nothing_is_made(there):
    database.rehearse(there, hub(ready()))
    assert there.rehearsed == ["Job", "Pod"] and there.jobs == {}


def test_nothing_is_rehearsed_for_a_database_elsewhere(there):
    database.rehearse(there, hub(ready(), database=False))
    assert there.rehearsed == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("Job", Forbidden("You may not create jobs.")),
        ("Pod", Invalid("No.", "maximum memory usage per Container is 256Mi")),
        ("Pod", Uncounted("The quota room does not allow it.", "It counts what the object does not name: limits.cpu.")),
    ],
)
def test_what_would_be_refused_is_raised_before_the_hub_stops(there, kind, error):
    there.refuse = {kind: error}
    with pytest.raises(Refused, match="The hub was not stopped") as refused:
        database.rehearse(there, hub(ready()))
    assert refused.value is error and refused.value.exit_code == 1


@pytest.mark.parametrize(
    "error",
    [
        OverQuota("The quota is full.", "Asked: pods=1."),
        Forbidden("You may not create pods."),
        Invalid("No.", 'admission webhook "x" does not support dry run'),
    ],
)
def test_what_does_not_stand_in_the_way_is_no_refusal(there, error):
    there.refuse = {"Pod": error}
    database.rehearse(there, hub(ready()))


def test_a_full_quota_is_one_where_no_hub_gives_its_room(there):
    there.refuse = {"Pod": OverQuota("The quota is full.")}
    with pytest.raises(OverQuota):
        database.rehearse(there, hub())


def test_too_little_room_says_how_much_and_what_to_do(there, told):
    full = Full(there.disk)
    make(full.disk / database.FILE)
    with pytest.raises(OutsideFailed, match=r"it takes \d+\.\d MiB, and 0\.1 MiB are free") as error:
        database.back_up(full, hub(ready()), 7, told.append)
    assert "hub.db.pvc.storage" in error.value.fix and "classhub-backups" in error.value.fix


class Full(Namespace):
    """With 100 kB free."""

    def run(self, pod, container, argv, timeout_s=60):
        full = "import os; os.statvfs = lambda _: type('S', (), {'f_bavail': 100, 'f_frsize': 1000, 'f_blocks': 9999});"
        return super().run(pod, container, [*argv[:2], full + argv[2], *argv[3:]])


def test_the_script_tells_one_line(there):
    done = there.run("", "", hub().argv("find", 3))
    assert json.loads(done.out)["missing"] is True

"""What `plan` says when a deploy brings course material to students' servers: a sentence, and no bytes."""

from dataclasses import replace

import pytest
import yaml

from classhub.config.overlay import deployed
from classhub.config.overlay_servers import ForServers
from classhub.plan.told_release import told_release
from unit.plan.test_told_release import JHUB, RUNNING, dry_run, tell

FILES = {"python.zip": b"PK\x03\x04 one", "etc/jupyter_config.py": b"import sys\n"}
OWN = "singleuser: {extraFiles: {motd: {mountPath: /etc/motd, stringData: Hello}}}"


def config(own="", files=FILES):
    """config.yaml with what a deploy adds."""
    values = yaml.safe_load(own) or {}
    given = ForServers(files, "http://classhub-mirror-jhub.jhub:8080/services/material") if files else None
    return yaml.safe_dump(deployed(values, given))


def of_servers(old, new, **more):
    told = tell(dry_run(old, new), **more)
    return [one.sentence for one in told.consequences if one.kind.value == "servers" and "material" in one.sentence]


def test_the_sentence_counts_the_servers_that_have_it_later():
    assert of_servers(config(files=None), config()) == [
        "Students' servers get ClassHub's course material; 2 running servers have it from their next start on."
    ]
    one = replace(RUNNING, servers=RUNNING.servers[:1])
    assert "1 running server has it from its next start on." in of_servers(config(files=None), config(), running=one)[0]
    none = replace(RUNNING, servers=())
    assert of_servers(config(files=None), config(), running=none) == [
        "Students' servers get ClassHub's course material."
    ]


def test_the_first_install_says_it():
    told = tell(dry_run(None, config(), replace(JHUB, installed="")))
    assert "Students' servers get ClassHub's course material." in [one.sentence for one in told.consequences]


def test_another_version_of_classhub_is_no_new_thing():
    newer = config(files={**FILES, "python.zip": b"PK\x03\x04 two"})
    assert of_servers(config(), newer) == [
        "Students' servers get ClassHub's course material by another version of ClassHub; "
        "2 running servers have it from their next start on."
    ]


def test_that_it_goes_takes_nothing_from_a_home():
    assert of_servers(config(), config(files=None)) == [
        "Students' servers no longer get ClassHub's course material; what is in a home stays; "
        "2 running servers go on with it until their next start."
    ]


def test_a_release_whose_values_nobody_knows_is_told_the_same():
    dry = replace(dry_run(config(files=None), config()), before=None)
    assert any("get ClassHub's course material" in one.sentence for one in tell(dry).consequences)


def test_nothing_is_said_where_it_stays():
    assert of_servers(config(), config("debug: {enabled: true}")) == []


def test_the_files_are_one_line_among_the_changes_and_their_secret_is_spoken_of():
    told = tell(dry_run(config(files=None), config()))
    assert sorted(one.path for one in told.changes) == [
        "singleuser.extraEnv.CLASSHUB_MATERIAL",
        "singleuser.extraEnv.JUPYTER_CONFIG_PATH",
        "singleuser.extraFiles.classhub.*",
    ]
    said = [one.sentence for one in told.consequences]
    assert not [one for one in said if "Secret" in one or one.startswith("Files in students' servers")]


def test_the_hub_restarts_as_for_every_value():
    sentences = [one.sentence for one in tell(dry_run(config(files=None), config())).consequences]
    assert "The hub restarts, about 20 s without logins and starts; running servers go on." in sentences
    assert any("keep their old settings until they are restarted" in one for one in sentences)


@pytest.mark.parametrize("old", [config(OWN, files=None), config(files=None)])
def test_a_file_of_the_colleges_own_that_changes_with_them_is_told_too(old):
    new = config(OWN.replace("Hello", "Good day"))
    told = tell(dry_run(old, new))
    assert any("motd" in one.path for one in told.changes)
    assert any(one.sentence.startswith("Files in students' servers") for one in told.consequences)


def test_no_byte_of_a_file_is_in_any_sentence():
    new = config(files={**FILES, "python.zip": b"\x00" * 50_000})
    dry = dry_run(config(files=None), new)
    told = told_release(RUNNING, dry, ())
    lines = [*(one.sentence for one in told.consequences), *(one.sentence for one in told.changes)]
    assert max(map(len, lines)) < 300
    assert not any("AAAA" in line for line in lines)

"""`classhub exec` on a cluster: what the program says is passed on as it is, and its exit code is ours."""

from pathlib import Path
from types import SimpleNamespace

from classhub.operations import targets
from classhub.targets.cluster.target import ClusterTarget
from unit.targets.cluster.objects import pod, workload
from unit.targets.cluster.standing import Standing


class Cluster(Standing):
    """Each program of its hub writes to both streams and ends with 7."""

    def run_aloud(self, name, container, argv, *, out, err, stdin, timeout_s):
        assert (container, argv, stdin) == ("hub", ["ls", "-l"], None)
        out(b"half a line, ")
        out("über\n".encode())
        err(b"hush\n")
        return 7


def test_output_goes_where_it_belongs_and_the_exit_code_on(classhub, monkeypatch):
    hub = pod("hub", containerStatuses=[{"name": "hub", "state": {"running": {}}}])
    cluster = Cluster(Deployment=[workload("hub")], Pod=[hub | {"spec": {"containers": [{"name": "hub"}]}}])
    target = ClusterTarget(Path("config"), {})
    target.at = SimpleNamespace(cluster=cluster, release="jhub")
    monkeypatch.setattr(targets, "cluster", lambda *_: target)
    done = classhub("-t", "cluster", "exec", "hub", "--", "ls", "-l")
    assert (done.code, done.out, done.err) == (7, "half a line, über\n", "hush\n")

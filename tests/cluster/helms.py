"""Helm in each of its kinds on the tests' cluster, and the words that tests say to it."""

import importlib.util
import os
import time

import pytest

from classhub.errors import ClasshubError
from classhub.outside import helm_sdk
from classhub.outside.helm import Access, HelmFailed, find_helm
from cluster import helm_binaries
from cluster.tiny_chart import tiny_chart

__all__ = ["api", "backend", "chart", "helm", "helm_of", "paths"]
BACKENDS = ("helm 3", "helm 4", "sdk")
PROGRAMS = {"helm 3": "3.17.3", "helm 4": "4.3.1"}
SECRET = "s3cret-of-the-college"
BRIEF_S = 120.0


def without(reason):
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def paths():
    """By backend: a PATH with the one helm in it."""
    try:
        return {name: str(helm_binaries.helm_program(version).parent) for name, version in PROGRAMS.items()}
    except helm_binaries.NotToBeHad as error:
        without(str(error))


@pytest.fixture
def helm_of(control_plane, namespace, paths):
    """helm_of(backend, kubeconfig=..., context=...) -> Helm in this test's namespace."""

    def made(backend, kubeconfig=None, context=""):
        access = Access(kubeconfig or control_plane.kubeconfig, context, namespace)
        environ = {**os.environ, "HELM_NAMESPACE": "elsewhere", "HELM_KUBEAPISERVER": "https://127.0.0.1:9"}
        if backend == "sdk":
            if importlib.util.find_spec("helm_python") is None:
                without("helm-python-sdk is not installed: it is in requirements/dev.txt")
            return helm_sdk.HelmSdk(access, {**environ, "PATH": "/nowhere"})
        return find_helm(access, {**environ, "PATH": paths[backend]})

    return made


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def helm(helm_of, backend):
    return helm_of(backend)


@pytest.fixture(scope="session")
def chart(tmp_path_factory):
    path = tmp_path_factory.mktemp("chart") / "jupyterhub-4.4.0.tgz"
    path.write_bytes(tiny_chart())
    return path


@pytest.fixture
def api(control_plane, namespace):
    """api(name) -> the data of a ConfigMap or Secret here, or None."""
    core = f"/api/v1/namespaces/{namespace}"

    def found(kind, name):
        path = f"{core}/{kind}/{name}"
        return control_plane.api.get(path) if control_plane.api.exists(path) else None

    return found


def deploy(helm, chart, timeout_s=BRIEF_S, description="by test", **values):
    return helm.upgrade(chart, "jhub", values, description=description, timeout_s=timeout_s)


def failed(call, *arguments, kind=None, **more):
    """The error's text. Every one has a next command, and none holds a secret."""
    with pytest.raises(ClasshubError) as caught:
        call(*arguments, **more)
    error = caught.value
    said = str(error)
    assert error.fix and SECRET not in said and "\n" not in error.what
    if kind:
        assert isinstance(error, HelmFailed) and error.kind == kind, said
    return said


def statuses(helm):
    return [(one.revision, one.status) for one in helm.history("jhub")]


def by_name(objects):
    return {(one["kind"], one["metadata"]["name"]): one for one in objects}


def eventually(check, limit_s=300):
    until = time.monotonic() + limit_s
    while not (found := check()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)
    return found


def kubeconfig(server, **user):
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "t",
        "contexts": [{"name": "t", "context": {"cluster": "t", "user": "t"}}],
        "clusters": [{"name": "t", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "t", "user": user}],
    }  # fmt: skip

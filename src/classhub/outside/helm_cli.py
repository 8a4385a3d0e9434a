"""The program helm, 3.15 or newer: argv and standard input in, Helm's JSON out. Values are in neither argv nor a file."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classhub.errors import NotFound, OutsideFailed, Refused
from classhub.outside import process
from classhub.outside.helm_errors import About, failure
from classhub.outside.helm_manifest import hooks, objects
from classhub.outside.helm_release import Access, Release, release

OLDEST = (3, 15)
READ_S = 60.0
MOST_REVISIONS = 256
KEPT_REVISIONS = 10
"""Helm's own default; said aloud because the SDK's is to keep all."""
_AMISS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Without HELM_*: variables there would lead to another cluster, namespace or kind of storage than asked for."""
    return {name: value for name, value in environ.items() if not name.startswith("HELM_")}


def program(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The first helm on PATH that is Helm, and its version as 4.3.1."""
    for folder in environ.get("PATH", "").split(os.pathsep):
        path = Path(folder, "helm")
        if folder and os.access(path, os.X_OK) and path.is_file() and (version := _version(path, environ)):
            return str(path), version
    return None


def _version(path: Path, environ: Mapping[str, str]) -> str:
    """Empty for another program of that name: there is a synthesizer."""
    argv = [str(path), "version", "--template={{.Version}}"]
    try:
        said = process.run(argv, env=clean(environ), inherit=False, timeout_s=10).out
    except OutsideFailed:
        return ""
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+)\S*", said.strip())
    return found[1] if found else ""


def is_new_enough(version: str) -> bool:
    return tuple(map(int, version.split(".")[:2])) >= OLDEST


def as_input(values: Mapping[str, Any]) -> str:
    """JSON that YAML reads as the same: line ends and marks that YAML has beyond JSON's are escaped."""
    text = _AMISS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(values, ensure_ascii=False, allow_nan=False))
    if re.search(r"\\ud[89a-f]", text):
        raise Refused("The values hold half a character.", "A text in them is no Unicode.", "classhub check")
    return text


class HelmCli:
    def __init__(self, access: Access, environ: Mapping[str, str], program: str, version: str) -> None:
        self.version = version
        self.keep_fds: Sequence[int] = ()
        self._access = access
        self._env = clean(environ)
        self._program = program

    def render(
        self, chart: Path, release: str, values: Mapping[str, Any], *, kube_version: str = ""
    ) -> list[Mapping[str, Any]]:
        """The chart's objects by values alone, without hooks. No cluster is asked: secrets that it makes are new ones."""
        words = ["template", release, str(chart), "--no-hooks", "--values=-"]
        words += [f"--kube-version={kube_version}"] if kube_version else []
        return objects(self._read(words, About(release, self._access, values), as_input(values)))

    def dry_run(self, chart: Path, release: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """What an upgrade (or install) would leave, by the cluster's own state, then its hooks. Changes nothing."""
        words = self._upgrade(chart, release, "--dry-run=server", "--output=json")
        found = _json(self._read(words, About(release, self._access, values), as_input(values)))
        return [*objects(str(found["manifest"])), *hooks(str(one["manifest"]) for one in found.get("hooks") or ())]

    def upgrade(
        self,
        chart: Path,
        release: str,
        values: Mapping[str, Any],
        *,
        description: str,
        timeout_s: float,
        create_namespace: bool = True,
    ) -> Release:
        """Upgrade or install, hooks included; does not wait until it is ready. timeout_s: for each hook."""
        words = self._upgrade(chart, release, f"--description={description}", f"--timeout={_duration(timeout_s)}")
        words += [f"--history-max={KEPT_REVISIONS}"]
        words += ["--create-namespace"] if create_namespace else []
        self._change(words, About(release, self._access, values), timeout_s, as_input(values))
        return self.history(release)[-1]

    def rollback(self, release: str, revision: int, *, timeout_s: float) -> Release:
        """A new revision with all of an earlier one."""
        words = ["rollback", release, str(revision), f"--timeout={_duration(timeout_s)}"]
        words += [f"--history-max={KEPT_REVISIONS}"]
        self._change(words, About(release, self._access), timeout_s, asks=False)
        return self.history(release)[-1]

    def uninstall(self, release: str, *, timeout_s: float) -> None:
        """Remove all that it made and its history. Raises NotFound."""
        words = ["uninstall", release, f"--timeout={_duration(timeout_s)}"]
        self._change(words, About(release, self._access), timeout_s, asks=False)

    def history(self, release_: str) -> list[Release]:
        """Its revisions, oldest first."""
        words = ["history", release_, f"--max={MOST_REVISIONS}", "--output=json"]
        try:
            rows = _json(self._read(words, About(release_, self._access)))
        except NotFound:
            return []
        return [release(release_, self._access.namespace, row) for row in rows]

    def values(self, release: str, revision: int = 0) -> Mapping[str, Any]:
        """What was given to Helm for this revision; 0: the newest. Raises NotFound."""
        words = ["get", "values", release, f"--revision={revision}", "--output=json"]
        found: Mapping[str, Any] | None = _json(self._read(words, About(release, self._access)))
        return found or {}

    def manifest(self, release: str, revision: int = 0) -> list[Mapping[str, Any]]:
        """The objects of this revision, without hooks; 0: the newest. Raises NotFound."""
        words = ["get", "manifest", release, f"--revision={revision}"]
        return objects(self._read(words, About(release, self._access)))

    def _upgrade(self, chart: Path, release: str, *more: str) -> list[str]:
        # reset: without it Helm takes the last revision's values when none are given
        return ["upgrade", release, str(chart), "--install", "--reset-values", "--values=-", *more]

    def _argv(self, words: Sequence[str]) -> list[str]:
        access = self._access
        where = [f"--namespace={access.namespace}"]
        where += [f"--kubeconfig={access.kubeconfig}"] if access.kubeconfig else []
        where += [f"--kube-context={access.context}"] if access.context else []
        return [self._program, *words, *where]

    def _read(self, words: Sequence[str], about: About, given: str = "") -> str:
        argv = self._argv(words)
        try:
            return process.run(argv, env=self._env, inherit=False, stdin=given, timeout_s=READ_S).out
        except process.ProgramFailed as error:
            raise self._failed(error, about) from None

    def _change(self, words: Sequence[str], about: About, timeout_s: float, given: str = "", asks: bool = True) -> None:
        """The values are whole before helm starts: killed in between, it would take an empty input for no values at all."""
        try:
            with process.whole(given) as stdin:
                limit_s = longest(timeout_s)
                output = process.finish(
                    self._argv(words),
                    env=self._env,
                    stdin=stdin,
                    timeout_s=limit_s,
                    asks=asks,
                    keep_fds=self.keep_fds,
                )
        except process.ProgramFailed as error:
            raise self._failed(error, about) from None
        if output.code != 0:
            raise failure(output.err, about)

    def _failed(self, error: process.ProgramFailed, about: About) -> Exception:
        if error.output is None or not error.output.err.strip():
            why = error.what.rpartition("` ")[2]
            return OutsideFailed(f"helm {why}", "The cluster does not answer, or helm was stopped.", "classhub status")
        return failure(error.output.err, about)


def longest(timeout_s: float) -> float:
    """For the whole program: hooks wait one after the other."""
    return 3 * timeout_s + 60


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))}s"


def _json(text: str) -> Any:
    """helm 3 may say a word before it."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise OutsideFailed("helm answered with something that is no JSON.", "", "helm version") from error

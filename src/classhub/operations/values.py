"""The merged values as Helm sees them, and the traitlets that they become in the hub; without secrets unless asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classhub.config import secret
from classhub.config.chart.table import known, refuse_unknown
from classhub.config.extra_config import extra_config
from classhub.config.load import load
from classhub.config.model import Config
from classhub.config.traits import traits
from classhub.config.traits.names import names
from classhub.operations import snippets


@dataclass(frozen=True)
class Shown:
    """problems: what of hub.extraConfig did not run to its end; the traits are then not what the hub will have."""

    value: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def read(folder: Path, environ: Mapping[str, str], files: Sequence[Path] = (), chart: str = "") -> Config:
    """files: of values, in place of the folder's. chart: another one's defaults. Raises Mistakes, NotFound,
    Refused, WrongUsage."""
    if chart:
        refuse_unknown(chart)
    return load(folder, environ, files=files, chart=chart)


def values(config: Config, show_secrets: bool = False) -> Shown:
    """As the chart's templates are given them: own files over its defaults."""
    return Shown(config.values if show_secrets else secret.masked(config.values, (), secret.hidden(config.apart)))


def as_traits(config: Config, chart: str = "", show_secrets: bool = False) -> Shown:
    """Class to trait to value, as the chart's script and hub.extraConfig leave them in the cluster's hub."""
    settings = config.settings
    version = known(chart or settings.chart_version)
    made = traits(config.values, release=settings.release, namespace=settings.namespace, chart_version=version)
    outcome = run_extra_config(config.values, made, settings.release)
    if not show_secrets:
        _hide(config, outcome)
    return Shown(outcome.traits, tuple(failure.sentence() for failure in outcome.failures))


def run_extra_config(values: Mapping[str, Any], made: dict[str, Any], release: str) -> snippets.Outcome:
    """made: the traits before it."""
    own = extra_config(values)
    if not own:
        return snippets.Outcome(made)
    prefix = names(values, release).prefix
    return snippets.run({"traits": made, "values": values, "release": release, "prefix": prefix, "extra_config": own})


def _hide(config: Config, outcome: snippets.Outcome) -> None:
    """In traits by their names, by what the values hold, and by the snippet that set them; in failures too."""
    is_hidden = secret.hidden(config.apart)
    texts = frozenset(secret.texts(config.values, is_hidden))

    def of_secret(key: str) -> bool:
        return is_hidden(("hub", "extraConfig", key))

    outcome.traits = secret.masked(outcome.traits, ())
    for section, found in outcome.traits.items():
        for name in found if isinstance(found, dict) else ():
            by_secret = of_secret(outcome.set_by.get((section, name), ""))
            found[name] = secret.MASK if by_secret else secret.without(found[name], texts)
    outcome.failures = [
        replace(one, says="" if of_secret(one.key) else secret.without(one.says, texts)) for one in outcome.failures
    ]

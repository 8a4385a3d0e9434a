"""The merged values as Helm sees them, and the traitlets that they become in the hub; without secrets unless asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from classhub.config import secret
from classhub.config.chart.table import known, refuse_unknown
from classhub.config.extra_config import extra_config
from classhub.config.load import load
from classhub.config.model import Config
from classhub.config.overlay_servers import in_short
from classhub.config.secret_names import MASK
from classhub.config.traits import traits
from classhub.config.traits.names import names
from classhub.operations import snippets
from classhub.targets.cluster.material import for_helm as given_to_helm


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


def for_helm(config: Config, show_secrets: bool = False) -> Shown:
    """As `deploy` gives them to Helm: own files and the overlay, without the chart's defaults.

    Of files that ClassHub adds the size, unless everything is asked for, as for Helm."""
    found = given_to_helm(config)
    return Shown(found if show_secrets else in_short(secret.masked(found, (), secret.hidden(config.apart)), found))


def as_traits(config: Config, chart: str = "", show_secrets: bool = False) -> Shown:
    """Class to trait to value, as the chart's script and hub.extraConfig leave them in the cluster's hub."""
    settings = config.settings
    version = known(chart or settings.chart_version)
    make = partial(traits, release=settings.release, namespace=settings.namespace, chart_version=version)
    made = make(config.values)
    outcome = run_extra_config(config.values, made, settings.release)
    if not show_secrets:
        _hide(config, outcome, make(secret.without_free(config.values)))
    return Shown(outcome.traits, tuple(failure.sentence() for failure in outcome.failures))


def run_extra_config(values: Mapping[str, Any], made: dict[str, Any], release: str) -> snippets.Outcome:
    """made: the traits before it."""
    own = extra_config(values)
    if not own:
        return snippets.Outcome(made)
    prefix = names(values, release).prefix
    return snippets.run({"traits": made, "values": values, "release": release, "prefix": prefix, "extra_config": own})


def _hide(config: Config, outcome: snippets.Outcome, made_without: Mapping[str, Any]) -> None:
    """made_without: the traits without anything from where a secret may stand under any name.

    In traits by their names, by what the values hold, and by the snippet that set them; in failures too."""
    by_name = secret.named(config.apart)
    known = frozenset(secret.texts(config.values, by_name))
    everything = known.union(secret.telling(config.values, secret.hidden(config.apart)))

    def of_secret(key: str) -> bool:
        return by_name(("hub", "extraConfig", key))

    for section, found in secret.masked_traits(outcome.traits, made_without).items():
        for name in found if isinstance(found, dict) else ():
            by = outcome.set_by.get((section, name))
            found[name] = MASK if by and of_secret(by) else secret.without(found[name], everything if by else known)
        outcome.traits[section] = found
    outcome.failures = [
        replace(one, says="" if of_secret(one.key) else secret.without(one.says, everything))
        for one in outcome.failures
    ]

"""By which name the hub knows a Google account: the whole address, or what stands before the @."""

from classhub.config.catalogue.read import catalogue
from classhub.config.chart.table import known
from classhub.config.meaning.accounts import hosted_domains
from classhub.config.meaning.found import Values, own_code, trait

CLASS = "GoogleOAuthenticator"
_CODE = r"Authenticator|username|hosted_domain"
"""What a snippet of hub.extraConfig contains when it has a say in names."""


def cut_domains(values: Values, sections: tuple[str, ...], chart: str) -> tuple[str, ...]:
    """Domains that are cut off: those of hosted_domain, by themselves where it is one alone."""
    domains = hosted_domains(values, sections)
    told = (
        trait(values, sections, "strip_domain")[1] if "strip_domain" in catalogue(known(chart)).traits(CLASS) else None
    )
    return domains if (told if isinstance(told, bool) else len(domains) == 1) else ()


def are_addresses(values: Values, sections: tuple[str, ...]) -> bool:
    """Names come of the address of the account, as they do unless another claim is named or code decides."""
    usual = trait(values, sections, "username_claim")[1] in (None, "email")
    return CLASS in sections and usual and not own_code(values, _CODE)

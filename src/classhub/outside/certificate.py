"""What a certificate says of itself: for whom, and until when."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import NamedTuple


class Found(NamedTuple):
    """until: seconds since the epoch."""

    names: tuple[str, ...]
    until: float


def of_pem(text: bytes) -> Found | None:
    """Of the first certificate, which is the server's own; None for anything else."""
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(text)
    except ValueError:
        return None
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(alternative.get_values_for_type(x509.DNSName))
    except (x509.ExtensionNotFound, ValueError):
        names = ()
    return Found(names, certificate.not_valid_after_utc.timestamp())


def of_acme(text: bytes) -> Iterator[Found]:
    """Of Traefik's acme.json, which holds keys too: nothing else of it is taken."""
    try:
        resolvers = json.loads(text)
        rows = [row for one in resolvers.values() for row in one.get("Certificates") or ()]
        found = [of_pem(base64.b64decode(row["certificate"])) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return
    yield from (one for one in found if one is not None)

"""For whom a certificate is, and until when."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from classhub.outside.certificate import of_acme, of_pem

ENDS = datetime(2027, 1, 1, tzinfo=UTC)


def pem(*names):
    key = ec.generate_private_key(ec.SECP256R1())
    whom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "x")])
    built = x509.CertificateBuilder().subject_name(whom).issuer_name(whom).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(ENDS - timedelta(days=90)).not_valid_after(ENDS)
    if names:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def acme(*certificates):
    rows = [
        {"domain": {"main": "x"}, "certificate": base64.b64encode(one).decode(), "key": "a2V5"} for one in certificates
    ]
    return json.dumps({"default": {"Account": {"Email": "it@college.edu"}, "Certificates": rows}}).encode()


def test_names_and_end_are_read():
    assert of_pem(pem("hub.college.edu", "lab.college.edu")) == (
        ("hub.college.edu", "lab.college.edu"),
        ENDS.timestamp(),
    )
    assert of_pem(pem()) == ((), ENDS.timestamp())


def test_the_first_of_a_chain_is_the_servers_own():
    assert of_pem(pem("hub.college.edu") + pem("authority.example")).names == ("hub.college.edu",)


@pytest.mark.parametrize(
    "text", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_none_is_none(text):
    assert of_pem(text) is None


def test_those_of_lets_encrypt_are_found():
    assert [one.names for one in of_acme(acme(pem("hub.college.edu"), pem("b.college.edu")))] == [
        ("hub.college.edu",),
        ("b.college.edu",),
    ]


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"default": {"Certificates": null}}', b'{"default": {"Certificates": [{}]}}']
)
def test_a_store_that_holds_none_yields_none(text):
    assert list(of_acme(text)) == []

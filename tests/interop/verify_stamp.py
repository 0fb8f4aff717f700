"""Checks a time stamp with rfc3161-client (PyPI): FILE RESPONSE ROOT.pem AUTHORITY.pem"""

import sys

from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response


def main(file, response, root, authority):
    data, tsr = (open(path, "rb").read() for path in (file, response))
    roots, own = (x509.load_pem_x509_certificate(open(path, "rb").read()) for path in (root, authority))
    verifier = VerifierBuilder().add_root_certificate(roots).tsa_certificate(own).build()
    verifier.verify_message(decode_timestamp_response(tsr), data)
    print("verified")


main(*sys.argv[1:])

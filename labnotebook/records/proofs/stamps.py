"""Whether an authority's answer (RFC 3161) stamps a message. Pure, as all of a proof."""

from __future__ import annotations

from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response


def trouble_of(content: bytes, message: bytes, roots: bytes, nonce: int | None = None) -> str:
    """Say what is wrong with an authority's answer; '' when it stamps the message.

    ``roots``: PEM of the certificates that vouch for the authority.
    """
    try:
        builder = VerifierBuilder(roots=list(x509.load_pem_x509_certificates(roots)))
    except ValueError:
        return (
            "nobody here vouches for its authority: there are no certificates in the file of roots"
        )
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify_message(decode_timestamp_response(content), message)
    except (VerificationError, ValueError) as failure:
        return f"it does not hold ({failure})"
    return ""

"""New signing keys. The randomness is OpenSSL's own, drawn where the key is made."""

from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.signing_key import KINDS, SigningKey, signing_key

RSA_BITS = 3072  # NIST SP 800-57 part 1: 128 bits of strength, past 2030


def generate_signing_key(algorithm: Algorithm = Algorithm.ES256) -> SigningKey:
    """A key that nobody has seen, for ES256, RS256 or EdDSA.

    RS256 takes a tenth of a second to several: send it to a worker.
    """
    kind = KINDS[algorithm]
    if kind is RSAKey:
        return signing_key(algorithm, RSAKey.generate_key(RSA_BITS))
    if kind is OKPKey:
        return signing_key(algorithm, OKPKey.generate_key("Ed25519"))
    return signing_key(algorithm, ECKey.generate_key("P-256"))

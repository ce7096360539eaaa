"""RSA keys of chips that chose their primes badly (CVE-2017-15361, "ROCA").

Such primes are powers of 65537 modulo a product of small primes, so their product is one
too, modulo each of them: a few divisions tell. Nemec, Sys, Svenda, Klinec and Matyas, "The
Return of Coppersmith's Attack", CCS 2017, §4. A sound key looks like this once in 2^27.
"""

_GENERATOR = 65537
# The primes whose product those chips used for 512-bit and longer keys, without those that
# tell nothing because 65537 generates every residue.
_PRIMES = (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)


def is_roca(modulus: int) -> bool:
    """Whether a modulus has the mark of those chips, and may be factored from outside."""
    return all(modulus % prime in residues for prime, residues in _MARKS)


def _powers(prime: int) -> frozenset[int]:
    powers, power = {1}, _GENERATOR % prime
    while power not in powers:
        powers.add(power)
        power = power * _GENERATOR % prime
    return frozenset(powers)


_MARKS = tuple((prime, _powers(prime)) for prime in _PRIMES)

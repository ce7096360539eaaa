"""Private keys in their containers, and what opens wallets and second factors."""

from curtilage.detect.encodings import is_bech32
from curtilage.detect.issued import is_key_store, is_pem
from curtilage.detect.mnemonic import RARE, is_mnemonic, mnemonic_length
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength

_RARE = f'[ "](?:{"|".join(RARE.split())})'
_WORD = "[a-z]{3,8}"
_ROW = f"{_WORD}(?:,?[ \n]{_WORD}){{11,23}}"


def _words(word: str, apart: str, least: int) -> Form:
    """A row of twelve words or more; which of them are a phrase is for `trim` to say."""
    return Form(
        f"{word}(?:{apart}{word}){{11,23}}",
        score=0.97,
        trigger=f"{word}(?:{apart}{word}){{{least}}}",
        trim=mnemonic_length,
    )


KINDS = (
    Kind(
        type="SEC_PRIVATE_KEY",
        title="Private key (PEM, OpenSSH, PGP, PuTTY)",
        category="secret.key.private",
        citation="RFC 7468 §10–11, RFC 4880 §6.2, openssh PROTOCOL.key; PuTTY manual, appendix C",
        forms=(
            Form(
                r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]{40,20000}(?:-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?",
                score=0.99,
                edge=Edge.OPEN,
                trigger=r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^-]{40}",
            ),
            Form(
                r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----[^-]{40,20000}(?:---- END SSH2 ENCRYPTED PRIVATE KEY ----)?",
                score=0.99,
                edge=Edge.OPEN,
                trigger=r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
            ),
            Form(
                r"PuTTY-User-Key-File-[23]: [^\x00]{20,4000}?\nPrivate-Lines: [0-9]{1,3}\r?\n(?:[0-9A-Za-z+/=]{1,80}\r?\n){1,100}",
                score=0.99,
                edge=Edge.HEAD,
                trigger=r"PuTTY-User-Key-File-[23]: ",
                check=lambda value: len(value) > 200,
            ),
            Form(
                r"LS0tLS1CRUdJTi[0-9A-Za-z+/]{2,60}(?:UFJJVkFURSBLRV|QUklWQVRFIEtFW|BSSVZBVEUgS0VZ)[0-9A-Za-z+/]{60,20000}={0,2}",
                score=0.97,
                edge=Edge.WORD,
                trigger=r"LS0tLS1CRUdJTi[0-9A-Za-z+/]{2,60}(?:UFJJVkFURSBLRV|QUklWQVRFIEtFW|BSSVZBVEUgS0VZ)[0-9A-Za-z+/]{60,}",
                check=lambda value: len(set(value)) > 20,
            ),
        ),
        check=is_pem,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_AGE",
        title="age secret key",
        category="secret.key.private",
        citation="age v1 specification; BIP 173 (bech32)",
        forms=(Form(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}", score=0.99),),
        check=is_bech32,
        normalise=str.lower,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_PKCS12",
        title="Key store (PKCS #12, Java)",
        category="secret.key.private",
        citation="RFC 7292 §4: a sequence that begins with version 3; Java key stores begin with FEEDFEED",
        forms=(
            Form(
                r"(?:MII[0-9A-Za-z+/]{2}[AQgw]IBAz|MIACAQMwg|MIIACAQMw|/u3\+7QAAAA|zs7OzgAAAA)[0-9A-Za-z+/\r\n]{60,60000}={0,2}",
                B,
                0.9,
                Edge.OPEN,
                trigger=r"(?:MII[0-9A-Za-z+/]{2}[AQgw]IBAz|MIACAQMwg|MIIACAQMw|/u3\+7QAAAA|zs7OzgAAAA)[0-9A-Za-z+/\r\n]{60,}",
            ),
        ),
        check=is_key_store,
        words=("pkcs12", "p12", "pfx", "keystore", "jks", "truststore"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_SSL_CERT",
        title="X.509 certificate (public: a flag, no secret)",
        category="system.operations",
        citation="RFC 7468 §5",
        forms=(
            Form(
                r"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]{64,20000}-----END (?:TRUSTED |X509 )?CERTIFICATE-----",
                score=0.4,
                edge=Edge.OPEN,
                trigger=r"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----",
            ),
        ),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_TOTP",
        title="One-time password seed",
        category="secret.key.totp",
        citation="Key Uri Format of Google Authenticator; RFC 6238",
        forms=(
            Form(
                r"otpauth://[ht]otp/[^\x00-\x20\"'<>]{0,200}?[?&]secret=[A-Za-z2-7]{16,128}={0,6}(?:&[a-z]{1,12}=[0-9A-Za-z%+._\-]{1,80}){0,6}",
                score=0.97,
                edge=Edge.WORD,
                trigger=r"otpauth://[ht]otp/[^\x00-\x20\"'<>]*[?&]secret=[A-Za-z2-7]{16,}",
            ),
        ),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEED_PHRASE",
        title="Seed phrase of a wallet",
        category="secret.key.private",
        citation="BIP 39: 12, 15, 18, 21 or 24 words of a list, the last bits are a SHA-256",
        forms=(
            Form(
                _ROW,
                score=0.97,
                trigger=_RARE,
                lead="[a-z ,\n\"']",
                edge=Edge.HEAD,
                trim=mnemonic_length,
            ),
            Form(_ROW, R, 0.6, trigger=f"{_WORD}(?:,?[ \n]{_WORD}){{11}}", trim=mnemonic_length),
            _words("[A-Z]{3,8}", "[ \n]", 11),
            Form(
                f"{_WORD}(?:[\"'],?[ \n]?[\"']{_WORD}){{11,23}}",
                score=0.97,
                trigger=_RARE,
                lead="[a-z ,\n\"']",
                edge=Edge.HEAD,
                trim=mnemonic_length,
            ),
            Form(
                r"1[.):]?[ \t]{0,2}(?P<value>[a-z]{3,8}(?:[ \t,\r\n]{1,3}[0-9]{1,2}[.):]?[ \t]{0,2}[a-z]{3,8}){11,23})",
                score=0.97,
                trigger=r"1[.):]?[ \t]{0,2}[a-z]{3,8}[ \t,\r\n]{1,3}2[.):]?[ \t]{0,2}[a-z]{3,8}[ \t,\r\n]{1,3}3[^\x00]{1,}",
                trim=mnemonic_length,
            ),
        ),
        check=is_mnemonic,
        words=(
            "seed phrase",
            "mnemonic",
            "recovery phrase",
            "seed words",
            "backup phrase",
            "secret phrase",
            "recovery words",
            "wallet",
        ),
        strength=Strength.PROOF,
    ),
)

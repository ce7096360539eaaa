"""Secrets of no particular vendor: keys, tokens, passwords, addresses with passwords."""

from curtilage.detect.encodings import is_bech32
from curtilage.detect.models import Edge, Form, Kind, N, Strength
from curtilage.detect.secrecy import (
    is_basic,
    is_jwt,
    is_password,
    is_pem,
    is_plausible,
    is_token,
    is_userinfo,
)

R_IN_PATTERN = N  # the naming word is a part of the pattern
_NAME = (
    r"(?:[Pp]ass(?:[Ww]ord|[Ww]d|[Pp]hrase|code)?|PASS(?:WORD|WD|PHRASE)?|[Pp]wd|PWD|[Pp]asswort|[Kk]ennwort|[Mm]ot de passe|[Cc]ontrase(?:n|\xf1)a|[Ss]enha|[Ww]achtwoord"
    r"|[Ss]ecret(?:[_\-]?[Kk]ey)?|SECRET(?:_KEY)?|[Aa]pi[_\-]?[Kk]ey|API[_\-]?KEY|[Aa]ccess[_\-]?[Kk]ey|ACCESS_KEY|[Tt]oken|TOKEN)"
)
_IS = r"[\"']?(?:[ ]{0,3}(?::=|=>|[:=])[ ]{0,3}|[ ]is[ ]{1,3}|[ ]lautet[ ]{1,3})"

KINDS = (
    Kind(
        type="SEC_PRIVATE_KEY",
        title="Private key (PEM, OpenSSH, PGP)",
        category="secret.key.private",
        citation="RFC 7468 §10–11, RFC 4880 §6.2, openssh PROTOCOL.key",
        forms=(
            Form(
                r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]{40,20000}(?:-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?",
                score=0.99,
                edge=Edge.OPEN,
                trigger=r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^-]{40}",
            ),
        ),
        check=is_pem,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_JWT",
        title="JSON Web Token",
        category="secret.token.jwt",
        citation="RFC 7519 §3, RFC 7515 §7.1, RFC 7516 §7.1",
        forms=(
            Form(
                r"e[yw][0-9A-Za-z_\-]{10,2000}[.][0-9A-Za-z_\-]{4,16000}[.][0-9A-Za-z_\-]{0,1000}(?:[.][0-9A-Za-z_\-]{4,16000}[.][0-9A-Za-z_\-]{10,1000})?",
                score=0.95,
                edge=Edge.TOKEN,
                trigger=r"e[yw][0-9A-Za-z_\-]{10,}[.][0-9A-Za-z_\-]{4,}[.][0-9A-Za-z_.\-]*",
            ),
        ),
        check=is_jwt,
        words=("jwt", "bearer", "id token", "access token", "refresh token", "token"),
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_DB_URI",
        title="Database or broker address with password",
        category="secret.credential.uri",
        citation="RFC 3986 §3.2.1; URI schemes of the drivers",
        forms=(
            Form(
                r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|nats|kafka|ldaps?)(?:[+][a-z0-9]{1,20})?://[^\x00-\x20:/@\"'<>`]{0,100}:[^\x00-\x20/@\"'<>`]{1,200}@[0-9A-Za-z_.\-]{1,253}(?::[0-9]{1,5})?(?:/[0-9A-Za-z_.\-]{0,64})?",
                score=0.97,
                trigger=r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|nats|kafka|ldaps?)(?:[+][a-z0-9]+)?://[^\x00-\x20:/@\"'<>`]*:[^\x00-\x20/@\"'<>`]+@[0-9A-Za-z_.\-]",
                edge=Edge.HEAD,
            ),
        ),
        check=is_userinfo,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="URL_USERINFO",
        title="Web address with a password",
        category="secret.credential.uri",
        citation="RFC 3986 §3.2.1",
        forms=(
            Form(
                r"(?:https?|ftps?|sftp|ssh|smtps?|imaps?|git|wss?|svn|webdav)://[^\x00-\x20:/@\"'<>`?#]{1,100}:[^\x00-\x20/@\"'<>`?#]{1,200}@[0-9A-Za-z_.\-]{1,253}",
                score=0.95,
                trigger=r"(?:https?|ftps?|sftp|ssh|smtps?|imaps?|git|wss?|svn|webdav)://[^\x00-\x20:/@\"'<>`?#]+:[^\x00-\x20/@\"'<>`?#]+@[0-9A-Za-z_.\-]",
                edge=Edge.HEAD,
            ),
        ),
        check=is_userinfo,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_BASIC_AUTH",
        title="HTTP Basic credentials",
        category="secret.credential.http",
        citation="RFC 7617 §2",
        forms=(
            Form(
                r"[Bb]asic[ ]{1,3}(?P<value>[0-9A-Za-z+/]{8,300}={0,2})", score=0.95, edge=Edge.WORD
            ),
        ),
        check=is_basic,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_BEARER",
        title="Bearer token or API key in a header",
        category="secret.token.http",
        citation="RFC 6750 §2.1",
        forms=(
            Form(
                r"[Bb]earer[ ]{1,3}(?P<value>[0-9A-Za-z._~+/\-]{16,2000}={0,2})",
                score=0.85,
                trigger=r"[Bb]earer[ ]{1,3}[0-9A-Za-z._~+/\-]{16,}={0,2}",
            ),
            Form(
                r"[Xx]-(?:[Aa][Pp][Ii]-[Kk]ey|[Aa]uth-[Tt]oken|[Aa]ccess-[Tt]oken)[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?(?P<value>[0-9A-Za-z._~+/\-]{16,500}={0,2})",
                score=0.9,
                trigger=r"[Xx]-(?:[Aa][Pp][Ii]-[Kk]ey|[Aa]uth-[Tt]oken|[Aa]ccess-[Tt]oken)[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?[0-9A-Za-z._~+/\-]{16,}={0,2}",
            ),
        ),
        check=is_plausible,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_PASSWORD_ASSIGN",
        title="Password or secret in an assignment",
        category="secret.credential.password",
        citation="the assignment is the context; placeholders, code and plain words are left alone",
        forms=(
            Form(
                rf"{_NAME}{_IS}\"(?P<value>[^\"\x00-\x1f]{{6,200}})\"",
                R_IN_PATTERN,
                0.8,
                Edge.OPEN,
                trigger=rf"{_NAME}{_IS}\"[^\"\x00-\x1f]{{6}}",
            ),
            Form(
                rf"{_NAME}{_IS}'(?P<value>[^'\x00-\x1f]{{6,200}})'",
                R_IN_PATTERN,
                0.8,
                Edge.OPEN,
                trigger=rf"{_NAME}{_IS}'[^'\x00-\x1f]{{6}}",
            ),
            Form(
                rf"{_NAME}{_IS}(?P<value>[^\x00-\x20\"'`,;<>{{}}()\[\]]{{6,200}})",
                R_IN_PATTERN,
                0.7,
                Edge.OPEN,
                trigger=rf"{_NAME}{_IS}[^\x00-\x20\"'`,;<>{{}}()\[\]]{{6}}",
            ),
        ),
        check=is_password,
        strength=Strength.NONE,
    ),
    Kind(
        type="SEC_PASSWORD_HASH",
        title="Password hash",
        category="secret.credential.hash",
        citation="crypt(5), PHC string format, RFC 2307 §5.3",
        forms=(
            Form(r"[$]2[abxy][$][0-9]{2}[$][./0-9A-Za-z]{53}", edge=Edge.TOKEN),
            Form(
                r"[$]argon2(?:id|i|d)[$](?:v=[0-9]{1,3}[$])?m=[0-9]{1,9},t=[0-9]{1,4},p=[0-9]{1,3}[$][0-9A-Za-z+/]{8,90}[$][0-9A-Za-z+/]{16,120}",
                edge=Edge.TOKEN,
            ),
            Form(
                r"[$](?:1|5|6|y|7|gy)[$](?:rounds=[0-9]{1,9}[$])?[./0-9A-Za-z$]{1,40}[$][./0-9A-Za-z]{22,90}",
                edge=Edge.TOKEN,
                trigger=r"[$](?:1|5|6|y|7|gy)[$][./0-9A-Za-z$=,]{24,}",
            ),
            Form(r"[{]S?SHA(?:256|384|512)?[}][0-9A-Za-z+/]{26,120}={0,2}", edge=Edge.OPEN),
            Form(
                r"pbkdf2_sha(?:1|256|512)[$][0-9]{1,8}[$][0-9A-Za-z]{1,64}[$][0-9A-Za-z+/]{20,100}={0,2}",
                edge=Edge.WORD,
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_TOTP",
        title="One-time password seed",
        category="secret.key.totp",
        citation="Key Uri Format of Google Authenticator; RFC 6238",
        forms=(
            Form(
                r"otpauth://[ht]otp/[^\x00-\x20\"'<>]{0,200}?[?&]secret=[A-Za-z2-7]{16,128}={0,6}",
                score=0.97,
                edge=Edge.WORD,
                trigger=r"otpauth://[ht]otp/[^\x00-\x20\"'<>]*[?&]secret=[A-Za-z2-7]{16}[A-Za-z2-7]*={0,6}",
            ),
        ),
        strength=Strength.DOUBLE,
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
)

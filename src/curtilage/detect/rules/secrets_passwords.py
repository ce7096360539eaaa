"""Passwords and secrets that a name introduces, password hashes, and what is only random."""

from curtilage.detect.credentials import (
    but_for_mark,
    is_flag,
    is_hash,
    is_password,
    is_spoken,
    is_told_key,
    without_stops_but_mark,
)
from curtilage.detect.models import B, Edge, Form, Kind, N, Strength, Validator
from curtilage.detect.named_values import spelled

# In English, German, French, Spanish, Portuguese, Italian, Dutch and Polish.
_PASSWORDS = spelled(
    "password|passwd|passphrase|passcode|pass|pwd|pswd|passwort|kennwort|zugangscode|mot de passe|mdp|contrase\xf1a|contrasena|clave|senha"
    "|palavra passe|parola d'ordine|parola chiave|wachtwoord|has\u0142o|haslo"
)
_KEYS = spelled(
    "secret|secret key|secret key base|secret access key|api key|access key|auth key|app key|application key"
    "|private key|encryption key|encrypt key|signing key|signature key|master key|service key|service role key|license key|licence key|client key"
    "|consumer key|deploy key|account key|storage key|shared key|subscription key|hmac key|session key|server key|admin key|webhook key"
    "|integration key|write key|token|credential|credentials|creds|access code"
)
_NAMES = f"{_PASSWORDS}|{_KEYS}"
_SUFFIX = r"(?:[_\-]?(?:[0-9]{1,2}|value|text|plain|prod|production|dev|development|test|staging|live|old|new|primary|secondary|backup|main|default|env|v[0-9]|PROD|DEV|TEST|STAGING|LIVE))?"
_TYPE = r"(?:[ ]{0,2}:[ ]{0,2}(?:str|string|String|Final|SecretStr|char|const char)[ \[\]|A-Za-z?]{0,16})?"
_IS = rf"{_SUFFIX}[\"'`\])]{{0,2}}{_TYPE}[ \t]{{0,8}}(?::=|=>|==?|:)[ \t]{{0,8}}"
_OF = r"[ ](?:for|to|of|on|f\xfcr|zu|zum|de|du|do|da|del|di|per|voor|van|pour|para|dla)[ ]"
_VERB = r"[\"'`]?[ ]{1,2}(?:is|was|are|equals|ist|lautet|war|est|es|era|\xe9|e'|\xe8|jest|luidt|sono)[ :]"
_SAYS = rf"(?:{_OF}[^\n:=\"']{{1,40}}?)?{_VERB}:?[ ]{{0,2}}"
_ENTRY = rf"{_SUFFIX}[\"']?(?:[,;][ \t\r\n]{{0,40}}|[ \t\r\n]{{1,40}})[\"']?[Vv]alue"
_HASLO = spelled("has\u0142o to|haslo to")
_BARE = r"[^\x00-\x20\"'`,;<>{}()\[\]]"
_TO_END = r"[^\x00-\x20\"'`<>&;]"
_TO_SPACE = r"[^\x00-\x20\"'`]"
_MAX = "{6,200}"
# `PASS: name of a test`, in the logs of DejaGnu and Automake: the next line is one, too.
_NO_RESULT = (
    r"(?![^\n]{0,200}\n(?:X?PASS|[XK]?FAIL|SKIP|ERROR|UN(?:TESTED|SUPPORTED|RESOLVED)):[ ])"
)
_NO_CALL = r"(?![a-z]+(?:[_.][a-z0-9]+)+\()"  # `credentials = standard_b64encode(…)`

R_IN_PATTERN = N  # the naming word is a part of the pattern


def _told(
    names: str,
    leads: str,
    value: str,
    after: str = "",
    *,
    trigger: str = "",
    score: float = 0.8,
    check: Validator | None = None,
) -> Form:
    """What a name, and what leads on from it, make a secret.

    Nearly all have one trigger, so that a text is looked through once for all of them."""
    return Form(
        rf"(?:{names}){leads}(?P<value>{value}){after}",
        R_IN_PATTERN,
        score,
        Edge.OPEN,
        trigger=trigger
        or rf"(?:{names}){_SUFFIX}[\"'`\])]{{0,2}}(?:[ \t]{{0,8}}[:=,>;\"'\r\nVv]|[ \t]{{9}})",
        trim=None if after else without_stops_but_mark,
        check=check if after else but_for_mark(check or is_password),
    )


def _spoken(names: str, value: str, check: Validator) -> Form:
    """What a sentence says a secret is: `the password for the router is …`."""
    return Form(
        rf"(?:{names}){_SAYS}[\"'`]?(?P<value>{value})",
        R_IN_PATTERN,
        0.8,
        Edge.OPEN,
        trigger=rf"(?:{names})(?:{_OF}|{_VERB})[^\x00]{{1,}}",
        trim=without_stops_but_mark,
        check=but_for_mark(check),
    )


KINDS = (
    Kind(
        type="SEC_PASSWORD_ASSIGN",
        title="Password or secret in an assignment, a command line or a sentence",
        category="secret.credential.password",
        citation="the assignment is the context; placeholders, code and plain words are left alone",
        forms=(
            _told(_NAMES, rf"{_IS}\"", rf"[^\"\x00-\x1f]{_MAX}", '"'),
            _told(_NAMES, rf"{_IS}'", rf"[^'\x00-\x1f]{_MAX}", "'"),
            _told(_NAMES, _IS, rf"{_NO_CALL}{_NO_RESULT}{_BARE}{_MAX}", score=0.7),
            _told(  # up to the end of a line, whatever brackets a generator put in
                _NAMES,
                rf"{_SUFFIX}=",
                rf"{_BARE}{{1,60}}[,(){{}}\[\]]{_TO_END}{{2,140}}",
                r"(?:[\r\n]|$)",
                score=0.7,
            ),
            _told(_NAMES, rf"{_SUFFIX}>", r"[^<>\x00-\x1f]{6,200}", "</"),
            _told(
                _NAMES,
                rf"{_SUFFIX}[\"'][ ]{{0,2}},[ ]{{0,12}}[\"']",
                r"[^\"'\x00-\x1f]{6,200}",
                "[\"']",
            ),
            _told(
                _NAMES,
                rf"{_ENTRY}[\"']?[ ]{{0,2}}[:=][ ]{{0,3}}[\"']?",
                rf"{_TO_SPACE}{_MAX}",
            ),
            _told(
                f"--[a-z0-9\\-]{{0,24}}?(?:{_NAMES})",
                r"[ ]{1,2}[\"']?",
                rf"{_TO_SPACE}{_MAX}",
                trigger=rf"--[a-z0-9\-]{{0,24}}(?:{_NAMES})[ ]",
            ),
            _spoken(_PASSWORDS, rf"{_TO_SPACE}{{5,100}}", is_spoken),
            _spoken(_KEYS, rf"{_BARE}{_MAX}", is_told_key),
            _told(
                _HASLO,
                "[ ]{1,2}[\"'`]?",
                rf"{_TO_SPACE}{{5,100}}",
                check=is_spoken,
                trigger=f"(?:{_HASLO})[ ]",
            ),
            Form(
                r"login[ \t\r\n]{1,8}[^\x00-\x20]{1,80}[ \t\r\n]{1,8}password[ \t\r\n]{1,8}(?P<value>[^\x00-\x20]{4,100})",
                R_IN_PATTERN,
                0.9,
                Edge.HEAD,
                check=is_spoken,
            ),
            Form(
                r"(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)[ ][^\n|;&]{0,200}?-p[\"']?(?P<value>[^\x00-\x20\"'=\-][^\x00-\x20\"']{3,100})",
                R_IN_PATTERN,
                0.85,
                Edge.HEAD,
                trigger=r"(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)[ ][^\n|;&]*-p[^\x00-\x20=\-]{4}",
                check=is_spoken,
            ),
            Form(
                r"(?:sshpass[ ]-p|redis-cli[ ][^\n|;&]{0,120}?-a|docker login[ ][^\n|;&]{0,120}?-p|sqlcmd[ ][^\n|;&]{0,120}?-P|mongo(?:sh|dump|restore)?[ ][^\n|;&]{0,120}?-p|ldapsearch[ ][^\n|;&]{0,200}?-w|-passin[ ]pass:|-passout[ ]pass:|openssl[ ][^\n|;&]{0,200}?pass:|keytool[ ][^\n|;&]{0,200}?-(?:store|key)pass|htpasswd[ ]-[a-zA-Z]{0,6}b[a-zA-Z]{0,3}[ ][^ \n]{1,80}[ ][^ \n]{1,80}|az login[ ][^\n|;&]{0,120}?-p)[ ]{0,2}[\"']?(?P<value>[^\x00-\x20\"']{4,100})",
                R_IN_PATTERN,
                0.85,
                Edge.HEAD,
                trigger=r"(?:sshpass[ ]-p|redis-cli[ ]|docker login[ ]|sqlcmd[ ]|mongo(?:sh|dump|restore)?[ ]|ldapsearch[ ]|-passin[ ]pass:|-passout[ ]pass:|openssl[ ]|keytool[ ]|htpasswd[ ]-|az login[ ])",
                check=is_spoken,
            ),
        ),
        check=is_password,
        strength=Strength.NONE,
    ),
    Kind(
        type="SEC_PASSWORD_HASH",
        title="Password hash",
        category="secret.credential.hash",
        citation="crypt(5), PHC string format, RFC 2307 §5.3, RFC 5803; Django, Werkzeug, phpass, Passlib, MySQL",
        forms=(
            Form(r"[$]2[abxy][$][0-9]{2}[$][./0-9A-Za-z]{53}", edge=Edge.TOKEN),
            Form(
                r"[$]argon2(?:id|i|d)[$](?:v=[0-9]{1,3}[$])?m=[0-9]{1,9},t=[0-9]{1,4},p=[0-9]{1,3}[$][0-9A-Za-z+/]{8,90}[$][0-9A-Za-z+/]{16,120}",
                edge=Edge.TOKEN,
            ),
            Form(
                r"[$](?:1|5|6|y|7|gy|apr1|md5|sha1)[$](?:rounds=[0-9]{1,9}[$])?[./0-9A-Za-z$]{1,40}[$][./0-9A-Za-z]{22,90}",
                edge=Edge.TOKEN,
                trigger=r"[$](?:1|5|6|y|7|gy|apr1|md5|sha1)[$][./0-9A-Za-z$=,]{24,}",
            ),
            Form(r"[$][PH][$][./0-9A-Za-z]{31}", edge=Edge.TOKEN),
            Form(
                r"[$](?:pbkdf2|scrypt)(?:-sha(?:1|256|512))?[$][0-9A-Za-z=,]{1,40}[$][./0-9A-Za-z+]{8,90}[$][./0-9A-Za-z+]{20,120}={0,2}",
                edge=Edge.TOKEN,
                trigger=r"[$](?:pbkdf2|scrypt)(?:-sha(?:1|256|512))?[$][0-9A-Za-z=,]+[$][./0-9A-Za-z+]{8,}[$][^\x00]{1,}",
            ),
            Form(
                r"(?:scrypt:[0-9]{3,8}:[0-9]{1,3}:[0-9]{1,3}|pbkdf2:sha(?:1|256|512)(?::[0-9]{1,8})?)[$][0-9A-Za-z]{4,40}[$][0-9a-f]{32,128}",
                edge=Edge.WORD,
                trigger=r"(?:scrypt:[0-9]|pbkdf2:sha)[^\x00]{1,}",
            ),
            Form(r"[$]7[$][./0-9A-Za-z]{11,40}[$][./0-9A-Za-z]{43}", edge=Edge.TOKEN),
            Form(
                r"[{](?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PBKDF2(?:-SHA(?:1|256|512))?)[}][0-9A-Za-z+/$.,=]{22,140}={0,2}",
                edge=Edge.OPEN,
            ),
            Form(
                r"pbkdf2_sha(?:1|256|512)[$][0-9]{1,8}[$][0-9A-Za-z]{1,64}[$][0-9A-Za-z+/]{20,100}={0,2}",
                edge=Edge.WORD,
            ),
            Form(
                r"SCRAM-SHA-(?:1|256)[$][0-9]{1,7}:[0-9A-Za-z+/=]{8,90}[$][0-9A-Za-z+/=]{24,90}:[0-9A-Za-z+/=]{24,90}",
                edge=Edge.WORD,
                trigger=r"SCRAM-SHA-(?:1|256)[$][0-9]+:[0-9A-Za-z+/=]{8,}[$][0-9A-Za-z+/=]{24,}:[0-9A-Za-z+/=]{24,}",
            ),
            Form(r"IDENTIFIED BY PASSWORD '(?P<value>[*][0-9A-F]{40})'", edge=Edge.HEAD),
        ),
        check=is_hash,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_HIGH_ENTROPY",
        title="Random string behind a word for a key (a flag, no secret)",
        category="system.operations",
        citation="Shannon's entropy above 3.0 bits (hexadecimal) or 4.5 (base64); never more than a hint",
        forms=(
            Form(
                r"(?:[Kk]ey|KEY|[Aa]uth|AUTH|[Ss]ignature|[Ss]alt|SALT|[Nn]once|[Ss]ession|SESSION|[Ss]eed|SEED|[Cc]ipher)[\"']?[ ]{0,3}(?::=|=>|[:=])[ ]{0,3}[\"'](?P<value>[0-9A-Za-z+/=_\-]{20,200})[\"']",
                B,
                0.4,
                Edge.OPEN,
                trigger=r"(?:[Kk]ey|KEY|[Aa]uth|AUTH|[Ss]ignature|[Ss]alt|SALT|[Nn]once|[Ss]ession|SESSION|[Ss]eed|SEED|[Cc]ipher)[\"']?[ ]{0,3}(?::=|=>|[:=])[ ]{0,3}[\"'][0-9A-Za-z+/=_\-]{20}",
            ),
        ),
        check=is_flag,
        strength=Strength.NONE,
    ),
)

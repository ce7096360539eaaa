"""What employers, schools, shops and sites call a person."""

import re

from curtilage.detect.checksums import digits, is_monotone
from curtilage.detect.models import Edge, Form, Kind, N, R, Strength

# Names that stand for everybody or for nobody, and words of programs.
_NOBODY = frozenset(
    (
        "admin", "administrator", "root", "guest", "user", "username", "users", "anonymous", "anon", "nobody", "none", "null", "true", "false", "test", "tester", "testuser", "demo", "example",
        "postgres", "mysql", "oracle", "sa", "system", "default", "daemon", "service", "ubuntu", "debian", "ec2-user", "git", "www-data", "nginx", "myuser", "my_user", "your_username", "your-username",
        "foo", "bar", "baz", "name", "string", "str", "password", "email", "required", "optional", "yourname", "user_name", "login", "owner", "self", "me", "public",
    )
)  # fmt: skip
_OBJECTS = frozenset(
    (
        "self", "cls", "this", "os", "req", "request", "config", "settings", "args", "opts", "options", "user", "ctx", "env", "process", "data",
    )
)  # fmt: skip
# What programs mark with @: decorators, annotations, the tags of their comments.
_TAGS = frozenset(
    (
        "param", "params", "arg", "return", "returns", "throws", "raises", "exception", "see", "since", "author", "version", "deprecated", "todo", "link", "code", "example", "brief", "details", "type", "typedef", "template",
        "property", "prop", "method", "function", "class", "classmethod", "staticmethod", "abstractmethod", "override", "overload", "final", "wraps", "cache", "lru_cache", "cached_property", "dataclass", "contextmanager", "total_ordering",
        "register", "receiver", "fixture", "pytest", "app", "router", "event", "util", "functools", "typing", "abc", "click", "deco", "decorator", "transaction", "mock", "patch", "unittest", "skip", "setter", "getter",
        "test", "before", "after", "beforeeach", "aftereach", "suppresswarnings", "nullable", "notnull", "nonnull", "inject", "autowired", "component", "service", "entity", "table", "column", "controller", "bean", "getmapping",
        "postmapping", "requestmapping", "injectable", "input", "output", "media", "import", "charset", "keyframes", "supports", "page", "layer", "include", "mixin", "extend", "latest", "next", "types", "everyone", "here", "channel", "all",
    )
)  # fmt: skip
_HANDLE = re.compile("@?[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_]))*")
# A name of a field is a part of the pattern: what people call themselves has no shape of its own.
_NAME = (
    r"(?:[Uu]ser[ _\-]?[Nn]ame|USERNAME|[Uu]ser[ _\-]?[Hh]andle|[Ss]creen[ _\-]?[Nn]ame|[Nn]ick[ _\-]?[Nn]ame|[Ll]ogin[ _\-]?[Nn]ame|[Hh]andle|[Bb]enutzername|[Nn]utzername|[Nn]om d'utilisateur"
    r"|[Nn]ombre de usuario|[Uu]suario|[Nn]ome utente|[Nn]ome de (?:utilizador|usu\xe1rio)|[Gg]ebruikersnaam|[Nn]azwa u.ytkownika)"
)
_SAYS = (
    r"(?:[ ]?[:=][ ]?|[ ](?:is|ist|est|es|to|lautet|was changed to)[ ]|[ ]\xe8[ ]|[ ]\xe9[ ]|[ ])"
)
_VALUE = r"(?P<value>@?[A-Za-z_][A-Za-z0-9._\-]{1,30}[A-Za-z0-9_])"


def _is_person(value: str) -> bool:
    """A handle that is neither everybody's nor a word of a program."""
    name = value.lstrip("@").lower()
    first = name.partition(".")[0]
    is_code = first in _OBJECTS or (value[0] == "@" and first in _TAGS)
    return name not in _NOBODY and not is_code and _HANDLE.fullmatch(value) is not None


def _is_marked(value: str) -> bool:
    """With a digit in it, or an @ before it: not a word or a variable that happens to follow."""
    return _is_person(value) and (value[0] == "@" or any(char.isdecimal() for char in value))


def _is_number(value: str) -> bool:
    number = digits(value)
    return len(number) >= 3 and not is_monotone(number)


KINDS = (
    Kind(
        type="USERNAME",
        title="User name or handle",
        category="user.account.username",
        citation="POSIX.1-2017 §3.437, and what social networks allow: letters, digits, dot, line",
        forms=(
            Form(r"@[A-Za-z0-9_][A-Za-z0-9._]{1,28}[A-Za-z0-9_]", R, 0.5, Edge.TOKEN),
            Form(rf"""{_NAME}["']?{_SAYS}["']?{_VALUE}""", N, 0.5, Edge.TOKEN, check=_is_marked),
            Form(rf"""{_NAME}["']?[ ]?[:=][ ]?["']{_VALUE}["']""", N, 0.5, Edge.HEAD),
            Form(rf"{_VALUE}[ ](?:as|is)[ ](?:the|my|his|her|your|their|our)[ ]{_NAME}", N, 0.5, Edge.TOKEN, check=_is_marked),
        ),
        check=_is_person,
        words=(
            "username", "user name", "user handle", "handle", "screen name", "nickname", "login name", "account name", "instagram", "twitter", "tiktok", "telegram", "snapchat", "mastodon", "discord",
            "social handle", "github user", "benutzername", "nutzername", "nom d'utilisateur", "pseudo", "nombre de usuario", "usuario", "nome utente", "nome de usuário", "nome de utilizador", "gebruikersnaam", "nazwa użytkownika",
        ),
        strength=Strength.NONE,
    ),
    Kind(
        type="EMPLOYEE_STUDENT_ID",
        title="Number of an employee, student or customer",
        category="user.unique_id",
        citation="numbered by each employer, school and shop",
        forms=(
            Form(r"[A-Z]{1,4}[\-/ ]?[0-9]{4,12}|[A-Z]{2,4}[\-/][0-9]{2,4}[\-/][0-9]{2,6}", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{4,12}|[0-9]{2,6}[\-/][0-9]{2,6}(?:[\-/][0-9]{2,6})?", R, 0.45, Edge.NUMBER),
            Form(r"[a-z]{1,3}[0-9]{4,10}|[0-9]{2,8}[A-Z]{1,3}[0-9]{0,6}", R, 0.4, Edge.NUMBER),
        ),
        check=_is_number,
        words=(
            "employee id", "employee number", "employee no", "employee", "emp id", "emp no", "staff id", "staff number", "staff no", "personnel number", "personnel no", "payroll number", "payroll id", "badge number", "badge id",
            "worker id", "student id", "student number", "student no", "student", "matriculation number", "enrolment number", "enrollment number", "enrollment id", "roll number", "admission number", "customer number", "customer no", "customer id",
            "client number", "client id number", "client no", "loyalty number", "frequent flyer", "membership id", "library card",
            "personalnummer", "mitarbeiternummer", "matrikelnummer", "kundennummer", "mitgliedsnummer", "numéro d'employé", "numéro de matricule", "matricule", "numéro d'étudiant", "numéro étudiant", "numéro de client", "numéro client",
            "número de empleado", "legajo", "número de estudiante", "número de alumno", "número de cliente", "matricola", "numero di matricola", "numero cliente", "codice cliente", "número de funcionário", "número do aluno",
            "número de cliente", "personeelsnummer", "studentnummer", "klantnummer", "lidnummer", "numer pracownika", "numer indeksu", "numer klienta", "工号", "学号", "社員番号", "学籍番号", "사번", "학번",
        ),
        strength=Strength.NONE,
    ),
)  # fmt: skip

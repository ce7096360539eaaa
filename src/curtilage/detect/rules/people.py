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
_HANDLE = re.compile("@?[A-Za-z0-9](?:[A-Za-z0-9]|[._-](?=[A-Za-z0-9_]))*_{0,2}")
_NAME = r"(?:[Uu]ser[ _-]?[Nn]ame|[Uu]ser[ _-]?[Hh]andle|[Ss]creen[ _-]?[Nn]ame|[Nn]ick[ _-]?[Nn]ame|[Ll]ogin(?:[ _-]?[Nn]ame)?|[Hh]andle|[Bb]enutzername|[Nn]utzername|[Nn]om d'utilisateur|[Nn]ombre de usuario|[Uu]suario|[Nn]ome utente|[Nn]ome de (?:utilizador|usu\xe1rio)|[Gg]ebruikersnaam|[Uu]ser)"


def _is_person(value: str) -> bool:
    """A handle that is neither everybody's nor a word of a program."""
    name = value.lstrip("@").lower()
    return name not in _NOBODY and _HANDLE.fullmatch(value) is not None


def _is_marked(value: str) -> bool:
    """With a digit, a dot or a line in it: not a word that happens to follow."""
    return _is_person(value) and any(not char.isalpha() for char in value.lstrip("@"))


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
            Form(r"@[A-Za-z0-9_][A-Za-z0-9._]{1,28}[A-Za-z0-9_]", R, 0.5, Edge.TOKEN, check=_is_person),
            Form(r"[A-Za-z][A-Za-z0-9._\-]{1,30}[A-Za-z0-9_]", R, 0.35, Edge.TOKEN, check=_is_marked),
            Form(rf"""{_NAME}["']?[ ]?[:=][ ]?["']?(?P<value>[A-Za-z0-9@][A-Za-z0-9._\-]{{1,30}}[A-Za-z0-9_])""", N, 0.5, Edge.TOKEN, check=_is_marked),
            Form(rf"""{_NAME}["']?[ ]?[:=][ ]?["'](?P<value>[A-Za-z0-9@][A-Za-z0-9._\-]{{1,30}}[A-Za-z0-9_])["']""", N, 0.5, Edge.OPEN, check=_is_person),
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
            Form(r"[A-Z]{1,4}[\-/ ]?[0-9]{4,12}|[A-Z]{2,4}[\-/][0-9]{2,4}[\-/][0-9]{2,6}", R, 0.5),
            Form(r"[0-9]{4,12}|[0-9]{2,6}[\-/][0-9]{2,6}(?:[\-/][0-9]{2,6})?", R, 0.45, Edge.NUMBER),
            Form(r"[a-z]{1,3}[0-9]{4,10}|[0-9]{2,8}[A-Z]{1,3}[0-9]{0,6}", R, 0.4),
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

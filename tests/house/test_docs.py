"""The documentation says what the code and the project file say."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from curtilage.core.authority import PERSON, ROLES
from tests.house.tree import REPOSITORY, SOURCE, parsed, relative, rooms
from tools import commands, settings

DOCS = REPOSITORY / "docs"
FORMATS = DOCS / "reference" / "formats.md"
DEPENDENCIES = DOCS / "reference" / "dependencies.md"
FEWEST_WORDS = 4  # of a description that somebody can act on
COLUMNS = 4  # of a table of settings
MANY = 50  # settings are shown; else the blocks are not found any more


def _project() -> dict[str, dict[str, list[str]]]:
    options = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    extras = options["project"]["optional-dependencies"]
    return {
        "base": {"base": options["project"]["dependencies"]},
        "extras": extras,
        "groups": options["dependency-groups"],
    }


def _names(wanted: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", entry)[0] for entry in wanted}


def test_every_dependency_has_its_line_of_reasons() -> None:
    page = DEPENDENCIES.read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([^`\[]+)(?:\[[^\]]*\])?` \|", page, re.MULTILINE))
    wanted = {
        name
        for part in _project().values()
        for entries in part.values()
        for name in _names(entries)
    }
    assert wanted - explained == set(), "each dependency is justified in one line"
    assert explained - wanted == set(), "these are no longer dependencies"


def test_every_format_with_a_version_is_documented() -> None:
    page = FORMATS.read_text(encoding="utf-8")
    silent = [
        relative(path)
        for path in rooms()
        if _declares_a_format(parsed(path)) and relative(path).removeprefix("src/") not in page
    ]
    assert silent == [], f"name these modules in {relative(FORMATS)}"


def test_the_page_of_formats_names_modules_that_exist() -> None:
    named = re.findall(r"`(curtilage/[\w/]+\.py)`", FORMATS.read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if not (REPOSITORY / "src" / name).is_file()] == []


def _declares_a_format(tree: ast.Module) -> bool:
    """Whether a module has a constant that is the version of something kept or sent."""
    targets = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    return any(re.fullmatch(r"_?(?:\w+_)?(?:FORMAT_)?VERSION|FORMAT", name) for name in targets)


def test_relative_links_in_the_front_pages_lead_somewhere() -> None:
    dead = []
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", text):
            if not (REPOSITORY / target).exists():
                dead.append(f"{name}: {target}")
    assert dead == []


def test_every_decision_has_its_four_parts() -> None:
    incomplete = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8").lower()
        if not all(
            part in text for part in ("status", "## context", "## decision", "## what it costs")
        ):
            incomplete.append(path.name)
    assert incomplete == []


def test_changelog_fragments_have_a_known_kind() -> None:
    kinds = {"added", "changed", "fixed", "removed", "security"}
    wrong = [
        path.name
        for path in (REPOSITORY / "changelog.d").glob("*.md")
        if path.name != "README.md" and path.name.split(".")[-2] not in kinds
    ]
    assert wrong == []


def test_every_command_that_the_documents_show_exists() -> None:
    known = {tuple(path.split()[1:]) for path, _ in commands.walk()}
    unknown = []
    for page in [REPOSITORY / "README.md", *sorted(DOCS.rglob("*.md"))]:
        if page.name == "progress.md":
            continue
        for words in _shown_commands(page.read_text(encoding="utf-8")):
            if not any(words[: len(command)] == command for command in known):
                unknown.append(f"{relative(page)}: curtilage {' '.join(words)}")
    assert unknown == []


def _shown_commands(text: str) -> list[tuple[str, ...]]:
    """The words after `curtilage` in consoles and in code of a line's own."""
    lines = [
        line
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    lines += re.findall(r"`(curtilage [^`]+)`", text)
    found = []
    for line in lines:
        match = re.match(r"(?:\$ )?(?:\.venv/bin/)?curtilage ([a-z].*)", line)
        if match:
            found.append(tuple(match.group(1).partition("#")[0].split()))
    return found


def _named_tests(page: str) -> set[str]:
    """The tests in the code of a page: paths, some with the name of a test behind `::`."""
    return set(re.findall(r"`(tests/[\w/.:-]+)`", page))


def _exists(named: str) -> bool:
    path, _, name = named.partition("::")
    file = REPOSITORY / path
    if not name:
        return file.exists()
    return file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")


def test_every_test_that_the_threat_model_names_exists() -> None:
    page = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    gone = sorted(name for name in _named_tests(page) if not _exists(name))
    assert not gone, "\n".join(["the threat model names tests that do not exist:", *gone])


def test_every_module_that_the_threat_model_names_exists() -> None:
    page = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z]+/)+(?:\w+\.py)?)`", page))
    places = {
        name for name in named if name.split("/")[0] not in {"tests", "tools", "requirements"}
    }
    assert len(places) > 20
    assert sorted(name for name in places if not (SOURCE / name).exists()) == []


def test_every_setting_is_described_in_words() -> None:
    """A name says what a setting is called, and seldom what happens to who changes it."""
    silent = [
        f"{section} {name}"
        for section, kind in settings.SECTIONS.items()
        for name, note in settings.notes(kind).items()
        if len(note.split()) < FEWEST_WORDS
    ]
    assert silent == []


def test_types_of_settings_are_words_and_not_pythons() -> None:
    rows = [line for line in settings.render().splitlines() if line.startswith("| `")]
    types = {row.split(" | ")[1] for row in rows if row.count(" | ") == COLUMNS - 1}
    assert types and [one for one in types if "`" in one and "[" in one] == []


def test_every_setting_that_the_documents_show_exists() -> None:
    """In blocks of configuration: what else is TOML there is a policy or a case of one."""
    shown = [
        (relative(page), *found) for page in sorted(DOCS.rglob("*.md")) for found in _set(page)
    ]
    assert len(shown) > MANY
    known = {"policy": {"dir"}} | {
        section.strip("[]").removesuffix(".NAME"): {one.name for one in fields(kind)}
        for section, kind in settings.SECTIONS.items()
    }
    assert [f"{page}: {name}.{key}" for page, name, key in shown if key not in known[name]] == []


def _set(page: Path) -> Iterator[tuple[str, str]]:
    """Section and key of each setting in the blocks of a page."""
    sections = {one.strip("[]").partition(".")[0] for one in settings.SECTIONS} | {"policy"}
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        tables = tomllib.loads(block)
        if tables.keys() <= sections and not isinstance(tables.get("policy"), str):
            for each in tables.get("identity", {}).pop("providers", {}).values():
                yield from (("identity.providers", key) for key in each)
            for name, content in tables.items():
                inner = content.values() if name == "upstreams" else content
                for table in [content] if isinstance(inner, dict) else inner:
                    yield from ((name, key) for key in table)


def test_the_table_of_roles_says_what_the_code_says() -> None:
    page = (DOCS / "reference" / "roles.md").read_text(encoding="utf-8")
    head, *rows = re.findall(r"^\| (?:right|`[a-z]+:[a-z]+`) \|.*$", page, re.MULTILINE)
    names = [cell.strip() for cell in head.split("|")[3:-1]]
    said: dict[str, set[str]] = {name: set() for name in names}
    for row in rows:
        right, _, *cells = [cell.strip() for cell in row.split("|")[1:-1]]
        for name, cell in zip(names, cells, strict=True):
            said[name] |= {right.strip("`")} if cell == "yes" else set()
    assert said == {name: set(rights) for name, rights in ROLES.items() if name != PERSON}

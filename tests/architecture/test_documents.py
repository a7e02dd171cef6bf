"""What documents name is there: links, files, commands, settings, and the contract's tables."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from save_portal.accounts.roles import AUTOMATIC_ROLES, Role
from save_portal.benefits import Benefit
from tests.verification.lifecycles.test_case import CONTRACT as MOVES
from verification.enums import ClosureReason, Reason, Step, WaitsFor
from verification.immigration_documents import DOCUMENT_TYPES, FIELDS
from verification.lifecycles.case import STEP_OF, WAITS_FOR, CaseStatus
from verification.records.statements import TEXTS
from verification.records.systems import SYSTEMS
from verification.services.batch import INPUT, OUTPUT

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
NOT_OURS = {"node_modules", ".venv", ".local", ".git", "__pycache__"}
# Named by the contract as something that a run writes, or that its reader has.
MADE_LATER = {
    *(".local/", "demo.json", "next_day/", "FILE.csv", "IN.csv", "OUT.csv"),
    *("question.json", "november.csv", "our_checks.py", "report.xml"),
}
TEXT = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
CONTRACT = TEXT["docs/contract.md"]


def all_paths() -> set[str]:
    """Every file and folder of the project, relative to it."""
    found, folders = set(), [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            if path.name in NOT_OURS:
                continue
            found.add(path.relative_to(ROOT).as_posix())
            if path.is_dir():
                folders.append(path)
    return found


PATHS = all_paths()


def is_there(name: str) -> bool:
    """A path of the project, or the end of one: `services/initial.py`, `tutorials/*.toml`."""
    name = name.removeprefix("../").rstrip("/")
    if any(sign in name for sign in "*?"):
        return any(fnmatch(path, name) or fnmatch(path, f"*/{name}") for path in PATHS)
    return name in PATHS or any(path.endswith(f"/{name}") for path in PATHS)


def anchors(text: str) -> set[str]:
    """The anchors that headings get where these pages are shown."""
    plain = (re.sub(r"[`*]", "", title).lower() for title in re.findall(r"^#+ (.*)$", text, re.M))
    return {re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in plain}


def table(heading: str, text: str = CONTRACT) -> list[list[str]]:
    """The rows of the first table below a heading, as cells, without its head."""
    below = re.split(rf"^#+ {re.escape(heading)}$", text, maxsplit=1, flags=re.M)[1]
    rows = []
    for line in below.splitlines():
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            rows.append([cell.strip() for cell in cells])
        elif rows or line.startswith("#"):
            break
    return rows[2:]


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(name):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT[name]):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_is_named_is_there(name):
    wanted = r"[\w./*-]+\.(?:py|toml|csv|md|html|svg|css|js|json|lock|po)|[\w.-]+(?:/[\w.*-]+)*/"
    spoken = [
        word
        for code in codes(TEXT[name])
        for word in code.split()
        if re.fullmatch(wanted, word) and word not in MADE_LATER and "CODE" not in word
    ]
    assert [word for word in spoken if "NAME.py" not in word and not is_there(word)] == []


def test_every_name_in_the_tree_of_the_architecture_is_there():
    tree = re.search(r"^```\n(manage\.py.*?)^```", TEXT["docs/architecture.md"], re.S | re.M)[1]
    words = re.findall(r"[\w./*-]+\.(?:py|csv|toml|json|md|lock)\b|\b[\w]+/(?=\s)", tree)
    assert len(words) > 60
    assert [word for word in words if not is_there(word)] == []


def test_every_app_and_folder_of_code_is_in_the_tree_of_the_architecture():
    tree = re.search(r"^```\n(manage\.py.*?)^```", TEXT["docs/architecture.md"], re.S | re.M)[1]
    folders = {
        path.name
        for package in ("save_portal", "agreements", "verification", "billing", "casecheck")
        for path in (ROOT / package).iterdir()
        if path.is_dir() and path.name not in NOT_OURS | {"migrations", "templatetags"}
    } - {"management", "formats", "models", "views"}
    assert {name for name in folders if f"{name}/" not in tree} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_named_is_there(name):
    text = TEXT[name]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    spoken = set(re.findall(r"`make ([a-z-]+)", text)) | set(
        re.findall(r"^make ([a-z-]+)", text, re.M)
    )
    assert spoken - targets == set()
    ours = set(get_commands())
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - ours == set()


def commands() -> dict[str, str]:
    """The contract's `manage.py` commands: each with what is said of it."""
    found = {}
    for cells in table("Commands", CONTRACT.partition("`manage.py` commands run")[0]):
        assert codes(cells[0])[0].startswith("make ")
    rows = CONTRACT.partition("`manage.py` commands run")[2]
    for cells in table("x", f"# x\n{rows.partition('## Settings')[0]}"):
        found[codes(cells[0])[0].split()[0]] = " ".join(cells)
    return found


def test_the_contract_has_every_command_of_ours_and_none_besides():
    here = {
        name
        for name, app in get_commands().items()
        if app.split(".")[0]
        in ("save_portal", "agreements", "verification", "billing", "casecheck")
    }
    promised = {
        name for name, said in commands().items() if not said.endswith("not in this release")
    }
    assert promised == here


def test_each_command_has_help_and_json_but_those_of_which_it_is_said():
    for name, said in commands().items():
        if said.endswith("not in this release"):
            continue
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        assert parser.description, name
        assert ("--json" in parser.format_help()) != ("Has no `--json`" in said), name
        for option in re.findall(r"--[a-z-]+", codes(said)[0]):
            assert option in parser.format_help(), f"{name} {option}"


def test_every_setting_is_in_the_contract_and_none_besides():
    read = set()
    for file in ("settings/__init__.py", "web/server.py"):
        source = (ROOT / "save_portal" / file).read_text(encoding="utf-8")
        read |= set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', source))
        read |= set(re.findall(r'environ(?:\.get\(|\[)"([A-Z0-9_]+)"', source))
    assert {name for cells in table("Settings") for name in codes(cells[0])} == read


def test_statuses_and_moves_are_the_contracts():
    rows = table("Step and status")
    assert [codes(cells[0])[0] for cells in rows] == [str(status) for status in CaseStatus]
    for cells in rows:
        status = CaseStatus(codes(cells[0])[0])
        assert codes(cells[1]) == [str(STEP_OF[status])]
        assert cells[3] == WaitsFor(WAITS_FOR[status]).value
    assert {codes(cells[1])[0] for cells in rows} == {str(step) for step in Step}
    for cells in table("Legal moves"):
        if cells[0] == "(new)":
            continue
        source = codes(cells[0])[0]
        itself = {source} if "itself" in cells[1] else set()
        assert set(codes(cells[1])) | itself == MOVES[source], source


def test_reasons_are_the_contracts():
    closing = CONTRACT.partition("Closure reasons:")[2].partition("\n\n")[0]
    assert set(codes(closing)) == {str(reason) for reason in ClosureReason}
    assert {codes(cells[0])[0] for cells in table("Initial verification")} == {
        str(reason) for reason in Reason
    }


def test_statements_are_the_contracts():
    told = CONTRACT.partition("Response statements use")[2].partition("## Document types")[0]
    pairs = re.findall(r"\| (\d+) \| ([^|]+) \|", told)
    assert {int(code): text.strip() for code, text in pairs} == TEXTS


WORDS = {
    "a_number": "A-number",
    "card_number": "card number",
    "i94_number": "I-94 number",
    "sevis_id": "SEVIS ID",
    "naturalization_certificate": "naturalization certificate number",
    "citizenship_certificate": "citizenship certificate number",
    "passport_number": "passport pair",
    "visa_number": "visa number",
    "document_description": "description",
}


def test_document_types_are_the_contracts():
    rows = {codes(cells[0])[0]: cells for cells in table("Document types")}
    assert set(rows) == set(DOCUMENT_TYPES)
    for code, document in DOCUMENT_TYPES.items():
        fields = {use.name: use.required for use in document.fields}
        fields.pop("passport_country", None)
        needed = {WORDS[name] for name, required in fields.items() if required}
        further = {WORDS[name] for name, required in fields.items() if not required}
        (needed if document.expiry == "required" else further).update(
            () if document.expiry == "none" else {"expiration"}
        )
        told = [
            {
                part.strip()
                for part in cell.replace("receipt number (in `card_number`)", "card number").split(
                    ","
                )
            }
            - {""}
            for cell in rows[code][2:4]
        ]
        assert told == [needed, further], code
    assert set(FIELDS) - {"passport_country"} == set(WORDS)


def test_benefits_and_roles_are_the_contracts():
    told = CONTRACT.partition("## Benefits")[2].partition("\n\n")[2].partition("\n`voter")[0]
    assert codes(told) == [str(benefit) for benefit in Benefit]
    roles = CONTRACT.partition("## Roles")[2].partition("## Case")[0]
    assert set(Role) - AUTOMATIC_ROLES <= set(codes(roles))


def test_columns_of_files_are_the_contracts():
    told = {}
    for cells in table("Files"):
        names = [code for code in codes(cells[1]) if re.fullmatch("[a-z0-9_]+", code)]
        for system in codes(cells[0]):
            if like := [code for code in codes(cells[1]) if code in SYSTEMS]:
                names = [*told[like[0]], *names]
            told[system] = names
    assert set(told) == set(SYSTEMS)
    for system in SYSTEMS.values():
        assert told[system.name] == [column.name for column in system.own], system.name
    reads = CONTRACT.partition("`verify_batch` reads")[2]
    columns = [re.sub(r"\s+", " ", code).split(", ") for code in codes(reads)[:2]]
    assert columns == [list(INPUT), list(OUTPUT)]


def test_every_tag_that_is_used_has_its_rule():
    rules = set(re.findall(r"^### (S\d+\.\d+)$", TEXT["docs/program.md"], re.M))
    parts = {1: 5, 2: 4, 3: 10, 4: 4, 5: 5, 6: 2, 7: 2, 8: 3, 10: 4}
    assert rules == {f"S{part}.{n + 1}" for part, count in parts.items() for n in range(count)}
    used = set()
    for folder in (
        "save_portal",
        "agreements",
        "verification",
        "billing",
        "casecheck",
        "templates",
    ):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".txt", ".toml"}:
                used |= set(re.findall(r"\bS\d{1,2}\.\d{1,2}\b", path.read_text("utf-8")))
    assert used - rules == set()


@pytest.mark.parametrize("name", ["README.md", "docs/adr/README.md"])
def test_lists_of_pages_are_whole(name):
    folder = (ROOT / name).parent
    if name == "README.md":
        wanted = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    else:
        wanted = {path.name for path in folder.glob("0*.md")}
    assert {page for page in wanted if f"]({page})" not in TEXT[name]} == set()


def test_every_picture_of_the_readme_is_there_and_every_page_has_both_widths():
    pictures = {path.name for path in (ROOT / "docs" / "screens").glob("*.png")}
    wide = {name.removesuffix("-1280.png") for name in pictures if name.endswith("-1280.png")}
    narrow = {name.removesuffix("-390.png") for name in pictures if name.endswith("-390.png")}
    assert wide == narrow
    taken = (ROOT / "tests" / "browser" / "screens.py").read_text(encoding="utf-8")
    parts = re.findall(r'"([a-z0-9-]+)"', taken)
    stems = re.findall(r'f"([a-z0-9-]+)-\{', taken)
    assert {
        name
        for name in wide
        if name not in parts and not any(name.startswith(f"{stem}-") for stem in stems)
    } == set()

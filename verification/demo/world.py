"""The synthetic world: people in every record system, agencies, users, agreements, some cases.

The same seed makes the same world. All names, numbers and addresses are generated.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from agreements.enums import AccessMode
from agreements.services import taking_over
from agreements.training import services as training
from agreements.training.catalog import tutorial_for
from save_portal.accounts.models import Agency, Department, Group, Invitation, Office, User
from save_portal.accounts.people import services as invitations
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from verification.demo import agreements, cases, machines, months, settled
from verification.errors import CaseError
from verification.records import index, loading, population
from verification.services import initial
from verification.services.batch_row import submission_of

PASSWORD = "synthetic-people-only"  # noqa: S105
MAIL = "demo.example"


@dataclass(frozen=True, slots=True)
class DemoAgency:
    code: str
    name: str
    kind: str
    time_zone: str
    benefits: tuple[str, ...]
    access_modes: tuple[str, ...]
    users: tuple[tuple[str, str, str], ...]  # (mail name, full name, role)
    ends_in_days: int | None = None  # of its agreement; else in four years


AGENCIES = (
    DemoAgency(
        "CALHOUN",
        "Calhoun County Human Services",
        "local",
        "America/Chicago",
        ("snap", "medicaid", "tanf", "housing"),
        (AccessMode.BROWSER, AccessMode.WEB_SERVICES),
        (
            ("dana.whitfield", "Dana Whitfield", Role.GENERAL_USER),
            ("marco.ellison", "Marco Ellison", Role.GENERAL_USER),
            ("ruth.okafor", "Ruth Okafor", Role.SUPERVISOR),
            ("helen.brandt", "Helen Brandt", Role.AGENCY_ADMINISTRATOR),
        ),
    ),
    DemoAgency(
        "LAKEDMV",
        "Lake State Department of Motor Vehicles",
        "state",
        "America/Denver",
        ("drivers_license", "state_id"),
        (AccessMode.BROWSER, AccessMode.WEB_SERVICES, AccessMode.AAMVANET),
        (
            ("ian.castle", "Ian Castle", Role.GENERAL_USER),
            ("petra.lund", "Petra Lund", Role.SUPERVISOR),
            ("omar.reyes", "Omar Reyes", Role.AGENCY_ADMINISTRATOR),
        ),
    ),
    DemoAgency(
        "HARBOR",
        "Harbor Housing Authority",
        "local",
        "Pacific/Guam",
        ("housing",),
        (AccessMode.BROWSER,),
        (
            ("nina.alvarez", "Nina Alvarez", Role.GENERAL_USER),
            ("tom.pryor", "Tom Pryor", Role.AGENCY_ADMINISTRATOR),
        ),
        ends_in_days=62,
    ),
    # Federal agencies pay; the others have paid nothing since April 2025 (S4.3).
    DemoAgency(
        "FEDHOUSING",
        "Office of Federal Housing Programs",
        "federal",
        "America/New_York",
        ("housing",),
        (AccessMode.BROWSER,),
        (
            ("fay.lindgren", "Fay Lindgren", Role.GENERAL_USER),
            ("gus.marlow", "Gus Marlow", Role.AGENCY_ADMINISTRATOR),
        ),
    ),
)
OFFICES = (
    (
        "SVO",
        "Status Verification Office",
        (
            ("vera.stone", "Vera Stone", Role.STATUS_VERIFIER),
            ("luis.moreno", "Luis Moreno", Role.STATUS_VERIFIER),
            ("grace.adeyemi", "Grace Adeyemi", Role.VERIFIER_SUPERVISOR),
        ),
    ),
    (
        "PROGRAM",
        "Program Office",
        (
            ("paul.winter", "Paul Winter", Role.PROGRAM_OFFICER),
            ("june.farrow", "June Farrow", Role.PROGRAM_OFFICER),
        ),
    ),
    ("RECORDS", "Records Office", (("rita.chen", "Rita Chen", Role.RECORDS_OFFICER),)),
    (
        "COMPLIANCE",
        "Monitoring and Compliance",
        (("carl.novak", "Carl Novak", Role.COMPLIANCE_OFFICER),),
    ),
)


@dataclass(frozen=True, slots=True)
class World:
    """What was made: counts of people, records by system, agencies, users and cases."""

    people: int
    records: dict[str, int]
    agencies: int
    users: int
    cases: int


def seed_world(
    *,
    people: int,
    seed: int,
    directory: Path,
    at: datetime,
    progress: Callable[[str, int], None] | None = None,
) -> World:
    """Fill all systems, then the agencies and their users; safe to repeat.

    `directory` receives the upload files, their photos and `truth.csv`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    report = progress or (lambda stage, done: None)
    report("writing the upload files", 0)
    population.write_uploads(directory, people=people, seed=seed)
    counts: dict[str, int] = {}
    for file in sorted(directory.glob("*.csv")):
        if file.stem == "truth" or file.name.endswith(".rejects.csv"):
            continue
        report(f"loading {file.stem}", 0)
        counts[file.stem] = loading.load(file.stem, file, full=True).read
    report("building the index", 0)
    index.build()
    report("agencies and users", 0)
    with system_scope():
        users = _people_of_the_portal(at)
    report("cases", 0)
    begun = _some_cases(directory / "truth.csv", at=at)
    return World(
        people=people,
        records=counts,
        agencies=len(AGENCIES) + len(agreements.CAME_TO_BE),
        users=users,
        cases=begun,
    )


@transaction.atomic
def _people_of_the_portal(at: datetime) -> int:
    count = 0
    for demo in AGENCIES:
        agency, _ = Agency.objects.update_or_create(
            code=demo.code,
            defaults={"name": demo.name, "kind": demo.kind, "time_zone": demo.time_zone},
        )
        department, _ = Department.objects.get_or_create(agency=agency, name="Eligibility")
        group, _ = Group.objects.get_or_create(
            department=department, name="Counter", defaults={"cases_shared": True}
        )
        for mail_name, full_name, role in demo.users:
            _user(
                mail_name,
                f"{demo.code.lower()}.{MAIL}",
                full_name=full_name,
                role=role,
                agency=agency,
                department=department,
                group=group if role == Role.GENERAL_USER else None,
            )
            count += 1
        if not agency.agreements.exists():
            taking_over.take_over(
                agency=agency,
                number=f"MOA-{demo.code}",
                benefits=demo.benefits,
                access_modes=demo.access_modes,
                term=(
                    date(at.year - 1, 1, 1),
                    date(at.year + 4, 1, 1)
                    if demo.ends_in_days is None
                    else at.date() + timedelta(days=demo.ends_in_days),
                ),
                legal_basis="Social Security Act, section 1137(d)",
                by=None,
                at=at,
            )
    for code, name, members in OFFICES:
        office, _ = Office.objects.update_or_create(code=code, defaults={"name": name})
        for mail_name, full_name, role in members:
            _user(mail_name, f"save.{MAIL}", full_name=full_name, role=role, office=office)
            count += 1
    agreements.play(
        office=User.objects.get(email=f"paul.winter@save.{MAIL}"),
        administrator=User.objects.get(email=f"helen.brandt@calhoun.{MAIL}"),
        password=PASSWORD,
        at=at,
    )
    for number, person in enumerate(User.objects.select_related("agency", "office").order_by("pk")):
        _train(person, at=at - timedelta(days=TRAINED_AGO[number % len(TRAINED_AGO)]))
    _invite(at)
    return count


def _train(person: User, *, at: datetime) -> None:
    """The person takes the tutorial of the role, as anybody does, and knows the answers."""
    tutorial = tutorial_for(person.role)
    if tutorial is None or person.trained_until is not None:
        return
    attempt = training.begin(by=person, at=at)
    attempt.lessons_read = [lesson.id for lesson in tutorial.lessons]
    attempt.save(update_fields=["lessons_read"])
    asked = training.ask(by=person, at=at).asked
    chosen = {each["id"]: str(each["order"].index(0)) for each in asked}
    training.answer(attempt_id=attempt.pk, chosen=chosen, by=person, at=at)


def _invite(at: datetime) -> None:
    """One invitation that nobody has used yet."""
    helen = User.objects.get(email=f"helen.brandt@calhoun.{MAIL}")
    email = f"june.park@calhoun.{MAIL}"
    if not Invitation.objects.filter(email=email).exists():
        invitations.invite(
            email=email,
            full_name="June Park",
            role=Role.GENERAL_USER,
            department_id=helen.department_id,
            by=helen,
            at=at,
        )


def _user(mail_name: str, domain: str, **fields: Any) -> None:
    email = f"{mail_name}@{domain}"
    if not User.objects.filter(email=email).exists():
        User.objects.create_user(email, PASSWORD, **fields)


# Days since each person's tutorial, in turn: the second one's holds for two weeks more.
TRAINED_AGO = (40, 350, 120, 75, 200)
# Cases that stay where their first answer left them: which people of the truth file, how many.
LEFT_AS_ANSWERED = 15
FURTHER = 120  # people of either outcome whose cases may be settled for the page of error rates


def _some_cases(truth: Path, *, at: datetime) -> int:
    """Cases begun over the past weeks: some as first answered, some on their further way."""
    with system_scope():
        users = {
            demo.code: User.objects.select_related("agency", "department", "group").get(
                email=f"{demo.users[0][0]}@{demo.code.lower()}.{MAIL}"
            )
            for demo in AGENCIES
        }
        administrator = User.objects.select_related("agency").get(
            email=f"{AGENCIES[0].users[-1][0]}@{AGENCIES[0].code.lower()}.{MAIL}"
        )
    client = machines.connect(administrator=administrator, at=at)
    people = _first_of_each(truth)
    in_stories = {story.situation for story in cases.STORIES}
    others = [row for name, row in people.items() if name not in in_stories]
    made = cases.play(people, submission_of, users, at=at)
    made += settled.settle(_further(truth), submission_of, users, at=at)
    by, benefits = users[AGENCIES[0].code], AGENCIES[0].benefits
    for number, row in enumerate(others[:: max(1, len(others) // LEFT_AS_ANSWERED)]):
        begun = cases.office_hours(at - timedelta(days=number * 5 % 14), number % 9, now=at)
        submission = replace(
            submission_of(row),
            benefits=(benefits[number % len(benefits)],),
            agency_reference=f"HH-{20400 + number}",
        )
        try:
            with scope_for(by):
                initial.initiate(by=by, at=begun, submission=submission)
        except CaseError:
            continue
        made += 1
    if client is not None:
        asked = map(submission_of, others[1:3])
        made += machines.begin_cases(
            client, asked, at=cases.office_hours(at - timedelta(days=1), 8, now=at)
        )
        machines.listen(administrator=administrator, at=at)
        machines.try_out(administrator=administrator, at=at)
    federal = AGENCIES[-1]
    return made + months.play(
        _some_people(truth),
        submission_of,
        users[federal.code],
        benefit=federal.benefits[0],
        at=at,
    )


# How many people of the truth file the past months' cases are about.
PEOPLE_OF_PAST_MONTHS = 90


def _some_people(truth: Path) -> list[dict[str, str]]:
    """The first people of the file whose document the browser's form takes as it is."""
    with truth.open(newline="", encoding="utf-8") as file:
        return list(islice(csv.DictReader(file), PEOPLE_OF_PAST_MONTHS))


def _first_of_each(truth: Path) -> dict[str, dict[str, str]]:
    """The first person of every situation, so that every kind of answer is there to be seen."""
    found: dict[str, dict[str, str]] = {}
    with truth.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["situation"], row)
    return found


def _further(truth: Path) -> list[dict[str, str]]:
    """People behind the first of each situation, as many as make a page of error rates."""
    met: set[str] = set()
    found: dict[str, list[dict[str, str]]] = {}
    with truth.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            some = found.setdefault(row["outcome"], [])
            if row["situation"] in met and len(some) < FURTHER:
                some.append(row)
            met.add(row["situation"])
    return [row for some in found.values() for row in some]


def write_accounts(path: Path, *, base_url: str) -> dict[str, Any]:
    """Write the demo's accounts for whoever tries the portal (docs/contract.md, `make demo`)."""
    accounts = {
        "base_url": base_url,
        "agencies": [
            {
                "code": demo.code,
                "name": demo.name,
                "users": [
                    {
                        "email": f"{mail_name}@{demo.code.lower()}.{MAIL}",
                        "role": str(role),
                        "password": PASSWORD,
                    }
                    for mail_name, _, role in demo.users
                ],
            }
            for demo in AGENCIES
        ]
        + [
            {
                "code": code,
                "name": name,
                "users": [
                    {"email": email, "role": str(role), "password": PASSWORD}
                    for email, role in users
                ],
            }
            for code, name, users in agreements.CAME_TO_BE
        ],
        "offices": [
            {
                "name": name,
                "users": [
                    {
                        "email": f"{mail_name}@save.{MAIL}",
                        "role": str(role),
                        "password": PASSWORD,
                    }
                    for mail_name, _, role in members
                ],
            }
            for _, name, members in OFFICES
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(accounts, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)
    return accounts

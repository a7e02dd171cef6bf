"""The page docs/integrators/sandbox.md, written from the table of people."""

from __future__ import annotations

from verification.sandbox.people import by_group
from verification.sandbox.person import PublishedPerson

HEAD = """# The sandbox

<!-- Written by `manage.py describe_sandbox`; a stale page fails the tests. -->

Your agency's test mode, beside production and always there. Its systems have credentials of their own, which begin with `test_`; an administrator makes them on the
page **Systems**, under *sandbox*, or an operator with `manage.py api_client AGENCY_CODE --sandbox`. Answers carry the field `SAVE-Mode: sandbox`. The code is that of production: rules,
refusals, events, webhooks and charges are the same, but nobody is real, nothing is billed, and neither side sees the other.

| Request | Does |
| --- | --- |
| `GET /api/v1/sandbox` | what the clock shows, and how many cases there are |
| `GET /api/v1/sandbox/people` | everybody below, each with the body for `POST cases` and what comes; `?group=` for one of the tables |
| `POST /api/v1/sandbox/clock` | moves the clock forward, by `{"days": 5}` or `{"to": "2027-01-04T15:00:00Z"}`, 200 days at most at once. What comes due on the way is done as the schedulers of production do it: answers, reminders, the end after 180 days. `{"days": 0}` does what is due now |
| `POST /api/v1/sandbox/reset` | a fresh sandbox: no case, no event, the clock at today. Credentials, tokens and endpoints stay |

Nothing has to be moved: the clock runs, and every five minutes what is due is done. A day of the tables is a federal working day, counted from the request or the mailing.

All people have the family name `Sandbox` and the date of birth `1980-01-15`. What they are asked by is their document. The statements 3 and 12 are published, but no rule of initial verification gives
them. A person who is in no table is not on record, and a status verifier answers about them after 3 working days that the sandbox has nothing else to say.
"""  # noqa: E501


def text() -> str:
    parts = [HEAD]
    for group, people in by_group().items():
        parts.append(f"## {group.heading}\n")
        parts.append("| Given name | Document | What comes |\n| --- | --- | --- |")
        parts += [_row(person) for person in people]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _row(person: PublishedPerson) -> str:
    document = ", ".join(f"{name} `{value}`" for name, value in person.document.items())
    doubt = f". Send `doubt`: “{person.doubt}”" if person.doubt else ""
    asked = "" if person.reason_to_ask == "prompted" else f". Ask with `{person.reason_to_ask}`"
    return f"| {person.given_name} | {document} | {person.shows}{doubt}{asked} |"

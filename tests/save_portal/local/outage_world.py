"""Fills a fresh database for the outage tests and prints what they need, as JSON.

Run as a program with DATABASE_URL: `python -m tests.save_portal.local.outage_world FORMS`.
"""

import json
import os
import sys

import django


def main(forms: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "save_portal.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from save_portal.accounts.roles import Role
    from save_portal.accounts.tenancy import scope_for
    from tests.conftest import make_agency, make_user, signed_in, unknown_person
    from verification.forms.initiate import typed_of
    from verification.models import CaseDraft

    user = make_user("Dana", Role.GENERAL_USER, agency=make_agency("CALHOUN"))
    client = signed_in(user)
    now = timezone.now()
    with scope_for(user):
        drafts = [
            CaseDraft.objects.create(
                agency_id=user.agency_id,
                user=user,
                data={
                    "document_type": "i551",
                    "typed": typed_of(unknown_person(a_number=f"2000{number:05d}")),
                },
                created_at=now,
                updated_at=now,
            )
            for number in range(1, forms + 1)
        ]
    print(
        json.dumps(
            {
                "user": user.pk,
                "cookie": f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}",
                "drafts": [str(draft.pk) for draft in drafts],
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))

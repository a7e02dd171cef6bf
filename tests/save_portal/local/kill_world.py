"""An agency with a client of the API and an endpoint, in a fresh database; prints them as JSON.

Run as a program with DATABASE_URL: `python -m tests.save_portal.local.kill_world ENDPOINT`.
"""

import json
import os
import sys

import django


def main(endpoint: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "save_portal.settings")
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from save_portal.accounts.roles import Role
    from save_portal.accounts.tenancy import scope_for
    from save_portal.machines import services, webhooks
    from tests.conftest import make_agency, make_user

    agency, now = make_agency("CALHOUN"), timezone.now()
    administrator = make_user("Ruth", Role.AGENCY_ADMINISTRATOR, agency=agency)
    with scope_for(administrator):
        client, secret = services.make_client(
            agency=agency,
            name="Eligibility system",
            access_mode="web_services",
            benefits=("snap",),
            by=administrator,
            at=now,
        )
        webhooks.add(agency=agency, url=endpoint, by=administrator, at=now)
    print(json.dumps({"client_id": client.client_id, "client_secret": secret}))


if __name__ == "__main__":
    main(sys.argv[1])

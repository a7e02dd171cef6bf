"""Make machine credentials for an agency; the secret is printed here and never again."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.enums import AccessMode
from agreements.selectors.binding import permitted
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import agency_scope, system_scope
from save_portal.machines import sandbox
from save_portal.machines.services import ClientError, make_client
from verification import deadlines


class Command(BaseCommand):
    help = "Makes a client of the JSON API for an agency and prints its credentials, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency_code")
        parser.add_argument("--name", default="Eligibility system", help="what people call it")
        parser.add_argument(
            "--benefit",
            action="append",
            help="a benefit it may ask for; without any, all that the agreement permits",
        )
        parser.add_argument(
            "--sandbox", action="store_true", help="for the agency's test mode, not production"
        )
        parser.add_argument("--json", action="store_true", help="accepted; the output is JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with system_scope():
            agency = Agency.objects.filter(code=options["agency_code"]).first()
            if agency is None:
                raise CommandError(f"There is no agency {options['agency_code']}.")
            if options["sandbox"]:
                agency = sandbox.opened(agency=agency, by=None, at=now)
            today = deadlines.local_date(now, agency.time_zone)
            found = permitted(agency=agency, on=today)
            if found is None or not found.allows(AccessMode.WEB_SERVICES):
                raise CommandError("No agreement in force today permits web services (S2.4).")
            asked = options["benefit"] or list(found.benefits)
            if foreign := [code for code in asked if code not in found.benefits]:
                raise CommandError(f"The agreement does not cover {', '.join(foreign)} (S5.3).")
            try:
                with agency_scope(agency.pk):
                    client, secret = make_client(
                        agency=agency,
                        name=options["name"],
                        access_mode=AccessMode.WEB_SERVICES,
                        benefits=asked,
                        by=None,
                        at=now,
                    )
            except ClientError as refused:
                raise CommandError(refused.message) from None
        self.stdout.write(json.dumps({"client_id": client.client_id, "client_secret": secret}))

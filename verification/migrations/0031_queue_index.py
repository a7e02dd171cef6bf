from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("verification", "0030_ages_from_the_index")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_waits_for_verifier"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("due_on__isnull", False),
                    (
                        "status__in",
                        [
                            "additional_requested",
                            "additional_in_review",
                            "g845_mailed",
                            "g845_in_review",
                        ],
                    ),
                ),
                fields=["due_on", "id"],
                name="case_waits_for_verifier",
            ),
        ),
    ]

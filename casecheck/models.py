"""What CaseCheck remembers of looking up: how often somebody failed, never what they typed."""

from django.db import models


class Miss(models.Model):
    """One look-up that found nothing, by a keyed digest of where it came from or of its number."""

    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "misses"
        indexes = [models.Index(name="miss_recent", fields=["digest", "at"])]

    def __str__(self) -> str:
        return f"miss at {self.at:%Y-%m-%d %H:%M}"

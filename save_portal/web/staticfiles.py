"""Assets under names that change with their content; of the design system only what is used."""

import re
from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE_SHEET = "uswds/css/uswds.min.css"
REFERENCE = re.compile(r"url\([\"']?(?!data:)([^\"')?#]+)")
ALWAYS = {STYLE_SHEET, f"{STYLE_SHEET}.map", "uswds/img/sprite.svg"}


class PortalStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes and compresses our own files and those that the style sheet refers to.

    The package carries some 2,800 files, most of them single icons that nobody asks for.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        used = self._used(paths)
        yield from super().post_process(used, dry_run, **options)

    def _used(self, paths: dict[str, Any]) -> dict[str, Any]:
        wanted = set(ALWAYS)
        if STYLE_SHEET in paths:
            storage, path = paths[STYLE_SHEET]
            with storage.open(path) as sheet:
                text = sheet.read().decode()
            for reference in REFERENCE.findall(text):
                wanted.add(_beside("uswds/css", reference))
        return {
            name: found
            for name, found in paths.items()
            if not name.startswith("uswds/") or name in wanted
        }


def _beside(folder: str, reference: str) -> str:
    parts = folder.split("/")
    for part in reference.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)

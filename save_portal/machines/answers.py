"""What an endpoint gives back, before it becomes a response."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


@dataclass(slots=True)
class Answer:
    """`content` is JSON data, or bytes as they are."""

    content: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def body(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        return as_json(self.content)


def as_json(data: Any) -> bytes:
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return text.encode()

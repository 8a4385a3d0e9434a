"""An answer of the API server that is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classhub.outside.kubernetes.call import Call
from classhub.outside.kubernetes.kubeconfig import Access


@dataclass(frozen=True)
class Answer:
    """An error: its HTTP status, the API's Status object (empty if it was none), what was asked, of whom."""

    code: int
    status: Mapping[str, Any]
    call: Call
    access: Access
    retry_s: float = 0

    @property
    def said(self) -> str:
        """The server's sentence, without what it quotes of a Secret."""
        said = str(self.status.get("message") or "")
        if self.call.kind == "Secret":
            said = re.sub(r'(Invalid value: )("(?:[^"\\]|\\.)*"|\S+?)(?=:|,|$)', r"\1(hidden)", said)
            said = re.split(r", error found in|json: cannot unmarshal", said)[0]
        return said[:1500]

    @property
    def causes(self) -> list[Mapping[str, str]]:
        return list((self.status.get("details") or {}).get("causes") or ())

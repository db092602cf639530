"""Names of ours as people read them."""

from __future__ import annotations

_ACRONYMS = {
    "mrr": "MRR", "arr": "ARR", "nps": "NPS", "csat": "CSAT", "ces": "CES", "csm": "CSM", "sla": "SLA", "arpa": "ARPA", "id": "ID", "n": "n", "crm": "CRM",
}  # fmt: skip

#: What reads badly word by word.
_NAMES = {"top1_share": "Largest account", "no_rate": "Without exchange rate", "timezone": "Time zone"}


def titled(name: str) -> str:
    """A slug, a column or a dimension as a title: ``Net revenue retention``, ``MRR movements``, ``Account ID``."""
    if name in _NAMES:
        return _NAMES[name]
    words = [_ACRONYMS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])

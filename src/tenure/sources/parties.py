"""Who is who: whether an address is one of us or of which customer, for sources that know people by their addresses.

Nothing is guessed: an address that stands for several accounts is said to, and one of a public mail provider says nothing of
a company.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: Providers at whose domains anybody has an address.
PUBLIC = frozenset(
    "126.com 163.com aim.com aol.com att.net bellsouth.net bluewin.ch btinternet.com charter.net comcast.net cox.net"
    " duck.com earthlink.net fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net"
    " googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com"
    " inbox.com inbox.lv interia.pl laposte.net libero.it live.co.uk live.com live.de live.fr live.nl mac.com mail.com"
    " mail.de mail.ru mailbox.org me.com msn.com naver.com o2.pl online.de orange.fr outlook.com outlook.de outlook.es"
    " outlook.fr pm.me posteo.de posteo.net proton.me protonmail.ch protonmail.com qq.com rediffmail.com rocketmail.com"
    " sbcglobal.net sfr.fr sina.com t-online.de telenet.be tiscali.it tuta.com tutanota.com uol.com.br verizon.net"
    " virgilio.it wanadoo.fr web.de wp.pl yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es"
    " yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com".split()
)
_LONGEST = 320
#: What stands between domains, and domains below which anybody has one.
_BETWEEN = re.compile(r"[,;\s]+")
_REGISTRY = re.compile(r"(ac|co|com|edu|gob|gov|ne|net|nom|or|org)\.[a-z]{2}")
Side = Literal["ours", "theirs", "several", "nobody"]


@dataclass(frozen=True)
class Party:
    """Whose an address is. ``csm``: which of us; ``account`` and ``person``: of the customer's; empty where unknown.
    ``is_machine``: no human reads or writes there.
    """

    side: Side
    csm: str = ""
    account: str = ""
    person: str = ""
    is_machine: bool = False


@dataclass(frozen=True)
class Csm:
    """One of us. ``is_asked``: questions of customers to this person are inquiries (support has tickets)."""

    csm_id: str
    email: str
    is_asked: bool = True


@dataclass(frozen=True)
class Person:
    """A person as the table has it; empty where unknown."""

    person_id: str
    email: str
    account: str = ""
    is_internal: bool = False
    is_service: bool = False


@dataclass(frozen=True)
class Parties:
    """Everybody that is known, by address and by domain. Made by ``of``."""

    csms: Mapping[str, frozenset[str]]
    asked: frozenset[str]
    people: Mapping[str, tuple[Person, ...]]
    domains: Mapping[str, frozenset[str]]
    our_domains: frozenset[str]
    public: frozenset[str] = PUBLIC
    _found: dict[str, Party] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls, csms: Iterable[Csm], people: Iterable[Person], domains: Iterable[tuple[str, str]],
        our_domains: Iterable[str] = (), public: Iterable[str] = (),
    ) -> Parties:  # fmt: skip
        """``domains``: pairs of a domain, several, or the address of a web site, and the account. ``our_domains``: our own ones,
        beside those of our people's addresses; ``public``: further domains at which anybody has an address.
        """
        public = PUBLIC | {domain_of(name) for name in public}
        us: dict[str, set[str]] = {}
        asked = set()
        for csm in csms:
            if address := plain_address(csm.email):
                us.setdefault(address, set()).add(csm.csm_id)
            if csm.is_asked:
                asked.add(csm.csm_id)
        ours = {_domain(address) for address in us} - public | {domain_of(name) for name in our_domains}
        them: dict[str, list[Person]] = {}
        for person in people:
            if address := plain_address(person.email):
                them.setdefault(address, []).append(person)
        held: dict[str, set[str]] = {}
        for names, account in domains:
            for domain in map(domain_of, _BETWEEN.split(names)):
                if domain and domain not in public and not _REGISTRY.fullmatch(domain) and not _within(domain, ours):
                    held.setdefault(domain, set()).add(account)
        return cls(
            {address: frozenset(ids) for address, ids in us.items()}, frozenset(asked),
            {address: tuple(sorted(all_, key=lambda one: one.person_id)) for address, all_ in them.items()},
            {domain: frozenset(ids) for domain, ids in held.items()}, frozenset(ours - {""}), public,
        )  # fmt: skip

    def party(self, address: str) -> Party:
        """Whose an address is. ``address`` is plain (``plain_address``)."""
        if address not in self._found:
            self._found[address] = self._party(address)
        return self._found[address]

    def is_ours(self, domain: str) -> bool:
        """Whether a domain is ours, or below one of ours."""
        return bool(_within(domain, self.our_domains))

    def _party(self, address: str) -> Party:
        bare = _untagged(address)
        for form in (address, bare):
            if form in self.csms:
                ids = self.csms[form]
                return Party("ours", next(iter(ids)) if len(ids) == 1 else "")
        people = self.people.get(address) or self.people.get(bare) or ()
        if any(person.is_internal for person in people) or self.is_ours(_domain(address)):
            return Party("ours")
        accounts = {person.account for person in people} - {""}
        if not accounts:
            accounts = set(self._accounts_at(_domain(address)))
        if len(accounts) != 1:
            return Party("several" if accounts else "nobody")
        (account,) = accounts
        mine = [person for person in people if person.account in ("", account)]
        is_machine = bool(mine) and all(person.is_service for person in mine)
        return Party("theirs", account=account, person=mine[0].person_id if mine else "", is_machine=is_machine)

    def _accounts_at(self, domain: str) -> frozenset[str]:
        """The accounts of a domain, else of the one that it is below."""
        if domain in self.public:
            return frozenset()
        found = _within(domain, self.domains)
        return self.domains[found] if found else frozenset()


def plain_address(text: str) -> str:
    """An address as it is compared: in small letters, its domain in ASCII. Empty for what is none."""
    local, at, domain = text.strip().strip("<>").strip().rpartition("@")
    domain = domain_of(domain) if at else ""
    if not local or "." not in domain or len(text) > _LONGEST or any(c.isspace() for c in local + domain):
        return ""
    return f"{local.lower()}@{domain}"


def domain_of(text: str) -> str:
    """The domain that an address, a domain or the address of a web site names, without ``www``. Empty for none."""
    domain = text.strip().lower().partition("://")[2] or text.strip().lower()
    domain = domain.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].strip(".")
    domain = domain.removeprefix("www.")
    if not domain or len(domain) > 253 or "." not in domain:
        return ""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _untagged(address: str) -> str:
    """Without what comes after a plus sign, which a person puts there to sort mail by."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _within(domain: str, known: Iterable[str] | Mapping[str, object]) -> str:
    """The nearest of the known domains that a domain is, or is below; empty for none."""
    while "." in domain:
        if domain in known:
            return domain
        domain = domain.partition(".")[2]
    return ""

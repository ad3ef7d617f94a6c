"""An IMAP server whose mails it gives as far as it is told to: damaged files, refusals, bodies that are NIL."""

import re
from dataclasses import dataclass

from tests.helpers.scripted_imap import ScriptedImap


@dataclass
class OddMail:
    """``gives``: the parts that are given (``size``, ``head``, ``body``, ``envelope``).

    Of the others ``refusal`` is said (``NO …``); an empty one leaves the part out, ``NIL`` gives it as such.
    """

    subject: str
    gives: frozenset[str] = frozenset(("size", "head", "body", "envelope"))
    refusal: str = "NO [SERVERBUG] Internal error occurred. Refer to server log"
    expunged: bool = False

    @property
    def head(self) -> str:
        """The header fields."""
        return (
            f"Message-ID: <{self.subject}@x>\r\nDate: Sun, 01 Mar 2026 10:00:00 +0100\r\n"
            f"From: Ada <ada@example.org>\r\nSubject: {self.subject}\r\n\r\n"
        )


class OddImap(ScriptedImap):
    """One folder. A page with a mail that is refused is refused as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: dict[int, OddMail] = {}
        self.uidnext = 1
        self.refuses_all = ""

    def add(self, mail: OddMail) -> int:
        """Deliver it; return its UID."""
        self.mails[self.uidnext] = mail
        self.uidnext += 1
        return self.uidnext - 1

    def _reply(self, line: str) -> str:
        _, command, *words = line.split(maxsplit=3)
        if command.upper() == "EXAMINE":
            found = sum(not mail.expunged for mail in self.mails.values())
            return f"* {found} EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT {self.uidnext}] ok\r\nOK done"
        if command.upper() != "UID":
            return super()._reply(line)
        rest = words[1]
        if words[0].upper() == "SEARCH":
            low, high = (int(one) for one in (re.findall(r"\d+", rest) * 2)[:2]) if ":" in rest else (0, 0)
            asked = set(range(low, high + 1)) if high else {int(one) for one in re.findall(r"\d+", rest)}
            uids = [uid for uid, mail in self.mails.items() if uid in asked and not mail.expunged]
            return f"* SEARCH {' '.join(map(str, uids))}\r\nOK done"
        return self._fetched(rest)

    def _fetched(self, rest: str) -> str:
        if self.refuses_all:
            return self.refuses_all
        numbers, what = rest.split(maxsplit=1)
        uids = [uid for part in numbers.split(",") for uid in _range(part) if uid in self.mails]
        lines: list[str] = []
        for uid in uids:
            mail = self.mails[uid]
            if mail.expunged:
                continue
            parts = [f"UID {uid}"]
            for part, asked, said in (
                ("size", "RFC822.SIZE", 'RFC822.SIZE 200 INTERNALDATE "01-Mar-2026 10:00:00 +0000"'),
                ("head", "HEADER.FIELDS", _literal(f"BODY[{FIELDS}]<0>", mail.head)),
                ("body", "BODY.PEEK[]", _literal("BODY[]<0>", f"{mail.head}text of {mail.subject}")),
                ("envelope", "ENVELOPE", _envelope(mail)),
            ):
                if asked not in what.upper():
                    continue
                if part in mail.gives:
                    parts.append(said)
                elif mail.refusal == "NIL" and part != "size":
                    parts.append(f"{'BODY[]<0>' if part == 'body' else f'BODY[{FIELDS}]<0>'} NIL")
                elif mail.refusal:
                    return "\r\n".join([*lines, mail.refusal])
            lines.append(f"* {uid} FETCH ({' '.join(parts)})")
        return "\r\n".join([*lines, "OK done"])


FIELDS = "HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)"


def _range(part: str) -> range:
    low, _, high = part.partition(":")
    return range(int(low), int(high or low) + 1)


def _literal(name: str, words: str) -> str:
    return f"{name} {{{len(words.encode())}}}\r\n{words}"


def _envelope(mail: OddMail) -> str:
    person = '(("Ada" NIL "ada" "example.org"))'
    date = '"Sun, 01 Mar 2026 10:00:00 +0100"'
    return f'ENVELOPE ({date} "{mail.subject}" {person} {person} {person} NIL NIL NIL NIL "<{mail.subject}@x>")'

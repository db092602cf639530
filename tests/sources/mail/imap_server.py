"""A small IMAP server (RFC 3501, as much as reading needs), with the faults that servers have."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

USER, PASSWORD, TOKEN = "ann@us.example", 'pass "word\\', "a-token"


class Mailboxes:
    """What is in a server. ``folders``: name to messages by number, each with when it was kept; ``flags`` of folders.

    ``poison``: numbers at which the connection breaks; ``cuts``: how many of the next answers break off in the middle.
    """

    def __init__(self):
        self.folders = {"INBOX": {}}
        self.flags = {}
        self.validity = dict.fromkeys(self.folders, 1)
        self.poison, self.drafts, self.cuts, self.asked, self.renumber_at = set(), set(), 0, [], None

    def put(self, folder, raw, at=None):
        """One more message."""
        own = self.folders.setdefault(folder, {})
        self.validity.setdefault(folder, 1)
        own[max(own, default=0) + 1] = (raw, at or datetime(2026, 11, 2, 9, tzinfo=UTC))

    def renumber(self, folder):
        """Give all numbers anew, as after a restore."""
        self.validity[folder] += 1
        kept = [self.folders[folder][number] for number in sorted(self.folders[folder])]
        self.folders[folder] = dict(enumerate(reversed(kept), start=1))


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.send("* OK ready")
        self.folder = None
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.box.asked.append(rest)
            word, _, words = rest.partition(" ")
            if word == "UID":
                word, _, words = words.partition(" ")
            try:
                answered = getattr(self, f"on_{word.lower()}", lambda _words: "BAD no such command")(words)
            except ConnectionError:
                return
            self.send(f"{tag} {answered or 'OK done'}")
            if word == "LOGOUT":
                return

    @property
    def box(self):
        return self.server.box

    def send(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def on_capability(self, _words):
        self.send("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")

    def on_login(self, words):
        quoted = [re.sub(r"\\(.)", r"\1", one) for one in re.findall(r'"((?:\\.|[^"\\])*)"', words)]
        return "" if quoted == [USER, PASSWORD] else "NO [AUTHENTICATIONFAILED] wrong"

    def on_authenticate(self, words):
        if words != "XOAUTH2":
            return "NO unknown"
        self.send("+ ")
        said = base64.b64decode(self.rfile.readline())
        if said == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode():
            return ""
        self.send("+ " + base64.b64encode(b'{"status":"400"}').decode())  # and waits for an empty answer
        self.rfile.readline()
        return "NO AUTHENTICATE failed"

    def on_logout(self, _words):
        self.send("* BYE")

    def on_list(self, _words):
        for name in self.box.folders:
            if '"' in name:
                self.wfile.write(
                    f'* LIST (\\HasNoChildren{self.box.flags.get(name, "")}) "/" {{{len(name)}}}\r\n{name}\r\n'.encode()
                )
            else:
                self.send(f'* LIST (\\HasNoChildren{self.box.flags.get(name, "")}) "/" "{name}"')
        self.send('* LIST (\\Noselect) "/" "[Gmail]"')

    def on_examine(self, words):
        self.folder = re.sub(r"\\(.)", r"\1", words.strip('"'))
        if self.folder not in self.box.folders:
            return "NO no such folder"
        own = self.box.folders[self.folder]
        self.send(f"* {len(own)} EXISTS")
        self.send(f"* OK [UIDVALIDITY {self.box.validity[self.folder]}]")
        self.send(f"* OK [UIDNEXT {max(own, default=0) + 1}]")
        return "OK [READ-ONLY] done"

    def on_select(self, _words):
        raise AssertionError("a folder is to be examined only")

    def on_search(self, words):
        own = self.box.folders[self.folder]
        first, last = re.match(r"UID (\d+):(\d+)", words).groups()
        since = re.search(r"SINCE (\S+)", words)
        opens = (
            datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)
        )
        found = [n for n, (_, at) in own.items() if int(first) <= n <= int(last) and at >= opens]
        self.send("* SEARCH " + " ".join(map(str, [*found, max(own, default=0)])))  # "n:*" has the last one always

    def on_fetch(self, words):
        listed, _, what = words.partition(" ")
        if self.box.renumber_at == "fetch":
            self.box.renumber_at = None
            self.box.renumber(self.folder)
            raise ConnectionError
        assert "PEEK" in what
        for number in map(int, listed.split(",")):
            if number not in self.box.folders[self.folder]:
                continue
            if number in self.box.poison:
                raise ConnectionError
            self.give(number, *self.box.folders[self.folder][number], what)

    def give(self, number, raw, at, what):
        content = raw if "BODY.PEEK[]" in what else raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        part = "BODY[]<0>" if "BODY.PEEK[]" in what else "BODY[HEADER]"
        if "HEADER" not in what:
            content = content[: int(re.search(r"<0\.(\d+)>", what)[1])]
        flags = "\\Seen \\Draft" if number in self.box.drafts else "\\Seen"
        name = b'strange "name" (5 FETCH (UID 9'  # a literal in the middle of the structure
        head = f'* {number} FETCH (UID {number} FLAGS ({flags}) INTERNALDATE "{at:%d-%b-%Y %H:%M:%S +0000}" BODYSTRUCTURE ("TEXT" "PLAIN" ("NAME" '
        said = (
            head.encode()
            + f"{{{len(name)}}}\r\n".encode()
            + name
            + f") NIL) {part} {{{len(content)}}}\r\n".encode()
            + content
        )
        if self.box.cuts:
            self.box.cuts -= 1
            self.wfile.write(said[: len(said) // 2])
            self.wfile.flush()
            self.connection.shutdown(2)
            raise ConnectionError
        self.wfile.write(said + b")\r\n")
        self.send(f"* {number} FETCH (FLAGS (\\Seen))")  # what servers tell of by themselves


@contextmanager
def serving(box):
    """The port of a server with these mailboxes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.box, server.daemon_threads = box, True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def many(count):
    """Messages that differ, one a minute."""
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    return [
        f"From: rita@acme.example\r\nTo: ann@us.example\r\nMessage-ID: <{n}@x>\r\n"
        f"Date: {format_datetime(start + timedelta(minutes=n))}\r\nSubject: s\r\n\r\nwords {n}".encode()
        for n in range(count)
    ]

"""Mail, sent from the worker: to people of Tenure, one at a time, who can decline each purpose."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils import timezone

from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.web.post import letters, mail_settings
from tenure.web.post.models import Declined, Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.web.access.models import User
    from tenure.web.post.letters import Letter
    from tenure.web.post.mail_settings import MailSettings

#: Seconds that a server may take for each answer.
_PATIENCE = 20
#: Seconds until a mail is tried again that could not be sent, one try after the other: within a day and a half.
PAUSES = (60, 300, 1_800, 7_200, 21_600, 86_400)
_SALT = "tenure.mail.decline"


def is_set_up() -> bool:
    """Whether mail can be sent, as far as the settings go."""
    try:
        return mail_settings.read(settings.HOME) is not None
    except UsageError:
        return False


def send(user: User, letter: Letter, name: str) -> bool:
    """Send a person a mail; False where she has declined such, or is no more. ``name``: tells this mail from all others, so that
    a mail that is sent twice, as its job was cut short, is known to be one.

    Raises ``UsageError`` where mail is not set up, ``UnavailableError`` where it cannot be sent now, ``DataError`` where the server
    refuses it for good.
    """
    if not user.is_active or has_declined(user, letter.purpose):
        return False
    try:
        _send(user, letter, name)
    except TenureError as error:
        Sent.objects.create(user=user, purpose=letter.purpose, error=error.code, told=error.message[:300])
        raise
    Sent.objects.create(user=user, purpose=letter.purpose)
    return True


def _send(user: User, letter: Letter, name: str) -> None:
    how = mail_settings.read(settings.HOME)
    if how is None:
        fix = "An administrator sets it up on the page Mail."
        raise UsageError("Mail is not set up.", code="no_mail", fix=fix)
    message = message_of(user, letter, name, how)
    with _connected(how) as server:
        server.send_message(message, how.sender, [user.email])


def message_of(user: User, letter: Letter, name: str, how: MailSettings) -> EmailMessage:
    """The mail as it is sent. It holds the person's address and name, and what the letter says."""
    declines = f"{how.address}/unsubscribe/{token(user, letter.purpose)}/"
    domain = parseaddr(how.sender)[1].rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((_line(how.name or "Tenure"), how.sender))
    message["To"] = formataddr((_line(user.name), user.email))
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = f"<{hashlib.sha256(f'{how.address} {name} {user.pk}'.encode()).hexdigest()[:32]}@{domain}>"
    message["List-Unsubscribe"] = f"<{declines}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letters.text_of(letter, how.address, declines))
    message.add_alternative(letters.html_of(letter, how.address, declines), subtype="html")
    for each in letter.attachments:
        kind, _, subtype = each.content_type.partition(";")[0].partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
    return message


@contextmanager
def _connected(how: MailSettings) -> Iterator[smtplib.SMTP]:
    """A server that takes mail. What it refuses is told as one of the project's errors."""
    where, again = f"{how.host}:{how.port}", "Look at the settings on the page Mail, and at the mail server."
    try:
        secure = ssl.create_default_context()
        if how.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(how.host, how.port, timeout=_PATIENCE, context=secure)
        else:
            server = smtplib.SMTP(how.host, how.port, timeout=_PATIENCE)
        with server:
            if how.security == "starttls":
                server.starttls(context=secure)
            if how.user:
                server.login(how.user, mail_settings.password(settings.HOME))
            yield server
    except smtplib.SMTPAuthenticationError:
        message = "The mail server does not accept user and password."
        raise UnavailableError(message, code="mail_log_in", where=where, fix=again) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(next(iter(error.recipients.values()))[0], where) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, where) from None
    except smtplib.SMTPNotSupportedError:
        message = "The mail server does not offer what the settings ask for: TLS, or logging in."
        raise UnavailableError(message, code="mail_server", where=where, fix=again) from None
    except ssl.SSLError:
        message = "The mail server's certificate cannot be trusted, or it does not speak TLS there."
        raise UnavailableError(message, code="mail_tls", where=where, fix=again) from None
    except (OSError, smtplib.SMTPException):
        message = "The mail server does not answer as it should."
        raise UnavailableError(message, code="mail_server", where=where, fix=again) from None


def _refused(code: int, where: str) -> TenureError:
    """What a server's answer means: from 500 on it will not have this mail, below it may another time. What it says may hold
    the address, and is not told.
    """
    if code >= 500:
        message = f"The mail server refuses this mail (its answer has the number {code})."
        return DataError(
            message, code="mail_refused", where=where, fix="Look at the address of the person, and at the sender."
        )
    message = f"The mail server does not take this mail now (its answer has the number {code})."
    return UnavailableError(message, code="mail_later", where=where, fix="It is tried again.")


def token(user: User, purpose: str) -> str:
    """What a person declines a purpose with, without logging in. It lets her do nothing else."""
    return signing.dumps([user.pk, purpose], salt=_SALT)


def meant(secret: str) -> tuple[int, str] | None:
    """Whose a token is, and of which purpose; None of one that is none."""
    try:
        number, purpose = signing.loads(secret, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(number), str(purpose)


def decline(user_id: int, purpose: str) -> None:
    """Send a person no mail of a purpose any more."""
    Declined.objects.get_or_create(user_id=user_id, purpose=purpose)


def accept(user: User, purpose: str) -> None:
    """Send a person mail of a purpose again."""
    Declined.objects.filter(user=user, purpose=purpose).delete()


def has_declined(user: User, purpose: str) -> bool:
    """Whether a person does not want mail of a purpose."""
    return Declined.objects.filter(user=user, purpose=purpose).exists()


def _line(text: str) -> str:
    """A text that stays in its header."""
    return " ".join(text.split())

"""Mail by SMTP: a fixed sender, one recipient, the same Message-ID however often it is tried."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formataddr

from gateways.messages import Message, Outcome

TIMEOUT_SECONDS = 20
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """A mail server. `sender` stands in From and in the envelope."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = False
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: Message) -> Outcome:
        """Send one mail. Whatever goes wrong before its text is offered was surely not sent."""
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (OSError, smtplib.SMTPException):
            return Outcome.FAILED
        try:
            return self._hand_over(server, message)
        finally:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, message: Message) -> Outcome:
        try:
            self._open(server)
            _expect_ok(server.mail(self.sender))
            _expect_ok(server.rcpt(message.to))
        except smtplib.SMTPResponseException as answer:
            return _refusal(answer.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Outcome.FAILED
        try:
            code, _ = server.data(self.letter(message).as_bytes(policy=_WIRE))
        except smtplib.SMTPDataError as answer:
            return _refusal(answer.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Outcome.UNKNOWN
        return Outcome.SENT if code < 400 else _refusal(code)  # noqa: PLR2004 SMTP reply classes

    def _open(self, server: smtplib.SMTP) -> None:
        if self.use_tls:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)

    def letter(self, message: Message) -> EmailMessage:
        """Build the mail: nothing in it but the text drawn for this one recipient."""
        letter = EmailMessage()
        letter["From"] = formataddr(("微光", self.sender))
        letter["To"] = Address(addr_spec=message.to)
        letter["Subject"] = message.title
        letter["Message-ID"] = f"<{message.key.lower()}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text, cte="base64")
        return letter


_WIRE = EmailMessage().policy.clone(linesep="\r\n")


def _expect_ok(answer: tuple[int, bytes]) -> None:
    if answer[0] >= 400:  # noqa: PLR2004 as above
        raise smtplib.SMTPResponseException(*answer)


def _refusal(code: int) -> Outcome:
    """Tell a refusal for good (5xx) from one for now."""
    return Outcome.REFUSED if code >= PERMANENT else Outcome.FAILED

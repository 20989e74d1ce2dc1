"""The ways out of this installation: real ones where the settings name them, else files."""

import shlex

from config import Settings
from gateways.files import FileGateway
from gateways.mail import SmtpMail
from gateways.messages import Gateway
from gateways.sms import AskableSms, SmsCommand
from jobs.notices import Gateways
from services.notices.delivery import House
from vocabulary import clock
from vocabulary.enums import Channel

FOLDER = "outbox"


def gateways_of(settings: Settings) -> Gateways:
    """Return mail and SMS; without a provider each goes to its own private file."""
    return {Channel.MAIL: _mail(settings), Channel.SMS: _sms(settings)}


def house_of(settings: Settings) -> House:
    """Return what notices say of the installation; without a mail server staff have their inbox."""
    ways = {Channel.SMS} | ({Channel.MAIL} if settings.mail.host else set())
    return House(
        public_url=settings.public_url,
        hotline=settings.operator.hotline,
        staff_by=frozenset(ways),
    )


def _mail(settings: Settings) -> Gateway:
    mail = settings.mail
    if not mail.host:
        return local_file(settings, Channel.MAIL)
    return SmtpMail(mail.host, mail.port, mail.sender, mail.user, mail.password, mail.use_tls)


def _sms(settings: Settings) -> Gateway:
    if not settings.sms_command:
        return local_file(settings, Channel.SMS)
    command, asks = (
        tuple(shlex.split(one)) for one in (settings.sms_command, settings.sms_ask_command)
    )
    return AskableSms(command, asks=asks) if asks else SmsCommand(command)


def local_file(settings: Settings, channel: Channel) -> FileGateway:
    """Return the file that stands for a provider; sealed where real people are meant."""
    path = settings.instance / FOLDER / f"{channel.value}.log"
    return FileGateway(path, clock=clock.now, is_sealed=settings.is_production)

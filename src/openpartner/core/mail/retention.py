"""How long mails are remembered."""

from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.sinks import folder
from openpartner.core.outgoing.retention import Retention

RETENTION = Retention(OutgoingMail, folder, "*.eml")

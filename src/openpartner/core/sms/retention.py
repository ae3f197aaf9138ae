"""How long SMS are remembered."""

from openpartner.core.outgoing.retention import Retention
from openpartner.core.sms.models import OutgoingSms
from openpartner.core.sms.sinks import folder

RETENTION = Retention(OutgoingSms, folder, "*.txt")

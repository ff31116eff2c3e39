"""The addresses of the public site, one controller per noun."""

from ogpmonitor.portal.routes.cards import CardController
from ogpmonitor.portal.routes.evidence import EvidenceController
from ogpmonitor.portal.routes.jurisdictions import JurisdictionController
from ogpmonitor.portal.routes.method import MethodController
from ogpmonitor.portal.routes.plans import PlanController
from ogpmonitor.portal.routes.platform import PlatformController, RootController

__all__ = [
    "CardController",
    "EvidenceController",
    "JurisdictionController",
    "MethodController",
    "PlanController",
    "PlatformController",
    "RootController",
]

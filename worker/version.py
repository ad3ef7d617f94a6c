"""The one place that knows the version of the product and of the wire protocol."""

__version__ = "0.1.0"

PROTOCOL = 1
"""Wire protocol of master and worker: a worker of another number is refused with the reason."""

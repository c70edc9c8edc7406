"""Cards that fill themselves from a training: ``cardwright.record`` and ``cardwright.autolog``.

The import of this package loads no framework. Frameworks are observed when the training imports them.
"""

from cardwright.recording.autologging import autolog
from cardwright.recording.run import Run, record

__all__ = ["Run", "autolog", "record"]

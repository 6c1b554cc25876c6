"""Customer value in Python: the library of the workbook.

Importing it is cheap: sub-modules load what they need when they are imported.
"""

__version__ = "0.1.0"

"""One kind of error for everything a user can put right: one clear line, no traceback."""


class WorkbookError(Exception):
    """Its text says what is wrong, where, and what to do about it."""


class OnTheEdge(WorkbookError):
    """A right answer would be judged by rounding noise."""

"""Says in one line why something failed. Pure: no Django."""


def first_cause(error: BaseException) -> str:
    """Return the first line of the error that began it: later ones say what then was impossible."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return str(error).partition("\n")[0]

"""Numbers with their nouns, for sentences."""


def many(number: int, one: str, more: str = "") -> str:
    """Return `number` with its noun: `one` for exactly one, else `more` (where that is empty, `one` with an s)."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"

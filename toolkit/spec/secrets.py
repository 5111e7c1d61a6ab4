"""Which environment variables sound secret: a spec reads them only where the call names them."""

import re

WITHIN = ("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL")
"""A name with one of these anywhere sounds secret."""
WORDS = ("KEY", "KEYS", "TOKEN", "TOKENS", "PASS", "PWD", "AUTH")
"""So does one with such a word: `AWS_ACCESS_KEY_ID`, `DB_PASS`."""
ENDS = ("KEY", "KEYS", "TOKEN")
"""And one with a word that ends so: `APIKEY`."""
HARMLESS = {"PWD", "OLDPWD", "MONKEY", "TURKEY", "DONKEY", "HOCKEY", "JOCKEY", "WHISKEY"}
"""Names and words that do not: the working directory, and English that only ends so."""


def sounds_secret(name: str) -> bool:
    """Whether the name of an environment variable sounds as if its value were nobody else's business.

    Its words are what stands between underscores, digits and changes from small to capital letters.
    """
    words = [word.upper() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]+", name)]
    whole = name.upper()
    if whole in HARMLESS:
        return False
    return any(part in whole for part in WITHIN) or any(
        word in WORDS or (word.endswith(ENDS) and word not in HARMLESS) for word in words
    )

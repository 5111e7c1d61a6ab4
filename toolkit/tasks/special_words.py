"""Words of a vocabulary that stand for no word of a text."""

UNKNOWN = "UNK"
START = "<s>"
END = "</s>"

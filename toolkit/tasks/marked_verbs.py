"""What is known of sentences whose subject and verb are marked: how hard the verb's number is to tell."""

from toolkit.tasks.task import Group

NUMBERS = ("VBZ", "VBP")
"""The tags of verbs in the singular and in the plural."""

DISTANCE = Group(
    name="distance",
    unit="words",
    meaning="distance from subject to verb, in words",
    needs=("subj_idx", "verb_idx"),
    value=lambda sentence: int(sentence["verb_idx"]) - int(sentence["subj_idx"]),
)
ATTRACTORS = Group(
    name="attractors",
    unit="nouns",
    meaning="number of attractors, nouns between subject and verb whose number is not the subject's",
    needs=("attractors",),
    value=lambda sentence: int(sentence["attractors"]),
)

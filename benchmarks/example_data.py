"""The data that example specs read: sentences of the built-in grammar as a table and as CoNLL-U, free to use and share.

python benchmarks/example_data.py      # writes specs/data anew
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from toolkit.data.corpus import Sequences
from toolkit.data.sources.grammar.generator import generate
from toolkit.data.sources.grammar.lexicon import CLOSED, NOUNS, QUALITIES, VERBS, number_of

FOLDER = Path(__file__).parents[1] / "specs" / "data"
SENTENCES, LONGEST, SEED = 600, 10, 11

CLOSED_TAGS = {"det": "DET", "in": "ADP", "facing": "ADP", "beside": "ADP"}
TAGS = {
    **{form: CLOSED_TAGS.get(name, "ADV") for name, each in CLOSED.items() for form in (*each.singular, *each.plural)},
    **{form: "ADJ" for each in QUALITIES.values() for form in each.singular},
    **dict.fromkeys(number_of(NOUNS), "NOUN"),
    **dict.fromkeys(number_of(VERBS), "VERB"),
    **dict.fromkeys((".", ","), "PUNCT"),
    **dict.fromkeys(("and", "but"), "CCONJ"),
    **dict.fromkeys(("when", "as"), "SCONJ"),
    **dict.fromkeys(("that", "which", "who", "whom"), "PRON"),
    **dict.fromkeys(("of", "from", "over", "with", "to"), "ADP"),
    **dict.fromkeys(("there", "very", "almost"), "ADV"),
    **{"are": "AUX", "is": "AUX", "course": "NOUN"},
}
"""The universal part of speech of every word of the grammar."""


def table(sentences: Sequences) -> str:
    """CSV: the words before the verb, the verb's number, the distance to its subject in words, and nouns between."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("text", "label", "target", "attractors"))
    columns = sentences.columns
    rows = zip(*(columns[name] for name in ("words", "subj_idx", "verb_idx", "verb_pos", "attractors")), strict=True)
    for words, subject, verb, number, attractors in rows:
        label = {"VBZ": "singular", "VBP": "plural"}[number]
        writer.writerow((" ".join(words[:verb]), label, verb - subject, attractors))
    return out.getvalue()


def conllu(sentences: Sequences) -> str:
    """CoNLL-U: words and their universal parts of speech; what a tree would say is left open."""
    return "\n".join(map(_block, sentences.words, range(1, len(sentences) + 1)))


def _block(words: Sequence[str], number: int) -> str:
    head = f"# sent_id = {number}\n# text = {' '.join(words)}\n"
    lines = (f"{place}\t{word}\t_\t{TAGS[word]}" + "\t_" * 6 for place, word in enumerate(words, start=1))
    return head + "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """The content of each file by its name."""
    sentences = generate(SENTENCES, LONGEST, "natural", SEED)
    return {"verbs.csv": table(sentences), "tagged.conllu": conllu(sentences.first(SENTENCES // 2))}


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

"""How a data set is told by a few numbers, on the console and in a report."""

from toolkit.summary import Part, Summary, summary_lines, summary_rows

TRAIN, MORE, DEV = Part("train", 1000, 20_000, 1234), Part("train", 2000, 40_000, 2468), Part("dev", 100, 2000, 0)


def test_data_sets_of_one_folder_are_told_together_and_each_remark_once() -> None:
    summaries = [Summary("text a", 500, [part, DEV], ["odd"]) for part in (TRAIN, MORE, TRAIN)]
    assert list(summary_lines([*summaries, Summary("text b", 500, [TRAIN, DEV], ["odd", "even"])])) == [
        "data: text a, 500 words known",
        "  train  1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%)",
        "  train  2,000 sentences, 40,000 words, 2,468 of them unknown (6.2%)",
        "  dev    100 sentences, 2,000 words, 0 of them unknown (0.0%)",
        "data: text b, 500 words known",
        "  train  1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%)",
        "  dev    100 sentences, 2,000 words, 0 of them unknown (0.0%)",
        "warning: odd",
        "warning: even",
    ]


def test_a_report_has_a_row_a_part_and_a_row_a_remark() -> None:
    assert summary_rows([Summary("text a", 500, [part, DEV], ["odd"]) for part in (TRAIN, MORE)]) == [
        (
            "training set",
            "1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%); "
            "2,000 sentences, 40,000 words, 2,468 of them unknown (6.2%)",
        ),
        ("development set", "100 sentences, 2,000 words, 0 of them unknown (0.0%)"),
        ("vocabulary", "500 words known"),
        ("warning", "odd"),
    ]

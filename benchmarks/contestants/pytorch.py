"""PyTorch's own recurrent layers, over padded or over packed sentences."""

import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from workloads import RATE, Workload

IGNORED = -100
"""The target of padding."""


class Trainer:
    """Trains PyTorch models.

    Args:
        packed: Whether the layers see the sentences' words only, and no padding.
    """

    def __init__(self, packed: bool) -> None:
        self.packed = packed

    def prepare(self, workload: Workload) -> None:
        """Make the model."""
        self.network = Network(workload, self.packed)
        self.optimizer = torch.optim.SGD(self.network.parameters(), RATE)
        train = workload.train()
        self.batches = []
        for chosen in workload.chosen(workload.updates):
            words, targets = (
                [torch.tensor(column[index], dtype=torch.int64) for index in chosen]
                for column in (train.inputs, train.targets)
            )
            lengths = torch.tensor([len(sentence) for sentence in words])
            padded = pad_sequence(words, batch_first=True)
            self.batches.append((padded, lengths, self.network.aligned(targets, lengths)))

    def seconds(self, updates: int) -> float:
        """Train on the first so many batches of an epoch; how long it took."""
        start = time.perf_counter()
        for words, lengths, targets in self.batches[:updates]:
            self.optimizer.zero_grad()
            scores = self.network(words, lengths)
            nn.functional.cross_entropy(scores, targets, ignore_index=IGNORED).backward()
            self.optimizer.step()
        return time.perf_counter() - start


class Network(nn.Module):
    """Word rows, a recurrent layer without biases, and an output layer."""

    def __init__(self, workload: Workload, packed: bool) -> None:
        super().__init__()
        self.is_model = workload.task == "language_model"
        self.packed = packed
        hidden, dtype = workload.hidden, getattr(torch, workload.dtype)
        self.rows = nn.Embedding(workload.vocabulary, hidden, dtype=dtype)
        layer = {"rnn": nn.RNN, "gru": nn.GRU}[workload.cell]
        self.recurrent = layer(hidden, hidden, bias=False, batch_first=True, dtype=dtype)
        self.output = nn.Linear(hidden, workload.outputs, bias=False, dtype=dtype)

    def forward(self, words: Any, lengths: Any) -> Any:
        """Scores, shape `(predictions, outputs)`, of sentences `(batch, steps)` with so many words each."""
        rows = self.rows(words)
        if self.packed:
            states, last = self.recurrent(pack_padded_sequence(rows, lengths, batch_first=True, enforce_sorted=False))
            return self.output(states.data if self.is_model else last[0])
        states, _ = self.recurrent(rows)
        return self.output(states.flatten(0, 1) if self.is_model else states[torch.arange(len(words)), lengths - 1])

    def aligned(self, targets: Sequence[Any], lengths: Any) -> Any:
        """The targets of sentences in the order of the scores, shape `(predictions,)`."""
        if not self.is_model:
            return torch.cat(list(targets))
        padded = pad_sequence(list(targets), batch_first=True, padding_value=IGNORED)
        if self.packed:
            return pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False).data
        return padded.flatten()

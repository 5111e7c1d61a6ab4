"""The arrays of the engine by their shapes, so that a signature says what it takes.

TensorFlow and Keras have no types, so that each of these is any value to mypy; they are for who reads.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""Any shape."""
Tensors: TypeAlias = Sequence[Tensor]
"""Several, each of its own shape: states, or gradients with respect to them."""
Number: TypeAlias = Any
"""`()`: one number, known or a tensor."""
Rows: TypeAlias = Any
"""`(rows, ..)`: a row for each sentence of a batch at one step, or for each of all its positions."""
Steps: TypeAlias = Any
"""`(batch, steps, ..)`: values at every step of each sentence of a batch."""
StepsFirst: TypeAlias = Any
"""`(steps, batch, ..)`: the same, steps first."""
Mask: TypeAlias = Any
"""`(batch, steps)`: True at real steps; None where all are."""
Lengths: TypeAlias = Any
"""`(batch,)`: a whole number for each sentence, such as its length or the place of its last step."""
Chunks: TypeAlias = Any
"""`(chunks, rows, ..)`: values at all predictions, cut into chunks; there may be padding at the end."""
Kernel: TypeAlias = Any
"""`(values, outputs)`: a matrix of weights, such as those of a cell's gates, or of a layer that scores."""
Bias: TypeAlias = Any
"""`(outputs,)`: what such a layer adds; None for nothing."""
Inputs: TypeAlias = Mapping[str, Tensor]
"""What a batch reads: `tokens` or `vectors`, `(batch, steps, ..)`, `positions`, `(chunks, rows)`, and `divisor`."""
Trained: TypeAlias = tuple[Inputs, Chunks, Chunks]
"""A batch: its inputs, and at each prediction what is to be predicted and how much it counts."""
Structure: TypeAlias = Any
"""Tensors, nested as a loop or a compiled function carries them; its maker says how."""
Cell: TypeAlias = Any
"""A Keras cell: it has `state_size`, and is called with the inputs of a step and a list of states."""
Variable: TypeAlias = Any
"""A Keras variable, a weight or a state, of any shape."""

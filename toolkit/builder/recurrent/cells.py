"""The recurrent cells that the toolkit brings, RNN, GRU and LSTM, and how a cell is found by name."""

from importlib import import_module
from typing import Any

import keras
from keras import ops

from toolkit.builder.recurrent_cell import SLOPES, RecurrentCell
from toolkit.builder.shapes import Bias, Kernel, Rows
from toolkit.errors import SpecError


@keras.saving.register_keras_serializable("toolkit")
class RNNCell(RecurrentCell):
    """The simple recurrent cell of Elman (1990), "Finding structure in time", Cognitive Science 14:179-211.

        s_t = sigmoid(V x_t + U s_{t-1})

    `recurrent_kernel` is U transposed, shape `(units, units)`.
    """

    gates = 1
    default_activation = "sigmoid"

    def advance(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> list[Rows]:
        """One step; see RecurrentCell.advance."""
        return [self.activation(self.project(inputs) + ops.matmul(states[0], kernels[0]))]


@keras.saving.register_keras_serializable("toolkit")
class GRUCell(RecurrentCell):
    """The gated recurrent unit of Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder".

        r_t = sigmoid(Vr x_t + Ur s_{t-1})
        z_t = sigmoid(Vz x_t + Uz s_{t-1})
        h_t = tanh(Vh x_t + Uh (r_t * s_{t-1}))
        s_t = z_t * s_{t-1} + (1 - z_t) * h_t

    The columns of a projected input and of `recurrent_kernel`, shape `(units, 3 * units)`, are those of r, z, h.
    """

    gates = 3
    default_activation = "tanh"

    def recurrent_kernels(self) -> list[Kernel]:
        """That of r and z, and that of h."""
        kernels: list[Kernel] = ops.split(self._cast(self.recurrent_kernel), [2 * self.units], axis=-1)
        return kernels

    def advance(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> list[Rows]:
        """One step; see RecurrentCell.advance."""
        return self.advance_keeping(inputs, states, kernels)[0]

    def advance_keeping(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> tuple[list[Rows], list[Rows]]:
        """One step, and r and z side by side, and h; see RecurrentCell.advance_keeping."""
        (previous,), (gate_kernel, candidate_kernel) = states, kernels
        rows, gates = self.project(inputs), 2 * self.units
        opened = ops.sigmoid(rows[:, :gates] + ops.matmul(previous, gate_kernel))
        reset, update = ops.split(opened, 2, axis=-1)
        candidate = self.activation(rows[:, gates:] + ops.matmul(reset * previous, candidate_kernel))
        return [update * previous + (1 - update) * candidate], [opened, candidate]

    def errors_back(
        self, states: list[Rows], new_states: list[Rows], kept: list[Rows], errors: list[Rows], kernels: list[Kernel]
    ) -> tuple[Rows, list[Rows], list[Kernel]]:
        """The gradients of one step; see RecurrentCell.errors_back."""
        return self._errors_back(states[0], states[0], kept, errors[0], kernels)

    def _errors_back(
        self, previous: Rows, reset_factor: Rows, kept: list[Rows], error: Rows, kernels: list[Kernel]
    ) -> tuple[Rows, list[Rows], list[Kernel]]:
        """The gradients of one step, that of r being multiplied by `reset_factor`."""
        (opened, candidate), (gate_kernel, candidate_kernel) = kept, kernels
        reset, update = ops.split(opened, 2, axis=-1)
        of_candidate = error * (1 - update) * SLOPES[self.activation](candidate)
        of_product = _through(of_candidate, candidate_kernel)
        of_opened = ops.concatenate([of_product * reset_factor, error * previous - error * candidate], axis=-1)
        of_gates = of_opened * opened * (1 - opened)
        of_previous = error * update + of_product * reset + _through(of_gates, gate_kernel)
        of_kernels = [_of_kernel(previous, of_gates), _of_kernel(reset * previous, of_candidate)]
        return ops.concatenate([of_gates, of_candidate], axis=-1), [of_previous], of_kernels


@keras.saving.register_keras_serializable("toolkit")
class LSTMCell(RecurrentCell):
    """The long short-term memory of Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).

        i_t = sigmoid(Vi x_t + Ui s_{t-1})
        f_t = sigmoid(Vf x_t + Uf s_{t-1})
        o_t = sigmoid(Vo x_t + Uo s_{t-1})
        g_t = tanh(Vg x_t + Ug s_{t-1})
        c_t = f_t * c_{t-1} + i_t * g_t
        s_t = o_t * tanh(c_t)

    Its states are s and c. The columns of a projected input and of `recurrent_kernel`, shape `(units, 4 * units)`, are
    those of i, f, o, g. A bias begins with 1 at f and with 0 elsewhere, so that what is in the memory stays there at
    first (Jozefowicz et al., 2015, "An empirical exploration of recurrent network architectures"), as in Keras.
    """

    gates = 4
    default_activation = "tanh"

    def __init__(self, units: int, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(units, *arguments, **kwargs)
        self.state_size = [units, units]

    def initial_bias(self, shape: tuple[int, ...], dtype: str | None = None) -> Bias:
        """What the bias begins with, `(4 * units,)`: 1 at the forget gate, 0 elsewhere."""
        gates = ops.repeat(ops.convert_to_tensor([0, 1, 0, 0], dtype), self.units)
        return ops.reshape(gates, shape)

    def advance(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> list[Rows]:
        """One step; see RecurrentCell.advance."""
        return self.advance_keeping(inputs, states, kernels)[0]

    def advance_keeping(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> tuple[list[Rows], list[Rows]]:
        """One step, and i, f and o side by side, and g; see RecurrentCell.advance_keeping."""
        previous, memory = states
        sums, gates = self.project(inputs) + ops.matmul(previous, kernels[0]), 3 * self.units
        opened, candidate = ops.sigmoid(sums[:, :gates]), self.activation(sums[:, gates:])
        in_gate, forget_gate, out_gate = ops.split(opened, 3, axis=-1)
        memory = forget_gate * memory + in_gate * candidate
        return [out_gate * self.activation(memory), memory], [opened, candidate]

    def errors_back(
        self, states: list[Rows], new_states: list[Rows], kept: list[Rows], errors: list[Rows], kernels: list[Kernel]
    ) -> tuple[Rows, list[Rows], list[Kernel]]:
        """The gradients of one step; see RecurrentCell.errors_back."""
        (previous, memory), (opened, candidate), (of_output, of_memory) = states, kept, errors
        in_gate, forget_gate, out_gate = ops.split(opened, 3, axis=-1)
        shown, slope = self.activation(new_states[1]), SLOPES[self.activation]
        of_memory = of_memory + of_output * out_gate * slope(shown)
        of_opened = ops.concatenate([of_memory * candidate, of_memory * memory, of_output * shown], axis=-1)
        of_gates = of_opened * opened * (1 - opened)
        of_sums = ops.concatenate([of_gates, of_memory * in_gate * slope(candidate)], axis=-1)
        of_states = [_through(of_sums, kernels[0]), of_memory * forget_gate]
        return of_sums, of_states, [_of_kernel(previous, of_sums)]


CELLS: dict[str, type[RecurrentCell]] = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
"""Cells by the name that a spec gives them."""


def _through(errors: Rows, kernel: Kernel) -> Rows:
    return ops.matmul(errors, ops.transpose(kernel))


def _of_kernel(multiplied: Rows, errors: Rows) -> Kernel:
    return ops.matmul(ops.transpose(multiplied), errors)


def get_cell(name: str) -> type[Any]:
    """Find a cell's class: one of `CELLS`, or the user's own as `package.module:ClassName`.

    A class of the user's is registered with Keras, so that models with it can be saved and loaded.

    Raises:
        SpecError: There is no such class, or it is no Keras cell.
    """
    if name in CELLS:
        return CELLS[name]
    module, _, class_name = name.partition(":")
    try:
        cell = getattr(import_module(module), class_name)
    except Exception as error:  # whatever the user's module raises while it is imported
        raise SpecError(
            f"model.cell: {name} cannot be imported ({type(error).__name__}: {error}); `from {module} import "
            f"{class_name}` is tried, in the working directory and among the installed packages"
        ) from error
    if not (isinstance(cell, type) and issubclass(cell, keras.layers.Layer)):
        raise SpecError(f"model.cell: {name} is {cell!r}, not a class derived from keras.layers.Layer")
    if keras.saving.get_registered_name(cell) == cell.__name__ and not cell.__module__.startswith("keras."):
        keras.saving.register_keras_serializable(module)(cell)
    return cell

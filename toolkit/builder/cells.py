"""The recurrent cells that the toolkit brings, RNN, GRU and LSTM, and how a cell is found by name."""

from abc import abstractmethod
from importlib import import_module
from typing import Any, ClassVar

import keras
from keras import ops

from toolkit.errors import SpecError

INITIAL_STDDEV = 0.1**0.5
"""Standard deviation of the normal distribution that weights are drawn from unless an initializer is named."""


class RecurrentCell(keras.layers.Layer):
    """What the cells have in common: sizes, weights and configuration.

    A cell reads either a vector, which it projects with its own kernel, or the projection itself: the row of the
    kernel that a word selects, looked up outside, which is what a one-hot input amounts to.

    A cell defines `advance`, a step from matrices that `recurrent_kernels` makes once for all steps. One that defines
    `call` instead is stepped by that.

    Args:
        units: Number of hidden units.
        activation: Activation of the new state, by name or as a function; None for the cell's own.
        use_bias: Whether a bias is added to the projected input.
        project_inputs: True: inputs have shape `(batch, features)` and are multiplied by a kernel. False: inputs
            have shape `(batch, row_size)` and are that product already.
        initializer: Keras initializer of the kernels; None for a normal distribution with variance 0.1.
        **kwargs: Keras layer arguments (`name`, `dtype`).
    """

    gates: ClassVar[int]
    default_activation: ClassVar[str]

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = False,
        project_inputs: bool = True,
        initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation or self.default_activation)
        self.use_bias = use_bias
        self.project_inputs = project_inputs
        self.initializer = keras.initializers.get(initializer or keras.initializers.RandomNormal(stddev=INITIAL_STDDEV))
        self.state_size: int | list[int] = units
        self.output_size = units

    @property
    def row_size(self) -> int:
        """Width of the projected input."""
        return self.gates * self.units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights: `kernel`, `recurrent_kernel` and `bias`, gates side by side."""
        if self.project_inputs:
            self.kernel = self._matrix("kernel", input_shape[-1])
        elif input_shape[-1] != self.row_size:
            raise ValueError(
                f"{type(self).__name__} with project_inputs=False takes rows of {self.row_size} values "
                f"({self.gates} x {self.units} units), received inputs of shape {tuple(input_shape)}"
            )
        self.recurrent_kernel = self._matrix("recurrent_kernel", self.units)
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.row_size,), initializer="zeros", name="bias")

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Compute the next state.

        Args:
            inputs: Shape `(batch, features)`, or `(batch, row_size)` without `project_inputs`.
            states: The previous states, each `(batch, units)`, in a list (a single one also alone).
            training: Unused.

        Returns:
            The output, shape `(batch, units)`, and the list of new states, of which it is the first.
        """
        previous = list(states) if isinstance(states, (list, tuple)) else [states]
        new_states = self.advance(inputs, previous, self.recurrent_kernels())
        return new_states[0], new_states

    def recurrent_kernels(self) -> list[Any]:
        """The matrices that a step multiplies states by."""
        return [self._cast(self.recurrent_kernel)]

    @abstractmethod
    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """Compute the new states.

        Args:
            inputs: As `call` takes them.
            states: The previous states, each `(batch, units)`.
            kernels: What `recurrent_kernels` gives.

        Returns:
            The new states, of which the first is the output too.
        """

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal cell."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "project_inputs": self.project_inputs,
            "initializer": keras.initializers.serialize(self.initializer),
        }

    def _matrix(self, name: str, rows: int | None) -> Any:
        return self.add_weight(shape=(rows, self.row_size), initializer=self.initializer, name=name)

    def _project(self, inputs: Any) -> Any:
        projected = ops.matmul(inputs, self._cast(self.kernel)) if self.project_inputs else inputs
        return projected + self._cast(self.bias) if self.use_bias else projected

    def _cast(self, weight: Any) -> Any:
        return ops.cast(weight, self.compute_dtype)


@keras.saving.register_keras_serializable("toolkit")
class RNNCell(RecurrentCell):
    """The simple recurrent cell of Elman (1990), "Finding structure in time", Cognitive Science 14:179-211.

        s_t = sigmoid(V x_t + U s_{t-1})

    `recurrent_kernel` is U transposed, shape `(units, units)`.
    """

    gates = 1
    default_activation = "sigmoid"

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step; see RecurrentCell.advance."""
        return [self.activation(self._project(inputs) + ops.matmul(states[0], kernels[0]))]


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

    def recurrent_kernels(self) -> list[Any]:
        """That of r and z, and that of h."""
        return ops.split(self._cast(self.recurrent_kernel), [2 * self.units], axis=-1)

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step; see RecurrentCell.advance."""
        (previous,), (gate_kernel, candidate_kernel) = states, kernels
        rows, gates = self._project(inputs), 2 * self.units
        reset, update = ops.split(ops.sigmoid(rows[:, :gates] + ops.matmul(previous, gate_kernel)), 2, axis=-1)
        candidate = self.activation(rows[:, gates:] + ops.matmul(reset * previous, candidate_kernel))
        return [update * previous + (1 - update) * candidate]


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
    those of i, f, o, g.
    """

    gates = 4
    default_activation = "tanh"

    def __init__(self, units: int, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(units, *arguments, **kwargs)
        self.state_size = [units, units]

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step; see RecurrentCell.advance."""
        previous, memory = states
        sums, units = self._project(inputs) + ops.matmul(previous, kernels[0]), self.units
        opened = ops.sigmoid(sums[:, : 3 * units])
        in_gate, forget_gate, out_gate = opened[:, :units], opened[:, units : 2 * units], opened[:, 2 * units :]
        memory = forget_gate * memory + in_gate * self.activation(sums[:, 3 * units :])
        return [out_gate * self.activation(memory), memory]


CELLS: dict[str, type[RecurrentCell]] = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
"""Cells by the name that a spec gives them."""


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

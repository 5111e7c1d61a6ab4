"""The recurrent cells that the toolkit brings, RNN, GRU and LSTM, and how a cell is found by name."""

from abc import abstractmethod
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

import keras
import tensorflow as tf
from keras import ops

from toolkit.errors import SpecError

INITIAL_STDDEV = 0.1**0.5
"""Standard deviation of the normal distribution that weights are drawn from unless an initializer is named."""


class RecurrentCell(keras.layers.Layer):
    """What the cells have in common: sizes, weights and configuration.

    A cell reads either a vector, which it projects with its own kernel, or the projection itself: the row of the
    kernel that a word selects, looked up outside, which is what a one-hot input amounts to.

    A cell defines `advance`, a step from matrices that `recurrent_kernels` makes once for all steps. One that defines
    `call` instead is stepped by that. TensorFlow differentiates it, for which steps are taken once more, unless it
    defines its gradient itself, by `advance_keeping` and `errors_back`.

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

    def advance_keeping(self, inputs: Any, states: list[Any], kernels: list[Any]) -> tuple[list[Any], list[Any]]:
        """Compute the new states (see `advance`), and what `errors_back` needs of this step, each `(batch, width)`."""
        return self.advance(inputs, states, kernels), []

    def errors_back(
        self, states: list[Any], new_states: list[Any], kept: list[Any], errors: list[Any], kernels: list[Any]
    ) -> tuple[Any, list[Any], list[Any]]:
        """Compute the gradients of a step.

        Args:
            states: The previous states, each `(batch, units)`.
            new_states: The new states, likewise.
            kept: What `advance_keeping` gave besides.
            errors: The gradients at the new states, each `(batch, units)`.
            kernels: What `recurrent_kernels` gives.

        Returns:
            The gradients at the projected input, `(batch, row_size)`, at each of the previous states and of the
            kernels.
        """
        raise NotImplementedError

    @property
    def knows_errors_back(self) -> bool:
        """Whether `errors_back` belongs to this cell's step: no class derived from its own redefines the step."""
        defined = {name: _definer(type(self), name) for name in ("call", "advance", "advance_keeping", "errors_back")}
        known = defined.pop("errors_back")
        return (
            known is not RecurrentCell
            and all(issubclass(known, other) for other in defined.values())
            and self.activation in SLOPES
        )

    def taken(self, inputs: Any, states: list[Any], new_states: list[Any], kept: list[Any]) -> list[Any]:
        """Give the new states of a step that was taken the gradient by `errors_back`.

        Args:
            inputs: As `call` takes them.
            states: The previous states, each `(batch, units)`.
            new_states: The new states, likewise.
            kept: What `advance_keeping` gave besides.

        Returns:
            `new_states`, same values and shapes.
        """
        kernels = self.recurrent_kernels()

        @tf.custom_gradient
        def replace(*_: Any) -> Any:
            def gradient(*errors: Any) -> list[Any]:
                of_rows, of_states, of_kernels = self.errors_back(states, new_states, kept, list(errors), kernels)
                return [of_rows, *of_states, *of_kernels]

            return [tf.identity(state) for state in new_states], gradient

        replaced: list[Any] = replace(self.project(inputs), *states, *kernels)
        return replaced

    def project(self, inputs: Any) -> Any:
        """What a step adds the projected states to, from what it reads: shape `(batch, row_size)`."""
        projected = ops.matmul(inputs, self._cast(self.kernel)) if self.project_inputs else inputs
        return projected + self._cast(self.bias) if self.use_bias else projected

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

    def recurrent_kernels(self) -> list[Any]:
        """That of r and z, and that of h."""
        return ops.split(self._cast(self.recurrent_kernel), [2 * self.units], axis=-1)

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step; see RecurrentCell.advance."""
        return self.advance_keeping(inputs, states, kernels)[0]

    def advance_keeping(self, inputs: Any, states: list[Any], kernels: list[Any]) -> tuple[list[Any], list[Any]]:
        """One step, and r and z side by side, and h; see RecurrentCell.advance_keeping."""
        (previous,), (gate_kernel, candidate_kernel) = states, kernels
        rows, gates = self.project(inputs), 2 * self.units
        opened = ops.sigmoid(rows[:, :gates] + ops.matmul(previous, gate_kernel))
        reset, update = ops.split(opened, 2, axis=-1)
        candidate = self.activation(rows[:, gates:] + ops.matmul(reset * previous, candidate_kernel))
        return [update * previous + (1 - update) * candidate], [opened, candidate]

    def errors_back(
        self, states: list[Any], new_states: list[Any], kept: list[Any], errors: list[Any], kernels: list[Any]
    ) -> tuple[Any, list[Any], list[Any]]:
        """The gradients of one step; see RecurrentCell.errors_back."""
        return self._errors_back(states[0], states[0], kept, errors[0], kernels)

    def _errors_back(
        self, previous: Any, reset_factor: Any, kept: list[Any], error: Any, kernels: list[Any]
    ) -> tuple[Any, list[Any], list[Any]]:
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
    those of i, f, o, g.
    """

    gates = 4
    default_activation = "tanh"

    def __init__(self, units: int, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(units, *arguments, **kwargs)
        self.state_size = [units, units]

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step; see RecurrentCell.advance."""
        return self.advance_keeping(inputs, states, kernels)[0]

    def advance_keeping(self, inputs: Any, states: list[Any], kernels: list[Any]) -> tuple[list[Any], list[Any]]:
        """One step, and i, f and o side by side, and g; see RecurrentCell.advance_keeping."""
        previous, memory = states
        sums, gates = self.project(inputs) + ops.matmul(previous, kernels[0]), 3 * self.units
        opened, candidate = ops.sigmoid(sums[:, :gates]), self.activation(sums[:, gates:])
        in_gate, forget_gate, out_gate = ops.split(opened, 3, axis=-1)
        memory = forget_gate * memory + in_gate * candidate
        return [out_gate * self.activation(memory), memory], [opened, candidate]

    def errors_back(
        self, states: list[Any], new_states: list[Any], kept: list[Any], errors: list[Any], kernels: list[Any]
    ) -> tuple[Any, list[Any], list[Any]]:
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


SLOPES: dict[Any, Callable[[Any], Any]] = {
    keras.activations.sigmoid: lambda value: value * (1 - value),
    keras.activations.tanh: lambda value: 1 - value * value,
    keras.activations.relu: lambda value: ops.cast(value > 0, value.dtype),
}
"""Derivatives of activations, from their values."""

CELLS: dict[str, type[RecurrentCell]] = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
"""Cells by the name that a spec gives them."""


def _through(errors: Any, kernel: Any) -> Any:
    return ops.matmul(errors, ops.transpose(kernel))


def _of_kernel(multiplied: Any, errors: Any) -> Any:
    return ops.matmul(ops.transpose(multiplied), errors)


def _definer(kind: type[Any], name: str) -> type[Any]:
    return next(each for each in kind.__mro__ if name in vars(each))


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

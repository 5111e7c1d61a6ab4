"""What recurrent cells have in common: sizes, weights, a step, and the gradient of a step where a cell knows it."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import keras
import tensorflow as tf
from keras import ops

from toolkit.builder.shapes import Bias, Kernel, Rows, Structure, Tensor, Variable

INITIAL_STDDEV = 0.1**0.5
"""Standard deviation of the normal distribution that weights are drawn from unless an initializer is named."""

SLOPES: dict[Any, Callable[[Any], Any]] = {
    keras.activations.sigmoid: lambda value: value * (1 - value),
    keras.activations.tanh: lambda value: 1 - value * value,
    keras.activations.relu: lambda value: ops.cast(value > 0, value.dtype),
}
"""Derivatives of activations, from their values."""


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
        use_bias: Whether a bias is added to the projected input, a number a unit of each gate; see `initial_bias`.
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
            self.bias = self.add_weight(shape=(self.row_size,), initializer=self.initial_bias, name="bias")

    def call(self, inputs: Rows, states: Rows | list[Rows], training: bool = False) -> tuple[Rows, list[Rows]]:
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

    def initial_bias(self, shape: tuple[int, ...], dtype: str | None = None) -> Bias:
        """What the bias begins with, `(row_size,)`: 0, which opens a gate by half."""
        return ops.zeros(shape, dtype)

    def recurrent_kernels(self) -> list[Kernel]:
        """The matrices that a step multiplies states by."""
        return [self._cast(self.recurrent_kernel)]

    @abstractmethod
    def advance(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> list[Rows]:
        """Compute the new states.

        Args:
            inputs: As `call` takes them.
            states: The previous states, each `(batch, units)`.
            kernels: What `recurrent_kernels` gives.

        Returns:
            The new states, of which the first is the output too.
        """

    def advance_keeping(self, inputs: Rows, states: list[Rows], kernels: list[Kernel]) -> tuple[list[Rows], list[Rows]]:
        """Compute the new states (see `advance`), and what `errors_back` needs of this step, each `(batch, width)`."""
        return self.advance(inputs, states, kernels), []

    def errors_back(
        self, states: list[Rows], new_states: list[Rows], kept: list[Rows], errors: list[Rows], kernels: list[Kernel]
    ) -> tuple[Rows, list[Rows], list[Kernel]]:
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

    def taken(self, inputs: Rows, states: list[Rows], new_states: list[Rows], kept: list[Rows]) -> list[Rows]:
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
        def replace(*_: Tensor) -> Structure:
            def gradient(*errors: Rows) -> list[Tensor]:
                of_rows, of_states, of_kernels = self.errors_back(states, new_states, kept, list(errors), kernels)
                return [of_rows, *of_states, *of_kernels]

            return [tf.identity(state) for state in new_states], gradient

        replaced: list[Rows] = replace(self.project(inputs), *states, *kernels)
        return replaced

    def project(self, inputs: Rows) -> Rows:
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

    def _matrix(self, name: str, rows: int | None) -> Variable:
        return self.add_weight(shape=(rows, self.row_size), initializer=self.initializer, name=name)

    def _cast(self, weight: Variable) -> Tensor:
        return ops.cast(weight, self.compute_dtype)


def _definer(kind: type[Any], name: str) -> type[Any]:
    return next(each for each in kind.__mro__ if name in vars(each))

"""Keras is imported without what training does not need."""

import subprocess
import sys

CODE = """
import sys
from toolkit.runner.worker.lean import UNNEEDED, lean_keras
import pandas
with lean_keras():
    import keras, tensorflow
print([name for name in UNNEEDED if name in sys.modules])
import scipy, sklearn
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(tensorflow.ones((2, 1)), tensorflow.ones((2, 1)), verbose=0)
"""


def test_keras_goes_without_libraries_that_are_there_again_afterwards() -> None:
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    assert told == "['pandas']\n"

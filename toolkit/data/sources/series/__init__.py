"""The source `series`: tables of numbers, a row a step; forecasts from windows, or several series read whole."""

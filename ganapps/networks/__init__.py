"""Whole networks that papers share: functions that return functional Keras models."""

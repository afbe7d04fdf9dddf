"""Tensors in files: written as golden tensors, read back from anybody, judged by their case."""

"""Formats of files of arrays: one file each, named as its suffix, with one function ``arrays``."""

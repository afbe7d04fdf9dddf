"""The judge is judged: self-test, planted mistakes, mutation, conventions."""

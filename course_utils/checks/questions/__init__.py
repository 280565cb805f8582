"""The questions at the end of each lesson, a module a lesson: QUESTIONS = {number: its check}."""

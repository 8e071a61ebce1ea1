"""The plain values that pass from stage to stage: records, findings, messages, answers.

They have no behaviour beyond their fields, and every package may import them.
"""

"""The plain values that pass from stage to stage: records, findings, messages, answers.

They have no behaviour beyond their fields, and every package may import them.

record     what one document states; `coverage` how far it was read, `manifest` what its user states
finding    what a check reports
answer     the answer to a question
message    a sentence in both languages
money      amounts as text
divisions  the administrative divisions of today
"""

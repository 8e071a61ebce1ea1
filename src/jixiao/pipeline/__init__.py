"""Runs the stages on many files: sources -> processed documents -> store, as a stream.

sources           the files that a build is given; `archives` unpacks what archives hold
manifest/         what a user states of papers, in a CSV file
process_document  one document through its stages: read, map, check
process_limits    processes that may take only so much time and memory
starting          how these processes start; `preloaded` is what they share
workers           many documents in such processes, here or on a cluster
loader            documents that are done into the store, while others are processed
build             all of it: `build`
record_store      a store to which records are added one by one
reports           checks of several documents, from files or from a store
printouts         what a command prints of one file
coverage_text     how far a document was read, in a line
"""

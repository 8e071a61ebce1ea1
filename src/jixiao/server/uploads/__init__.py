"""Files that visitors upload to try: each is audited into a store that only its visitor sees.

upload_store  the files, each in a folder until its visitor leaves
audit         a store from one file, in a process with limits
pages         the pages below /try
"""

"""Files that visitors upload to try: each is audited into a store that only its visitor sees."""

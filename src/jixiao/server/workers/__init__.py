"""Worker processes: they answer requests and are replaced if they take too long or die."""

"""What goes with every request and answer, below the pages: headers, files, limits, downloads."""

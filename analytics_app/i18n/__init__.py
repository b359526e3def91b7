"""The words and numbers of the pages in German and English."""

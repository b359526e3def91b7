"""The texts, numbers and dates of the pages in German and English."""

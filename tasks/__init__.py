"""The work behind the answer: from the inbox to rows, from rows to days, and what runs when."""

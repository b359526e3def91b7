-- Mail is taken from everybody in turn: from person to person, and of each the oldest, without reading all that waits.

CREATE INDEX inbox_waiting_of_user ON inbox (user_id, inbox_id) WHERE settled_at IS NULL AND kind = 'session';

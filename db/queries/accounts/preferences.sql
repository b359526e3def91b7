-- How a person wants their pages.

-- name: change_preferences
UPDATE users SET locale = %(locale)s, time_zone = %(time_zone)s, theme = %(theme)s WHERE user_id = %(user_id)s;

-- Days are recomputed over and over, and each row asked anew whether its person exists. daily_stats still asks, once a
-- day; the finer days stand and fall with it, and go with the person by name.

ALTER TABLE daily_usage DROP CONSTRAINT daily_usage_user_id_fkey;
ALTER TABLE daily_tools DROP CONSTRAINT daily_tools_user_id_fkey;
ALTER TABLE daily_hours DROP CONSTRAINT daily_hours_user_id_fkey;

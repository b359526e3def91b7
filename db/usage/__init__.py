"""What the team did: rollups and the figures read from them, exports, and the checks that hold them together."""

"""The analytics app: what a person sees of the team's sessions, behind a login."""

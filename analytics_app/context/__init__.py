"""What every request works with: settings, collaborators, the current user, the selection of data, the view."""

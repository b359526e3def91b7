"""What pages are built from: frame, header, filters, panels, tables and tiles."""

"""What pages are built from: frame, header, filters, panels, tables, tiles and controls."""

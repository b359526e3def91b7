"""The path of an upload: checked against the wire format, cut to its share level, redacted, committed."""

"""Recording a sitting: a process of its own joins the relay as a viewer, and writes what everybody sees and hears."""

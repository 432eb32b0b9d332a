"""The kernel's trace, from the guest's memory to a summary and a file for the Perfetto UI."""

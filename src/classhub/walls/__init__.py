"""What separates a student's processes from others: uid map, namespaces, cgroups, identity of a process."""

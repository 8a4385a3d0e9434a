"""The admin's side of course material: looks at each course's source, lints, keeps releases, says who may see what."""

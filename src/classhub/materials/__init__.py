"""Course material: releases of it (the admin's side) and what a release does to a student's copy (the student's side)."""

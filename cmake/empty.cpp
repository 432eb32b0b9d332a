// Stands in for a library that has no sources yet: an archive must have a member.

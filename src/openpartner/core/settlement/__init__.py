"""Settlement: between import and publication, what was delivered becomes what is owed and how it is paid."""

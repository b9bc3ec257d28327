SELECT id FROM host

INSERT INTO paused_hook (hook, paused_at) VALUES (?1, ?2) ON CONFLICT (hook) DO NOTHING

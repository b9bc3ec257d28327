INSERT INTO replay_refusal (job, reason, count) VALUES ($1, $2, 1)
ON CONFLICT (job, reason) DO UPDATE SET count = replay_refusal.count + 1

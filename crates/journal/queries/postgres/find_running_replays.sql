SELECT id FROM replay_job WHERE state = 'running'

"""What the database knows of how the installation fares. All of it read as the workbench's role."""

# A worker tells every ten seconds that it lives; one that has not for a minute is taken for dead.
DEAD_AFTER_SECONDS = 60

JOBS_BY_STATE = "SELECT task_name, status::text, count(*) FROM jobs.procrastinate_jobs GROUP BY 1, 2"
# A job that is due waits since it was wanted, or since the time it was put off to.
LONGEST_WAIT = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - coalesce(j.scheduled_at, e.at))), 0)
FROM jobs.procrastinate_jobs j
JOIN LATERAL (SELECT min(at) AS at FROM jobs.procrastinate_events WHERE job_id = j.id AND type = 'deferred') e ON true
WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
"""
LIVING_WORKERS = f"""
SELECT count(*) FROM jobs.procrastinate_workers
WHERE last_heartbeat > now() - interval '{DEAD_AFTER_SECONDS} seconds'
"""  # noqa: S608  a constant of ours
LOG = "SELECT coalesce(max(sequence), 0), extract(epoch FROM max(at)) FROM register.log_entries"
REVISION = "SELECT version_num FROM platform.schema_revisions"
# Jobs whose worker has died go back to the queue, each in one step: whoever comes second finds it taken. One that was
# begun too often is put among the failed, because it may be what kills workers.
TAKE_BACK = f"""
WITH left_behind AS (
    SELECT j.id, j.attempts FROM jobs.procrastinate_jobs j
    LEFT JOIN jobs.procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND j.worker_id IS DISTINCT FROM %(me)s
      AND (w.id IS NULL OR w.last_heartbeat < now() - interval '{DEAD_AFTER_SECONDS} seconds')
    FOR UPDATE OF j SKIP LOCKED
), told AS (
    SELECT id, CASE WHEN attempts < %(most)s
        THEN jobs.procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)
        ELSE jobs.procrastinate_finish_job_v1(id, 'failed', false) END
    FROM left_behind
)
SELECT l.id, l.attempts < %(most)s AS again FROM left_behind l JOIN told USING (id)
"""  # noqa: S608  as above

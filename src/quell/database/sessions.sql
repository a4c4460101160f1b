-- name: older-processes
-- How many connections of processes there are whose newest schema is older than one.
select count(*) as number from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
  and case when substr(application_name, 1, length(:prefix::text)) = :prefix
    then cast(substr(application_name, length(:prefix) + 1) as bigint) < :version else false end;

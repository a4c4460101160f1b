-- name: add-job
-- Stores a job, or opens the one of this subject again.
insert into job (id, kind, subject, rank, state, attempt, owner, leased_until, progress, created, updated)
values (:id, :kind, :subject, :rank, 'waiting', 0, '', 0, 0, :now, :now)
on conflict (kind, subject) do update
set id = excluded.id, rank = excluded.rank, state = 'waiting', attempt = 0, owner = '', leased_until = 0,
  progress = 0, checkpoint = null, error = null, created = excluded.created, updated = excluded.updated;

-- name: get-job
-- The job of one kind for a subject.
select id, kind, subject, state, attempt, owner, progress, checkpoint, error, created, updated
from job where kind = :kind and subject = :subject;

-- name: claim-job
-- Leases the next free job of the kinds in a list; a worker passes over what another one is just taking.
update job
set state = 'running', owner = :owner, attempt = attempt + 1, leased_until = :until, updated = :now
where id = (
  select id from job where state in ('waiting', 'running') and leased_until <= :now
    and ',' || :kinds || ',' like '%,' || kind || ',%'
  order by rank, created, id limit 1 /* postgresql: for update skip locked */
) and state in ('waiting', 'running') and leased_until <= :now
returning id, kind, subject, state, attempt, owner, progress, checkpoint, error, created, updated;

-- name: count-free-jobs
-- How many jobs a worker could take now.
select count(*) as jobs from job where state in ('waiting', 'running') and leased_until <= :now;

-- name: count-open-jobs
-- How many jobs are not finished.
select count(*) as jobs from job where state in ('waiting', 'running');

-- name: count-jobs
-- How many jobs of each kind are in each state, and when the oldest of them was queued.
select kind, state, count(*) as jobs, min(created) as oldest from job group by kind, state order by kind, state;

-- name: renew-job
-- Keeps the lease of the worker that holds it.
update job set leased_until = :until, progress = :progress, updated = :now
where id = :id and owner = :owner and attempt = :attempt and state = 'running';

-- name: checkpoint-job
-- Notes where the next attempt goes on, by the worker that holds the lease.
update job set checkpoint = :checkpoint, progress = :progress, updated = :now
where id = :id and owner = :owner and attempt = :attempt and state = 'running';

-- name: end-job
-- Ends a job, by the worker that holds the lease.
update job
set state = :state, error = :error, progress = :progress, checkpoint = null, leased_until = 0, updated = :now
where id = :id and owner = :owner and attempt = :attempt and state = 'running';

-- name: put-back-job
-- Gives a job back to be tried again later, by the worker that holds the lease; only deaths wear a job out.
update job set state = 'waiting', owner = '', attempt = attempt - 1, leased_until = :until, updated = :now
where id = :id and owner = :owner and attempt = :attempt and state = 'running';

-- name: free-jobs-of
-- Ends the leases of a worker that is known to be dead.
update job set leased_until = 0, updated = :now where owner = :owner and state = 'running';

-- name: cancel-job
-- Ends the unfinished job of a subject; its worker learns of it when it next asks for its lease.
update job set state = 'canceled', checkpoint = null, updated = :now
where kind = :kind and subject = :subject and state in ('waiting', 'running');

-- name: delete-job
-- Forgets the job of a subject.
delete from job where kind = :kind and subject = :subject;

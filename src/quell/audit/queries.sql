-- name: add-entry
-- Stores an entry under the next number; there is one writer at a time.
insert into audit_entry (seq, at, actor, operation, resource, status, request_id)
select coalesce(max(seq), 0) + 1, :at, :actor, :operation, :resource, :status, :request_id from audit_entry
returning seq;

-- name: correct-entry
-- Notes how a request ended where it was not as expected.
update audit_entry set status = :status where seq = :seq;

-- name: prune-old
-- Forgets entries before a point in time.
delete from audit_entry where at < :before;

-- name: prune-many
-- Forgets all but the newest entries of what was done; refusals are counted apart.
delete from audit_entry where status <> 403 and seq <= coalesce(
  (select seq from audit_entry where status <> 403 order by seq desc limit 1 offset :kept), 0);

-- name: prune-refusals
-- Forgets all but the newest refusals, so that they never push out what was done.
delete from audit_entry where status = 403 and seq <= coalesce(
  (select seq from audit_entry where status = 403 order by seq desc limit 1 offset :kept), 0);

-- name: list-newest
-- Entries of a span, before a number, the newest first.
select seq, at, actor, operation, resource, status, request_id from audit_entry
where at >= :since and at < :until and seq < :before and (:actor = '' or actor = :actor)
order by seq desc limit :limit;

-- name: list-oldest
-- Entries of a span, after a number, the oldest first.
select seq, at, actor, operation, resource, status, request_id from audit_entry
where at >= :since and at < :until and seq > :after and (:actor = '' or actor = :actor)
order by seq limit :limit;

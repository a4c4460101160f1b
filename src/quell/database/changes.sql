-- name: next-sequence
-- Counts the sequence up; the row stays locked until the commit, so numbers become visible in order.
update change_sequence set seq = seq + 1 where id = 1 returning seq;

-- name: latest-sequence
-- The newest sequence number.
select seq from change_sequence where id = 1;

-- name: add-change
-- Stores one change.
insert into change (seq, kind, key) values (:seq, :kind, :key);

-- name: prune-changes
-- Forgets changes up to and including a sequence number.
delete from change where seq <= :seq;

-- name: changes-since
-- The changes after a sequence number, oldest first.
select seq, kind, key from change where seq > :seq order by seq;

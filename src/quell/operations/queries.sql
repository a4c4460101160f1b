-- name: get-operation
-- One operation of a collection.
select collection, id, subject, status, error_code, error_message, created, updated
from operation where collection = :collection and id = :id;

-- name: add-operation
-- Stores a new operation.
insert into operation (collection, id, subject, status, error_code, error_message, created, updated)
values (:collection, :id, :subject, :status, :error_code, :error_message, :created, :updated);

-- name: cancel-operations
-- Ends the unfinished operations of something that is going away.
update operation set status = 'Canceled', updated = :now
where collection = :collection and subject = :subject and status in ('NotStarted', 'Running');

-- name: prune-operations
-- Forgets operations that ended before a point in time.
delete from operation where updated < :before and status not in ('NotStarted', 'Running');

-- name: begin-operations
-- Notes that work on something has begun.
update operation set status = 'Running', updated = :now
where collection = :collection and subject = :subject and status = 'NotStarted';

-- name: finish-operations
-- Ends the unfinished operations of something.
update operation
set status = :status, error_code = :error_code, error_message = :error_message, updated = :now
where collection = :collection and subject = :subject and status in ('NotStarted', 'Running');

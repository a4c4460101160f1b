-- name: list-keys
-- All named keys, in the order of their names.
select name, digest, roles, rate, previous, previous_until, created, updated from access_key order by name;

-- name: get-key
-- One named key.
select name, digest, roles, rate, previous, previous_until, created, updated from access_key where name = :name;

-- name: count-keys
-- How many named keys there are.
select count(*) as count from access_key;

-- name: add-key
-- Stores a named key.
insert into access_key (name, digest, roles, rate, previous, previous_until, created, updated)
values (:name, :digest, :roles, :rate, :previous, :previous_until, :created, :updated);

-- name: replace-digest
-- Gives a named key another digest.
update access_key set digest = :digest, previous = :previous, previous_until = :previous_until, updated = :updated
where name = :name;

-- name: remove-key
-- Removes a named key.
delete from access_key where name = :name;

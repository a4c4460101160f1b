-- name: add-counts
-- Adds to the count of something in an hour.
insert into monitor_hour (hour, kind, name, value) values (:hour, :kind, :name, :value)
on conflict (hour, kind, name) do update set value = monitor_hour.value + excluded.value;

-- name: prune-counts
-- Forgets the hours before one.
delete from monitor_hour where hour < :before;

-- name: counts-since
-- All counts from an hour on.
select hour, kind, name, value from monitor_hour where hour >= :since order by hour, kind, name;

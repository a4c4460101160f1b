-- name: add-counts
-- Adds to the count of something in an hour.
insert into monitor_hour (hour, kind, name, value) values (:hour, :kind, :name, :value)
on conflict (hour, kind, name) do update set value = monitor_hour.value + excluded.value;

-- name: prune-counts
-- Forgets the hours before one.
delete from monitor_hour where hour < :before or (kind = 'recent' and hour < :recent);

-- name: counts-since
-- All counts by hour, from an hour on.
select hour, kind, name, value from monitor_hour where hour >= :since and kind <> 'recent' order by hour, kind, name;

-- name: incident-counts
-- The hits of incidents by hour, from an hour on, and those by five minutes from another on.
select hour, kind, name, value from monitor_hour
where (kind = 'incident' and hour >= :since) or (kind = 'recent' and hour >= :recent)
order by hour, kind, name;

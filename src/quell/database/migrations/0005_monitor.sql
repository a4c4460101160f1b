-- What was counted in an hour, in hours since 1970. `name` is never content: an operation and how it ended, a
-- category and a severity, an incident, a blocklist and the id of an item.
create table monitor_hour (
  hour bigint not null,
  kind text not null,
  name text not null,
  value bigint not null,
  primary key (hour, kind, name)
);

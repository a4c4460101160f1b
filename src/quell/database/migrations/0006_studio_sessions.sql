-- A browser that is signed in to the Studio. `digest` is that of its cookie; `sealed` is its subscription key, which
-- only the cookie opens. Times are microseconds since 1970.
create table studio_session (
  digest text primary key,
  sealed text not null,
  born bigint not null,
  seen bigint not null
);

-- name: add-session
-- Remembers a browser that has just signed in.
insert into studio_session (digest, sealed, born, seen) values (:digest, :sealed, :now, :now);

-- name: find-session
-- The session of a cookie, ended or not.
select sealed, born, seen from studio_session where digest = :digest;

-- name: touch-session
-- Notes that a session is used.
update studio_session set seen = :now where digest = :digest;

-- name: end-session
-- Forgets a session.
delete from studio_session where digest = :digest;

-- name: end-old-sessions
-- Forgets the sessions that began or were used too long ago.
delete from studio_session where born < :born or seen < :seen;

-- name: end-idle-sessions
-- Forgets all but so many sessions: those that were used least recently.
delete from studio_session where digest not in (
  select digest from studio_session order by seen desc, digest limit :kept
);

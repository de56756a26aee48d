import { MAX_SUCCESSORS } from "./rotation.ts"

/** Changes with every change of what follows. */
export const SCHEMA_VERSION = 1

/** Whoever makes the tables holds this lock; any number that others hardly use. */
const LOCK = 4_221_946_183

/**
 * What makes the tables and functions, all or nothing: sent without parameters, several statements are one transaction. Texts that are
 * looked up are compared by their bytes, which is what they are told apart by.
 */
export function schemaOf(prefix: string): string {
  return `
select pg_advisory_xact_lock(${LOCK});
set local client_min_messages = warning;

create table if not exists ${prefix}session (
  id text collate "C" primary key,
  subject text collate "C" not null,
  authenticated_at bigint not null,
  created_at bigint not null,
  last_used_at bigint not null,
  expires_at bigint not null,
  data text not null,
  standing text not null default 'living'
);
create index if not exists ${prefix}session_subject on ${prefix}session (subject);
create index if not exists ${prefix}session_over on ${prefix}session (expires_at);

create table if not exists ${prefix}refresh_token (
  session_id text collate "C" not null references ${prefix}session on delete cascade,
  id text collate "C" not null,
  rotated_at bigint,
  successors integer not null default 0,
  primary key (session_id, id)
);
create index if not exists ${prefix}refresh_token_rotated on ${prefix}refresh_token (session_id, rotated_at)
  where rotated_at is not null;

create table if not exists ${prefix}revoked_subject (subject text collate "C" primary key, revoked_at bigint not null);

create table if not exists ${prefix}revoked_token (id text collate "C" primary key, expires_at bigint not null);
create index if not exists ${prefix}revoked_token_over on ${prefix}revoked_token (expires_at);

create table if not exists ${prefix}used (key text collate "C" primary key, expires_at bigint not null);
create index if not exists ${prefix}used_over on ${prefix}used (expires_at);

create table if not exists ${prefix}document (
  name text collate "C" primary key,
  text text not null,
  version bigint not null
);

${rotateFunction(prefix)}
${revokeSubjectFunction(prefix)}

create table if not exists ${prefix}schema (version integer not null);
insert into ${prefix}schema select ${SCHEMA_VERSION} where not exists (select from ${prefix}schema);
`
}

/** The rules of \`judgeRotation\`. The row of the session is locked first: whatever rotates or revokes it meanwhile waits. */
function rotateFunction(prefix: string): string {
  return `
create or replace function ${prefix}rotate(
  the_session text, the_token text, the_successor text, now_at bigint, grace bigint, idle bigint
) returns text language plpgsql as $rotate$
declare
  family record;
  token record;
  is_reuse boolean;
begin
  select standing, last_used_at, expires_at into family from ${prefix}session where id = the_session for update;
  if not found or family.standing = 'revoked' or now_at >= family.expires_at then return 'ended'; end if;

  select rotated_at, successors into token from ${prefix}refresh_token where session_id = the_session and id = the_token;
  is_reuse := not found or token.rotated_at is not null and
    (grace = 0 or now_at - token.rotated_at > grace or token.successors >= ${MAX_SUCCESSORS});
  if family.standing = 'reused' then return case when is_reuse then 'reused' else 'ended' end; end if;
  if now_at - family.last_used_at > idle then return 'ended'; end if;
  if is_reuse then
    update ${prefix}session set standing = 'reused' where id = the_session;
    return 'reused';
  end if;

  update ${prefix}refresh_token set rotated_at = coalesce(rotated_at, now_at), successors = successors + 1
    where session_id = the_session and id = the_token;
  insert into ${prefix}refresh_token (session_id, id) values (the_session, the_successor) on conflict do nothing;
  delete from ${prefix}refresh_token where session_id = the_session and rotated_at < now_at - grace;
  update ${prefix}session set last_used_at = now_at where id = the_session;
  return 'rotated';
end
$rotate$;`
}

/** The row of the subject is locked first: two that revoke the same sessions must not wait for each other. */
function revokeSubjectFunction(prefix: string): string {
  return `
create or replace function ${prefix}revoke_subject(the_subject text, now_at bigint)
returns integer language plpgsql as $revoke$
declare
  ended integer;
begin
  insert into ${prefix}revoked_subject as marked values (the_subject, now_at)
    on conflict (subject) do update set revoked_at = greatest(marked.revoked_at, excluded.revoked_at);
  update ${prefix}session set standing = 'revoked'
    where subject = the_subject and standing = 'living' and expires_at > now_at;
  get diagnostics ended = row_count;
  return ended;
end
$revoke$;`
}

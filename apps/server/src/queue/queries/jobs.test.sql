/* enqueue */ with 
  asked as (select $1::uuid as id, $2::text as queue, $3::text as kind, $4::uuid as subject_id,
      $5::uuid as share_id, $6::uuid as principal_id, $7::text as needs, $8::int as work_ms,
      $9::bytea as supersede_key),
  opened_share as (
    insert into queue_shares (queue, share_id) select queue, share_id from asked
    where queue = 'gradus' and not exists (select from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id)
    on conflict do nothing),
  given_turn as (
    insert into queue_turns as t (queue, share_id, principal_id, turn)
    select queue, share_id, principal_id,
      1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id), 0)
    from asked where queue = 'gradus'
    on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
    returning turn),
  enqueued as (
    insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, turn, xqueue_id)
    select id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, coalesce((select turn from given_turn), 0),
      case when queue <> 'gradus' then nextval('xqueue_ids') end
    from asked
    returning id as job_id)
    select job_id from enqueued;

/* lease_jobs */
with recursive pairs as (
  (select share_id, needs from grading_jobs where queue = 'gradus' and xqueue_id is null and status in ('pending', 'retry') order by share_id, needs limit 1)
  union all
  select next.share_id, next.needs from pairs, lateral (
    select share_id, needs from grading_jobs
    where queue = 'gradus' and xqueue_id is null and status in ('pending', 'retry') and (share_id, needs) > (pairs.share_id, pairs.needs) order by share_id, needs limit 1) next),
first_ones as (
  select job.*, row_number() over (partition by job.share_id order by job.priority, job.turn, job.id) as round
  from pairs, lateral (
    select id, share_id, priority, turn from grading_jobs
    where queue = 'gradus' and xqueue_id is null and status in ('pending', 'retry') and share_id = pairs.share_id and needs = pairs.needs and available_at <= now()
    order by priority, turn, id
    -- With few pairs each must offer more, or workers that ask at the same instant would find all offers locked.
    limit $1::int + case when (select count(*) from pairs) > 16 then 1 else 16 end) job
  where pairs.needs = any($2::text[])),
dealt as (
  select o.id, row_number() over (order by o.round, coalesce(s.ticket, 0), o.share_id) as place
  from first_ones o left join queue_shares s on s.queue = 'gradus' and s.share_id = o.share_id
  order by place limit 64),
taken as (
  select j.id, j.share_id, j.turn, j.work_ms, dealt.place from dealt join grading_jobs j on j.id = dealt.id
  where queue = 'gradus' and xqueue_id is null and status in ('pending', 'retry') order by dealt.place limit $3::int for update of j skip locked),
numbered as (select *, row_number() over (order by place) as n from taken),
leased as (
  update grading_jobs j set status = 'pulled', status_at = now(), tries = j.tries + 1,
    lease_generation = j.lease_generation + 1, lease_hash = ($4::bytea[])[numbered.n],
    leased_by = $5, leased_at = now(), finished = '[]',
    hard_cap_at = now() + cap.within,
    lease_expires_at = now() + least(cap.within, make_interval(secs => q.lease_seconds))
  from numbered, queues q,
    lateral (select (3 * numbered.work_ms + 60000) * interval '1 millisecond' as within) cap
  where j.id = numbered.id and q.name = j.queue and q.is_enabled
  returning j.id as job_id, j.kind, j.subject_id, j.needs, j.lease_generation, j.hard_cap_at, q.lease_seconds, numbered.n::int as n),
-- Locked in one order: two workers never wait for each other's shares in a circle.
locked_shares as (
  select share_id from queue_shares where queue = 'gradus' and share_id in (select share_id from numbered)
  order by share_id for update),
ticket as materialized (select 64 * nextval('queue_tickets') as base),
served as (
  update queue_shares s set ticket = ticket.base + last.n, virtual_turn = greatest(s.virtual_turn, last.turn)
  from (select share_id, max(n) as n, max(turn) as turn from numbered group by share_id) last, ticket
  where s.queue = 'gradus' and s.share_id = last.share_id and s.share_id in (select share_id from locked_shares))
select leased.* from leased, (select count(pg_notify('gradus_progress', subject_id::text)) as times from leased) told
where told.times > 0 order by n;

/* heartbeat */ with kept as (
          update grading_jobs j set finished = j.finished || news.added,
            lease_expires_at = least(j.hard_cap_at, now() + make_interval(secs => q.lease_seconds))
          from queues q, (
            -- Each test once, and never more than a job can have: a grader's word is untrusted.
            select k.id, coalesce(jsonb_agg(f) filter (where f is not null), '[]') as added
            from grading_jobs k left join jsonb_array_elements($1::jsonb) f
              on jsonb_array_length(k.finished) < 200 and not k.finished @> jsonb_build_array(jsonb_build_object('key', f -> 'key'))
            where k.id = $2 group by k.id) news
          where j.id = $3 and j.lease_generation = $4 and j.lease_hash = $5 and j.status = 'pulled' and j.hard_cap_at > now() and q.name = j.queue and news.id = j.id
          returning j.subject_id, j.lease_expires_at),
        told as (select pg_notify($6, subject_id::text) from kept where $7 > 0)
        select lease_expires_at, (select count(*) from told) from kept;

/* retire_job */ update grading_jobs j
        set status = 'retired', status_at = now(), retired_at = now(), report_sha256 = $1, reply = $2, lease_expires_at = null,
          failure = null, refusal = null
        where j.id = $3 and j.lease_generation = $4 and j.lease_hash = $5 and j.status in ('pulled', 'retry')
        returning j.id as job_id, j.kind, j.subject_id, j.generation, j.share_id, j.principal_id, j.xqueue_id is not null as is_external;

update grading_jobs j
        set status = 'pending', status_at = now(), tries = greatest(j.tries - 1, 0), lease_hash = null, lease_expires_at = null
        where j.id = $1 and j.lease_generation = $2 and j.lease_hash = $3 and j.status in ('pulled')
        returning j.id as job_id, j.kind, j.subject_id, j.generation, j.share_id, j.principal_id, j.xqueue_id is not null as is_external, j.needs;

with lost as (
          select j.id, j.queue, j.share_id, j.principal_id, j.tries >= q.max_tries as is_over
          from grading_jobs j join queues q on q.name = j.queue where j.id in (select j.id from grading_jobs j where j.status = 'pulled' and j.lease_expires_at <= now()
  order by j.lease_expires_at limit 1 for update skip locked) and j.status = 'pulled'),
        given_turn as (
          insert into queue_turns as t (queue, share_id, principal_id, turn)
          select queue, share_id, principal_id,
            1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = lost.queue and s.share_id = lost.share_id), 0)
          from lost where not is_over
          on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
          returning turn)
        update grading_jobs j set status = case when lost.is_over then 'failed' else 'retry' end, status_at = now(),
          turn = coalesce((select turn from given_turn), j.turn), finished = '[]', refusal = null,
          failure = coalesce(j.refusal, case when j.xqueue_id is not null then 'The grader did not answer in time.' else $1 end),
          available_at = now() + case when j.xqueue_id is null then least(60, 2 ^ j.tries) else 0 end * interval '1 second',
          lease_hash = case when $2 and not lost.is_over then j.lease_hash end, lease_expires_at = null
        from lost where j.id = lost.id
        returning j.id as job_id, j.kind, j.subject_id, j.generation, j.share_id, j.principal_id, j.xqueue_id is not null as is_external, j.status, j.failure, j.tries;


        with before as (select id, failure from grading_jobs where subject_id = $1 order by generation desc limit 1 for update)
        update grading_jobs j set status = 'pending', status_at = now(), tries = 0, available_at = now(), failure = null, refusal = null
        from before where j.id = before.id and j.status in ('failed')
        returning j.id as job_id, j.kind, j.subject_id, j.generation, j.share_id, j.principal_id, j.xqueue_id is not null as is_external, j.needs, before.failure as was;

/* job_standings */ select distinct on (j.subject_id) j.subject_id, j.status, j.needs, j.xqueue_id is not null as is_external, j.finished
      from grading_jobs j where j.subject_id = any($1::uuid[]) order by j.subject_id, j.generation desc;

/* jobs_ahead */ with recursive mine as materialized (
        select j.subject_id, j.queue, j.share_id, own.before, coalesce(t.ticket, 0) as ticket
        from grading_jobs j left join queue_shares t on t.queue = j.queue and t.share_id = j.share_id,
          -- One range of the index per language, because the order of leasing is kept within each.
          lateral (select coalesce(sum(part.length), 0)::int as before from (values ('python'), ('javascript'), ('c'), ('cpp'), ('java')) l (needs),
            lateral (select count(*) as length from (
              select from grading_jobs w where w.queue = j.queue and w.share_id = j.share_id and w.needs = l.needs and w.xqueue_id is null and w.status in ('pending', 'retry')
                and (w.priority, w.turn, w.id) < (j.priority, j.turn, j.id) limit 1000) counted) part) own
        where j.subject_id = any($1::uuid[]) and j.xqueue_id is null and j.status in ('pending', 'retry')),
      shares as (
        (select queue, share_id from grading_jobs where xqueue_id is null and status in ('pending', 'retry') order by queue, share_id limit 1)
        union all
        select next.queue, next.share_id from shares, lateral (
          select queue, share_id from grading_jobs
          where xqueue_id is null and status in ('pending', 'retry') and (queue, share_id) > (shares.queue, shares.share_id) order by queue, share_id limit 1) next),
      lengths as materialized (
        select shares.queue, shares.share_id, line.length, coalesce(t.ticket, 0) as ticket
        from shares left join queue_shares t using (queue, share_id), lateral (select count(*)::int as length from (
          select from grading_jobs w where w.queue = shares.queue and w.share_id = shares.share_id and w.xqueue_id is null and w.status in ('pending', 'retry')
          limit (select max(before) + 1 from mine)) counted) line)
      select m.subject_id, (m.before + coalesce((
          select sum(least(l.length, m.before + case when l.ticket < m.ticket then 1 else 0 end))
          from lengths l where l.queue = m.queue and l.share_id <> m.share_id), 0))::int as ahead
      from mine m
      union all
      -- External graders are served in one line per queue.
      select j.subject_id, (select count(*) from (
          select from grading_jobs w where w.queue = j.queue and w.xqueue_id is not null and w.status in ('pending', 'retry')
            and (w.available_at, w.xqueue_id) < (j.available_at, j.xqueue_id) limit 1000) before)::int
      from grading_jobs j
      where j.subject_id = any($2::uuid[]) and j.xqueue_id is not null and j.status in ('pending', 'retry')
import type { Pool } from 'pg'

/**
 * Prints the schema of a database as SQL that people review: tables with their constraints, indexes and triggers, in
 * alphabetical order, then functions. The same text for the same schema on every PostgreSQL from 15 on.
 */
export async function printSchema(pool: Pool): Promise<string> {
  const text = async (statement: string): Promise<string[]> => (await pool.query<{ text: string }>(statement)).rows.map((row) => row.text)
  const tables = (await pool.query<{ name: string; parts: string[]; options: string[] | null; after: string[] }>(tablesStatement)).rows
  const printed = tables.map(({ name, parts, options, after }) => {
    const storage = options === null ? '' : ` with (${options.join(', ')})`
    const rest = after.map((line) => `\n${line};`).join('')
    return `create table ${name} (\n${parts.map((part) => `  ${part}`).join(',\n')}\n)${storage};${rest}`
  })
  const functions = (await text(functionsStatement)).map((definition) => `${definition.trimEnd()};`)
  return `${[HEAD, ...printed, ...functions].join('\n\n')}\n`
}

const HEAD = '-- The schema as the migrations leave it. Written by `npm run db:dump`, read by people; a test holds it against the migrated database.'

/** What the migrations themselves are recorded in is not the product's schema. */
const isOurs = `n.nspname = 'public' and c.relname <> 'migrations'`

const tablesStatement = `
  select c.relname as name, c.reloptions as options,
    array(
      select format('%s %s%s%s%s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
               case when a.attnotnull then ' not null' else '' end,
               case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end,
               case when d.adbin is null then ''
                    when a.attgenerated <> '' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                    else ' default ' || pg_get_expr(d.adbin, d.adrelid) end)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
    ) || array(
      -- PostgreSQL 18 lists not-null constraints here too; the columns say it already.
      select format('constraint %s %s', quote_ident(k.conname), pg_get_constraintdef(k.oid))
      from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f', 'x')
      order by position(k.contype::text in 'pucfx'), k.conname collate "C"
    ) as parts,
    array(
      select replace(pg_get_indexdef(i.indexrelid), ' ON public.', ' ON ')
      from pg_index i join pg_class ic on ic.oid = i.indexrelid
      where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      order by ic.relname collate "C"
    ) || array(
      select replace(pg_get_triggerdef(t.oid), ' ON public.', ' ON ') from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal order by t.tgname collate "C"
    ) as after
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${isOurs} and c.relkind in ('r', 'p')
  order by c.relname collate "C"`

const functionsStatement = `
  select replace(pg_get_functiondef(p.oid), 'FUNCTION public.', 'FUNCTION ') as text
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname collate "C"`

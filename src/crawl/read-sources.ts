import { readFile } from 'node:fs/promises';
import path from 'node:path';
import countries from 'i18n-iso-countries/index.js';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { HotspotsError } from '../errors.ts';
import { normaliseTimeZone } from '../normalise/zones.ts';
import { type Schedule, type Source, scheduleSchema, sourceSchema } from './source.ts';

/** The way to a value: map keys and list positions, from the document's root. */
export type FieldPath = readonly PropertyKey[];

/**
 * The line, counted from 1, on which a field of a YAML document begins; for a missing field, the line of what
 * it is missing from.
 */
export function lineOfField(document: Document, where: FieldPath, lineCounter: LineCounter): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of where) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    }
  }
  return lineCounter.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

const maxBytes = 5_000_000;

interface Problem {
  line: number;
  text: string;
}

const limitNames = Object.keys(sourceSchema.shape.limits.unwrap().shape);

/** What may stand in a field, by the field's name; said whenever something else stands there. */
const allowed: Readonly<Record<string, string>> = {
  sources: 'must be a list of sources, or [] for none',
  name: 'must be 1 to 63 lower-case letters, digits and hyphens, such as town-library',
  startUrls: 'must be a list of at least one http or https address',
  timeZone: 'must be the IANA name of a time zone, such as America/New_York',
  country: 'must be an ISO 3166-1 country code of two capital letters, such as US or GB',
  allowedHosts: 'must be a list of host names without scheme or path, such as calendar.example.org',
  limits: `must be a map with any of ${limitNames.join(', ')}`,
  pages: 'must be a whole number from 1',
  depth: 'must be a whole number from 0 to 100',
  requestsPerSecond: 'must be a number above 0',
  concurrency: 'must be a whole number from 1 to 64',
  retries: 'must be a whole number from 0 to 10',
  retryDelay: 'must be a number of seconds from 0 to 60',
  pauseOn429: 'must be a number of seconds from 0 to 3600',
  maxRetryAfter: 'must be a number of seconds from 0 to 3600',
  respectRobotsTxt: 'must be true or false',
  schedule:
    'must be a cron expression of five fields such as "0 5 * * *", or a map with cron and timeZone (an IANA name)',
};

/** What `crawlers/sources.yaml` says. */
export interface SourcesFile {
  sources: Source[];
  /** When tasks are done, other than by default; false: never. By the task's name. */
  tasks: Record<string, Schedule | false>;
}

/**
 * The sources of a `sources.yaml`.
 *
 * @param file path of the file; it is named in messages relative to the working directory
 * @param spiderNames the spiders a source may name
 * @throws HotspotsError SOURCES_INVALID, naming line and field of every problem; PERMISSION_DENIED
 */
export async function readSources(file: string, spiderNames: readonly string[]): Promise<Source[]> {
  return (await readSourcesFile(file, spiderNames)).sources;
}

/**
 * All of a `sources.yaml`; as `readSources`.
 *
 * @param taskNames the tasks that may have a schedule there; any may when left out
 */
export async function readSourcesFile(
  file: string,
  spiderNames: readonly string[],
  taskNames?: readonly string[],
): Promise<SourcesFile> {
  const shownName = path.relative(process.cwd(), path.resolve(file)) || file;
  const text = await readText(file, shownName);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineOf = (where: FieldPath) => lineOfField(document, where, lineCounter);

  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    throw invalid(
      shownName,
      syntax.map((error) => ({
        line: lineCounter.linePos(error.pos[0]).line,
        text: `not valid YAML: ${error.message}`,
      })),
    );
  }
  const content = toValue(document, shownName);
  const schema = z
    .strictObject({
      sources: z.array(sourceSchema).nullish(),
      tasks: z.record(z.string(), z.union([z.literal(false), scheduleSchema])).nullish(),
    })
    .nullable();
  const result = schema.safeParse(content);
  const problems = result.success
    ? [
        ...checkSources(result.data?.sources ?? [], spiderNames, lineOf),
        ...checkTasks(result.data?.tasks ?? {}, taskNames, lineOf),
      ]
    : result.error.issues.flatMap((issue) => describe(issue, content, spiderNames, lineOf));
  if (problems.length > 0) throw invalid(shownName, problems);
  return { sources: result.data?.sources ?? [], tasks: result.data?.tasks ?? {} };
}

async function readText(file: string, shownName: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= maxBytes) return bytes.toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new HotspotsError('PERMISSION_DENIED', `${shownName} cannot be read: permission denied.`, {
        cause: error,
      });
    }
    throw new HotspotsError(
      'SOURCES_INVALID',
      `${shownName} cannot be read (${code ?? error}). Create it; "sources: []" is enough.`,
      { cause: error },
    );
  }
  throw new HotspotsError('SOURCES_INVALID', `${shownName} is larger than ${maxBytes} bytes; split it.`);
}

/** The document as plain data. Aliases are counted, so that a few lines cannot unfold into gigabytes. */
function toValue(document: Document, shownName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    throw new HotspotsError(
      'SOURCES_INVALID',
      `${shownName}: aliases are used too often: ${error.message}.`,
      {
        cause: error,
      },
    );
  }
}

/** What the schema cannot know: other sources, spiders, zones, countries, hosts. */
function checkSources(
  sources: readonly Source[],
  spiderNames: readonly string[],
  lineOf: (where: FieldPath) => number,
): Problem[] {
  const problems: Problem[] = [];
  const firstUse = new Map<string, number>();
  const report = (where: FieldPath, what: string, given: unknown) =>
    problems.push({ line: lineOf(where), text: `${dotted(where)}: ${what}; given: ${shown(given)}` });

  for (const [index, source] of sources.entries()) {
    const at = (...rest: PropertyKey[]) => ['sources', index, ...rest];
    const earlier = firstUse.get(source.name);
    if (earlier === undefined) firstUse.set(source.name, lineOf(at('name')));
    else report(at('name'), `must be used once; line ${earlier} has it already`, source.name);
    if (!spiderNames.includes(source.spider)) report(at('spider'), spiderRule(spiderNames), source.spider);
    if (source.timeZone !== undefined && normaliseTimeZone(source.timeZone) === null) {
      report(at('timeZone'), allowed.timeZone ?? '', source.timeZone);
    }
    const zone = source.schedule?.timeZone;
    if (zone !== undefined && normaliseTimeZone(zone) === null)
      report(at('schedule', 'timeZone'), allowed.timeZone ?? '', zone);
    if (source.country !== undefined && !countries.isValid(source.country)) {
      report(at('country'), allowed.country ?? '', source.country);
    }
    for (const [position, url] of source.startUrls.entries()) {
      if (/^https?:\/\/[^/?#]*@/i.test(url)) {
        report(at('startUrls', position), 'must not hold a user name or password', 'not shown');
      }
    }
    for (const [position, host] of source.allowedHosts.entries()) {
      if (URL.parse(`http://${host}/`)?.host !== host.toLowerCase()) {
        report(at('allowedHosts', position), 'must be a host name without scheme or path', host);
      }
    }
  }
  return problems;
}

function checkTasks(
  tasks: SourcesFile['tasks'],
  names: readonly string[] | undefined,
  lineOf: (where: FieldPath) => number,
): Problem[] {
  const problems: Problem[] = [];
  for (const [name, schedule] of Object.entries(tasks)) {
    const line = lineOf(['tasks', name]);
    if (names !== undefined && !names.includes(name))
      problems.push({
        line,
        text: `tasks.${name}: must be one of the tasks ${names.join(', ')}; a crawl has the schedule of its source`,
      });
    const zone = schedule === false ? undefined : schedule.timeZone;
    if (zone !== undefined && normaliseTimeZone(zone) === null)
      problems.push({ line, text: `tasks.${name}.timeZone: ${allowed.timeZone}; given: ${shown(zone)}` });
  }
  return problems;
}

function describe(
  issue: z.core.$ZodIssue,
  content: unknown,
  spiderNames: readonly string[],
  lineOf: (where: FieldPath) => number,
): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const fields =
      issue.path.length === 0
        ? ['sources', 'tasks']
        : issue.path.at(-1) === 'limits'
          ? limitNames
          : issue.path[0] === 'tasks' || issue.path.at(-1) === 'schedule'
            ? ['cron', 'timeZone']
            : Object.keys(sourceSchema.shape);
    return issue.keys.map((key) => ({
      line: lineOf([...issue.path, key]),
      text: `${dotted([...issue.path, key])}: is not a field; allowed are ${fields.join(', ')}`,
    }));
  }
  const value = valueAt(content, issue.path);
  const field = issue.path.findLast((part) => typeof part === 'string');
  const inSource = field === 'sources' && issue.path.length > 1;
  const rule =
    issue.path[0] === 'tasks' && issue.path.length > 1
      ? `${allowed.schedule}, or false`
      : field === 'spider'
        ? spiderRule(spiderNames)
        : inSource
          ? undefined
          : allowed[field ?? ''];
  const given = value === undefined ? 'it is missing' : `given: ${shown(value)}`;
  const where = dotted(issue.path) || 'the file';
  return [
    {
      line: lineOf(issue.path),
      text: `${where}: ${rule ?? 'must be a map of fields'}; ${given}`,
    },
  ];
}

function spiderRule(spiderNames: readonly string[]): string {
  return `must be one of the spiders ${spiderNames.join(', ')}`;
}

function valueAt(content: unknown, where: FieldPath): unknown {
  let value = content;
  for (const part of where) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

function dotted(where: FieldPath): string {
  return where
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`,
    )
    .join('');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function invalid(shownName: string, problems: readonly Problem[]): HotspotsError {
  const lines = problems
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, text }) => `${shownName}:${line}: ${text}`);
  return new HotspotsError('SOURCES_INVALID', lines.join('\n'));
}
